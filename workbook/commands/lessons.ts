/**
 * Lists the lessons.
 *
 * @module
 */
import { listLessons } from "../lessons/lessons.ts";
import { runProgram } from "../options/program.ts";

const HELP = `
Lists the lessons, with their difficulty and the documents that they reproduce.

Usage: deno task lessons
`;

await runProgram({
  help: HELP,
  names: {},
  main: () => {
    const rows = listLessons().map((lesson) => [
      `lesson:${lesson.number}`,
      lesson.title,
      lesson.difficulty,
      lesson.documents.join(", "),
    ]);
    const widths = [0, 1, 2].map((column) =>
      Math.max(...rows.map((row) => row[column]?.length ?? 0))
    );
    for (const row of rows) {
      console.log(
        row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "),
      );
    }
    return Promise.resolve();
  },
});
