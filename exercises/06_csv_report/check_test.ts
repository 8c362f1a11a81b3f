import work from "./main.ts" with { type: "text" };
import stub from "../../checks/06_csv_report/stub/main.ts" with {
  type: "text",
};
import { testExercise } from "../../workbook/checking/test_exercise.ts";
import { exercise } from "../../checks/06_csv_report/check.ts";

testExercise(exercise, [{ work, stub }]);
