import publisher from "./publisher.ts" with { type: "text" };
import publisherStub from "../../checks/04_luminosity/stub/publisher.ts" with {
  type: "text",
};
import subscriber from "./subscriber.ts" with { type: "text" };
import subscriberStub from "../../checks/04_luminosity/stub/subscriber.ts" with {
  type: "text",
};
import { testExercise } from "../../workbook/checking/test_exercise.ts";
import { exercise } from "../../checks/04_luminosity/check.ts";

testExercise(exercise, [
  { work: publisher, stub: publisherStub },
  { work: subscriber, stub: subscriberStub },
]);
