import { assert, assertEquals } from "@std/assert";
import { copyWithout, CURES } from "./cures.ts";

for (const [cure, changes] of Object.entries(CURES)) {
  Deno.test(`copyWithout() finds the ${cure} where it is, and takes it out`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await copyWithout(cure, folder);
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
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
