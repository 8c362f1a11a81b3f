import work from "./main.ts" with { type: "text" };
import stub from "../../checks/08_gate_client/stub/main.ts" with {
  type: "text",
};
import { testExercise } from "../../workbook/checking/test_exercise.ts";
import { exercise } from "../../checks/08_gate_client/check.ts";

testExercise(exercise, [{ work, stub }]);
