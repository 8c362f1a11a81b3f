/** How {@linkcode runDeno} runs a child. */
interface RunDenoOptions {
  /** The folder that it runs in. */
  folder: string;
  /** Variables that it gets besides this process's own. */
  variables: Record<string, string>;
}

/** The child that signals are for. */
let current: Deno.ChildProcess | undefined;

/** Whether a signal came between two children. */
let isStopped = false;

/** What a shell reports of a program that Ctrl-C has ended. */
const INTERRUPTED = 130;

/**
 * Runs Deno as a child on this process's own terminal and waits for its end.
 *
 * @returns The child's exit code; above 128 if a signal ended it.
 */
export async function runDeno(
  args: string[],
  { folder, variables }: RunDenoOptions,
): Promise<number> {
  if (isStopped) return INTERRUPTED;
  current = new Deno.Command(Deno.execPath(), {
    args,
    cwd: folder,
    env: variables,
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  const { code } = await current.status;
  current = undefined;
  return code;
}

/**
 * From now on, lets the child decide when to end: the signals that would end
 * this process are passed on to it. A terminal's Ctrl-C reaches the child
 * without help, and must not come twice.
 */
export function passSignals(): void {
  const isWindows = Deno.build.os === "windows";
  const hasTerminal = [Deno.stdin, Deno.stdout, Deno.stderr]
    .some((stream) => stream.isTerminal());
  Deno.addSignalListener("SIGINT", () => {
    if (!current) isStopped = true;
    else if (!isWindows && !hasTerminal) pass(current, "SIGINT");
  });
  if (isWindows) return;
  for (const signal of ["SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => {
      if (!current) isStopped = true;
      else pass(current, signal);
    });
  }
}

function pass(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It ended in the meantime.
  }
}
