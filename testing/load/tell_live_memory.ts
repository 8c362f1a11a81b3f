/**
 * Is loaded into a program that is watched, ahead of it. At SIGUSR2 it collects
 * the garbage and prints how much memory is still in use: heap and buffers. It
 * needs V8's flag `--expose-gc`.
 *
 * @module
 */
const { gc } = globalThis as unknown as { gc: () => void };

Deno.addSignalListener("SIGUSR2", () => {
  gc();
  const { heapUsed, external } = Deno.memoryUsage();
  console.error(`Live memory: ${heapUsed + external} bytes`);
});
