import work from "./main.ts" with { type: "text" };
import stub from "../../checks/05_qos2_authentication/stub/main.ts" with {
  type: "text",
};
import { testExercise } from "../../workbook/checking/test_exercise.ts";
import { exercise } from "../../checks/05_qos2_authentication/check.ts";

testExercise(exercise, [{ work, stub }]);
