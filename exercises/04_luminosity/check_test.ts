import publisher from "./publisher.ts" with { type: "text" };
import publisherStub from "./stub/publisher.ts" with { type: "text" };
import subscriber from "./subscriber.ts" with { type: "text" };
import subscriberStub from "./stub/subscriber.ts" with { type: "text" };
import { testExercise } from "../../workbook/checking/test_exercise.ts";
import { exercise } from "./check.ts";

testExercise(exercise, [
  { work: publisher, stub: publisherStub },
  { work: subscriber, stub: subscriberStub },
]);
