/**
 * A disk that is soon full, or read-only.
 *
 * @module
 */
import { assert } from "@std/assert";

/**
 * A test that is given the folder which the disk is mounted on, and a function
 * that mounts it anew with an option, such as `ro`.
 */
type OnSmallDisk = (
  folder: string,
  remount: (option: string) => Promise<boolean>,
) => void | Promise<void>;

async function ran(command: string, ...args: string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(command, {
      args,
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function withSmallDisk(run: OnSmallDisk): Promise<boolean> {
  const folder = await Deno.makeTempDir();
  try {
    const size = "size=16k";
    if (!await ran("mount", "-t", "tmpfs", "-o", size, "tmpfs", folder)) {
      return false;
    }
    try {
      await run(
        folder,
        (option) => ran("mount", "-o", `remount,${option}`, folder),
      );
    } finally {
      assert(await ran("umount", "-l", folder), `${folder} is unmounted`);
    }
    return true;
  } finally {
    await Deno.remove(folder);
  }
}

const MAY_MOUNT = Deno.build.os === "linux" && Deno.uid() === 0 &&
  await withSmallDisk(() => {});

/**
 * Defines a test on a disk of its own, of 16 KiB. Only root may mount one: for
 * others the test is reported as ignored, with the reason in its name.
 */
export function smallDiskTest(name: string, run: OnSmallDisk): void {
  Deno.test({
    name: MAY_MOUNT ? name : `${name} (needs root, on Linux, to mount a disk)`,
    ignore: !MAY_MOUNT,
    fn: async () => assert(await withSmallDisk(run)),
  });
}
