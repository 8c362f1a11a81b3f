import work from "./main.ts" with { type: "text" };
import stub from "../../checks/07_monitor_menu/stub/main.ts" with {
  type: "text",
};
import { testExercise } from "../../workbook/checking/test_exercise.ts";
import { exercise } from "../../checks/07_monitor_menu/check.ts";

testExercise(exercise, [{ work, stub }]);
