import work from "./main.ts" with { type: "text" };
import stub from "../../checks/02_button/stub/main.ts" with { type: "text" };
import { testExercise } from "../../workbook/checking/test_exercise.ts";
import { exercise } from "../../checks/02_button/check.ts";

testExercise(exercise, [{ work, stub }]);
