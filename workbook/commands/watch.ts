/**
 * Checks a program each time that it is saved.
 *
 * @module
 */
import { StopSignal } from "../../lib/mod.ts";
import { findExercise, listExercises } from "../exercises/exercises.ts";
import { runProgram, UsageError } from "../options/program.ts";
import { readProgress } from "../exercises/progress.ts";
import { Terminal, terminalSize } from "../terminal/terminal.ts";
import { Watch } from "../exercises/watch.ts";
import { layOut } from "../exercises/watch_screen.ts";

const HELP = `
Checks your program each time that you save it.

Usage: deno task watch [EXERCISE]

EXERCISE is a number such as 03, or a name such as chat. Without it, the first
that isn't solved is checked. What doesn't come in time is tried once more, with
more time.

Keys: h shows a hint, and the next one; a shows the rest, where not all has room;
n and p go to the next and the previous exercise; q or Ctrl-C ends it.
`;

await runProgram({
  help: HELP,
  names: { positional: 1 },
  async main(options) {
    const [name] = options.positional;
    const exercises = await listExercises();
    const { solved } = await readProgress();
    const first = name === undefined
      ? exercises.find(({ name }) => !solved.includes(name)) ?? exercises[0]!
      : findExercise(exercises, name);
    if (!Deno.stdin.isTerminal() || !Deno.stdout.isTerminal()) {
      throw new UsageError(
        '"deno task watch" needs a terminal: without one, use "deno task check"',
      );
    }
    using stop = new StopSignal();
    using terminal = new Terminal();
    await using watch = new Watch({
      exercises,
      start: exercises.indexOf(first),
      show: (screen) => terminal.show(layOut(screen, terminalSize())),
    });
    onResize(() => watch.draw());
    await watch.open();
    await Promise.race([stop.requested, obeyKeys(terminal, watch)]);
  },
});

async function obeyKeys(terminal: Terminal, watch: Watch): Promise<void> {
  for await (const key of terminal.keys()) {
    if (key === "q") return;
    if (key === "h") await watch.hint();
    if (key === "a") watch.turnPage();
    if (key === "n") await watch.go(1);
    if (key === "p") await watch.go(-1);
  }
}

/** Windows doesn't tell when a window changes its size. */
function onResize(draw: () => void): void {
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGWINCH", draw);
}
