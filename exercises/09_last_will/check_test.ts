import work from "./main.ts" with { type: "text" };
import stub from "../../checks/09_last_will/stub/main.ts" with { type: "text" };
import { testExercise } from "../../workbook/checking/test_exercise.ts";
import { exercise } from "../../checks/09_last_will/check.ts";

testExercise(exercise, [{ work, stub }]);
