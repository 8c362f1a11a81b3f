import { assertEquals } from "@std/assert";
import { within } from "../../testing/deadline.ts";
import { Unfinished } from "./unfinished.ts";

Deno.test("Unfinished.whenFinished() waits for what began before it, in whichever order that ends", async () => {
  const unfinished = new Unfinished();
  const ended: string[] = [];
  const wait = (name: string) =>
    unfinished.whenFinished().then(() => ended.push(name));
  await within("nothing", wait("none"));
  const first = unfinished.begin();
  const waits = [wait("first"), wait("first again")];
  const second = unfinished.begin();
  waits.push(wait("second"));
  unfinished.begin();
  assertEquals(unfinished.count, 3);
  unfinished.finish(second);
  await Promise.resolve();
  await Promise.resolve();
  assertEquals(ended, ["none"]);
  unfinished.finish(first);
  await within("both", Promise.all(waits));
  assertEquals(ended, ["none", "first", "first again", "second"]);
  assertEquals(unfinished.count, 1);
});
