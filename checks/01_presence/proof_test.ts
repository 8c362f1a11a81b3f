import { proveExercise } from "../../testing/prove_exercise.ts";
import { exercise } from "./check.ts";
import { mistakes } from "./mistakes.ts";

proveExercise(exercise, mistakes);
