import { assertEquals } from "@std/assert";
import { signal, throttled } from "./view.ts";

Deno.test("throttled() acts once for changes that come together", async () => {
  const version = signal(0);
  const acts: number[] = [];
  let acted = Promise.withResolvers<void>();
  const stop = throttled(
    () => version.value,
    () => {
      acts.push(version.value);
      acted.resolve();
    },
    5,
  );
  version.value = 1;
  version.value = 2;
  await acted.promise;
  acted = Promise.withResolvers();
  version.value = 3;
  await acted.promise;
  stop();
  assertEquals(acts, [2, 3]);
});

Deno.test("throttled() acts no more once it is ended", () => {
  const version = signal(0);
  const stop = throttled(
    () => version.value,
    () => {
      throw new Error("It acted");
    },
    0,
  );
  version.value = 1;
  // The test fails if a timer is left.
  stop();
});
