import { isStudentFile } from "../checking/student_files.ts";

/** How long a save may take, in milliseconds: editors write in several steps. */
const SAVE_TIME = 100;

/**
 * Notices when the student's files are saved. Disposing of it ends that.
 *
 * @param folder The exercise's folder.
 * @param onSave Called once for each save, when it is complete.
 */
export function watchFiles(
  folder: string,
  onSave: () => void,
): Disposable {
  const watcher = Deno.watchFs(folder, { recursive: false });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const notice = async () => {
    for await (const { kind, paths } of watcher) {
      if (kind === "access") continue; // It has only been read
      if (!paths.some(isStudentFile)) continue;
      clearTimeout(timer);
      timer = setTimeout(onSave, SAVE_TIME);
    }
  };
  notice();
  return {
    [Symbol.dispose]() {
      clearTimeout(timer);
      watcher.close();
    },
  };
}
