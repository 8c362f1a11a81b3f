import { assert, assertEquals } from "@std/assert";
import { temporaryFolder } from "../temporary_folder.ts";
import { copyWithout, SAFEGUARDS } from "./safeguards.ts";

for (const [safeguard, changes] of Object.entries(SAFEGUARDS)) {
  Deno.test(`copyWithout() finds the ${safeguard} where it is, and takes it out`, async () => {
    await using place = await temporaryFolder();
    const folder = place.path;
    await copyWithout(safeguard, folder);
    for (const { file, from } of changes) {
      const code = await Deno.readTextFile(`${folder}/${file}`);
      assert(!code.includes(from), `${file} still has ${from}`);
    }
    const untouched = "lib/client/deliveries.ts";
    assertEquals(
      await Deno.readTextFile(`${folder}/${untouched}`),
      await Deno.readTextFile(
        new URL(`../../${untouched}`, import.meta.url),
      ),
    );
  });
}
