/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />

// The thread of read_in_thread.ts: asked with a number of seconds, it blocks for
// so long, and answers with a temperature.
self.onmessage = ({ data: seconds }: MessageEvent<number>) => {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end);
  self.postMessage(21.5);
};
