/** How often files are looked at. */
const PERIOD = 1_000;

/**
 * Calls back when one of some files has become another. It looks at their
 * times, sizes and inodes: watching for the system's events loses sight of a
 * file as soon as another takes its name, which is how files are replaced
 * whole. A file that is being written is left alone until two looks find the
 * same.
 *
 * @param paths Where the files are. What they are now is known.
 */
export async function createFileWatch(
  paths: readonly (string | URL)[],
  onChange: () => Promise<void>,
  { period = PERIOD }: { period?: number } = {},
) {
  let known = await look(paths);
  let last = known;
  let timer: ReturnType<typeof setInterval> | undefined;
  let looking: Promise<void> | undefined;

  async function compare(): Promise<void> {
    const seen = await look(paths);
    const isSteady = seen === last;
    last = seen;
    if (seen === known || !isSteady) return;
    known = seen;
    await onChange();
  }
  return {
    /** Begins to look. */
    start() {
      if (paths.length === 0) return;
      timer ??= setInterval(() => {
        looking ??= compare().finally(() => looking = undefined);
      }, period);
    },
    /** Takes the files for known as they are now. */
    async refresh() {
      known = last = await look(paths);
    },
    /** Looks no more, and resolves when nothing goes on any longer. */
    async close() {
      clearInterval(timer);
      await looking;
    },
  };
}

async function look(paths: readonly (string | URL)[]): Promise<string> {
  const seen = await Promise.all(paths.map(async (path) => {
    try {
      const { mtime, ctime, size, ino } = await Deno.stat(path);
      return [mtime?.getTime(), ctime?.getTime(), size, ino].join();
    } catch {
      return "none";
    }
  }));
  return seen.join(";");
}
