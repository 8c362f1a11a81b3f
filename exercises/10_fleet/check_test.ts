import work from "./main.ts" with { type: "text" };
import stub from "../../checks/10_fleet/stub/main.ts" with { type: "text" };
import { testExercise } from "../../workbook/checking/test_exercise.ts";
import { exercise } from "../../checks/10_fleet/check.ts";

testExercise(exercise, [{ work, stub }]);
