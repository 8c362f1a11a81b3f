import work from "./main.ts" with { type: "text" };
import stub from "./stub/main.ts" with { type: "text" };
import { testExercise } from "../../workbook/checking/test_exercise.ts";
import { exercise } from "./check.ts";

testExercise(exercise, [{ work, stub }]);
