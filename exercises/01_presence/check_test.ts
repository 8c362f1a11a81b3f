import work from "./main.ts" with { type: "text" };
import stub from "../../checks/01_presence/stub/main.ts" with { type: "text" };
import { testExercise } from "../../workbook/checking/test_exercise.ts";
import { exercise } from "../../checks/01_presence/check.ts";

testExercise(exercise, [{ work, stub }]);
