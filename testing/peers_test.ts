import { assertEquals, assertStringIncludes } from "@std/assert";
import { within } from "./deadline.ts";
import { findPeer } from "./peers.ts";
import { startProcess } from "./processes.ts";

/** A test file, run where no peer is found, and what is reported of it. */
async function runWithoutPeers(required: string): Promise<{
  code: number;
  stdout: string;
}> {
  const file = await Deno.makeTempFile({ suffix: "_test.ts" });
  try {
    const module = new URL("./peers.ts", import.meta.url).href;
    await Deno.writeTextFile(
      file,
      `import { peerTest } from "${module}";
       peerTest(["mosquitto_pub", "mosquitto_sub"], "it works", () => {});`,
    );
    const flags = ["test", "--no-config", "--no-lock", "--no-check", "-A"];
    const command = new Deno.Command(Deno.execPath(), {
      args: [...flags, file],
      env: { PATH: "", WORKBOOK_PEERS: required, NO_COLOR: "1" },
    });
    const output = within("deno test", command.output(), 60_000);
    const { code, stdout } = await output;
    return { code, stdout: new TextDecoder().decode(stdout) };
  } finally {
    await Deno.remove(file);
  }
}

const REASON =
  "it works (needs mosquitto_pub, mosquitto_sub: install the package mosquitto-clients)";

Deno.test("peerTest() reports a test without its peers as ignored, with the reason", async () => {
  const { code, stdout } = await runWithoutPeers("");
  assertEquals(code, 0);
  assertStringIncludes(stdout, `${REASON} ... ignored`);
});

Deno.test("peerTest() fails without its peers where they are required", async () => {
  const { code, stdout } = await runWithoutPeers("required");
  assertEquals(code, 1);
  assertStringIncludes(stdout, `${REASON} ... FAILED`);
  assertStringIncludes(stdout, 'WORKBOOK_PEERS is "required", and this test');
});

Deno.test({
  name: "findPeer() returns a command that works",
  ignore: findPeer("paho") === undefined,
  fn: async () => {
    const version = ["-c", "import paho.mqtt; print(paho.mqtt.__version__)"];
    await using process = startProcess(findPeer("paho")!, version);
    assertEquals((await process.end()).code, 0);
  },
});
