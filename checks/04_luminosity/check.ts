import type { Exercise } from "../../workbook/checking/requirement.ts";
import { PERIOD } from "./period.ts";
import { publisherRequirements } from "./publisher.ts";
import { subscriberRequirements } from "./subscriber.ts";

/** What exercise 04 asks for (document fr, exercise 4). */
export const exercise: Exercise = {
  name: "04_luminosity",
  programs: ["publisher", "subscriber"],
  permissions: ["--allow-sys=hostname"],
  // What takes longest is four messages, one each period.
  pace: 4 * PERIOD * 1000,
  requirements: [...publisherRequirements, ...subscriberRequirements],
};
