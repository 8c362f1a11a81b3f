/**
 * A copy of this project with one exercise, for the student's commands.
 *
 * @module
 */
import { copyProject, type Project, type Result } from "./project.ts";

const NAME = "01_presence";

/** Where the exercise's program is, seen from the project's folder. */
export const WORK = `exercises/${NAME}/main.ts`;

/** A project with exercise 01, as it is for a student who begins. */
export interface ExerciseProject extends Project {
  /** Runs a task of the project to its end. */
  task: (...args: string[]) => Promise<Result>;
  /** Reads a file, with a path from the project's folder. */
  read: (path: string) => Promise<string>;
  /** Writes the solution where the student's program is. */
  solve: () => Promise<void>;
}

/** Copies the project, but of the exercises only the first, untouched. */
export async function copyExercises(
  prefix?: string,
): Promise<ExerciseProject> {
  const folders = ["exercises", "checks", "solutions"]
    .map((place) => `${place}/${NAME}`);
  const project = await copyProject(prefix, ["lib", "testing", ...folders]);
  const { folder } = project;
  const stub = `checks/${NAME}/stub/main.ts`;
  await Deno.copyFile(`${folder}/${stub}`, `${folder}/${WORK}`);
  const read = (path: string) => Deno.readTextFile(`${folder}/${path}`);
  return {
    ...project,
    read,
    task: (...args) =>
      project.run(["task", "--quiet", ...args], {
        variables: { WORKBOOK_STD: "npm" },
      }),
    async solve() {
      await project.write(WORK, await read(`solutions/${NAME}/main.ts`));
    },
  };
}
