import { assertEquals } from "@std/assert";
import type { Welcome } from "../../protocol.ts";
import { outcomeOf } from "./publishing.ts";

const WELCOME: Welcome = {
  type: "welcome",
  broker: "localhost",
  filters: ["#"],
  refused: [],
  hasClients: false,
};
const SENT = {
  request: 2,
  draft: { topic: "a", payload: "", qos: 0, retain: false },
  welcome: WELCOME,
} as const;

Deno.test("outcomeOf() tells what the server has answered", () => {
  const answer = (error?: string) =>
    outcomeOf(
      SENT,
      [
        { type: "published", request: 1, error: "another" },
        { type: "published", request: 2, ...error ? { error } : {} },
      ],
      WELCOME,
    );
  assertEquals(answer(), { kind: "published" });
  assertEquals(answer("Not authorized"), {
    kind: "failed",
    error: "Not authorized",
  });
});

Deno.test("outcomeOf() doesn't wait on a connection that is gone", () => {
  assertEquals(outcomeOf(SENT, [], WELCOME).kind, "waiting");
  assertEquals(outcomeOf(SENT, [], undefined).kind, "unknown");
  assertEquals(outcomeOf(SENT, [], { ...WELCOME }).kind, "unknown");
});
