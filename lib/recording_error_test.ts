import { assertEquals } from "@std/assert";
import { reasonOf } from "./recording_error.ts";

Deno.test("reasonOf() leaves out the call and the path", () => {
  assertEquals(
    reasonOf(
      new Error("Permission denied (os error 13): open '/tmp/it's: a b.csv'"),
    ),
    "Permission denied (os error 13)",
  );
  assertEquals(
    reasonOf(new Error("No space left on device (os error 28)")),
    "No space left on device (os error 28)",
  );
  assertEquals(reasonOf("unknown"), "unknown");
});
