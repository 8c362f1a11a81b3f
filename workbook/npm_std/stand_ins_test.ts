import { assert } from "@std/assert";
import { fileURLToPath } from "node:url";

const usesStandIns = import.meta.resolve("@std/csv").startsWith("file:");

Deno.test({
  name: `the stand-ins keep the contract where JSR is at hand${
    usesStandIns ? " (they are in use: contract_test.ts has shown it)" : ""
  }`,
  ignore: usesStandIns,
  fn: async () => {
    const map = fileURLToPath(new URL("import_map.json", import.meta.url));
    const test = fileURLToPath(new URL("contract_test.ts", import.meta.url));
    const { success, stdout, stderr } = await new Deno.Command(
      Deno.execPath(),
      { args: ["test", "--allow-all", `--import-map=${map}`, test] },
    ).output();
    const decoder = new TextDecoder();
    assert(success, decoder.decode(stdout) + decoder.decode(stderr));
  },
});
