import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { within } from "./deadline.ts";
import { findPeer, peerTest } from "./peers.ts";
import { startProcess } from "./processes.ts";
import { startMosquitto } from "./brokers/mosquitto.ts";

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

async function accepts(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}

peerTest(
  ["mosquitto"],
  "startMosquitto() accepts connections until it is stopped, and again after a start",
  async () => {
    const mosquitto = await startMosquitto({ websocket: true });
    const websocketPort = Number(new URL(mosquitto.websocketUrl!).port);
    assert(await accepts(mosquitto.port));
    assert(await accepts(websocketPort));
    await mosquitto.stop();
    assertEquals(await accepts(mosquitto.port), false);
    await mosquitto.start();
    assert(await accepts(mosquitto.port));
    await mosquitto[Symbol.asyncDispose]();
    assertEquals(await accepts(mosquitto.port), false);
  },
);

peerTest(
  ["mosquitto", "mosquitto_pub", "mosquitto_sub"],
  "startMosquitto() uses the configuration that it is given",
  async ({ mosquitto_pub, mosquitto_sub }) => {
    await using mosquitto = await startMosquitto({
      config: ({ directory }) =>
        `persistence true\npersistence_location ${directory}/`,
    });
    const place = ["-h", mosquitto.host, "-p", `${mosquitto.port}`];
    await new Deno.Command(mosquitto_pub, {
      args: [...place, "-t", "kept", "-m", "over a restart", "-r", "-q", "1"],
    }).output();
    await mosquitto.stop();
    await mosquitto.start();
    const { stdout } = await new Deno.Command(mosquitto_sub, {
      args: [...place, "-t", "kept", "-C", "1", "-W", "5"],
    }).output();
    assertEquals(new TextDecoder().decode(stdout), "over a restart\n");
  },
);

peerTest(
  ["mosquitto"],
  "startMosquitto() says why mosquitto didn't start",
  async () => {
    await assertRejects(
      () => startMosquitto({ config: "no_such_setting true" }),
      Error,
      "no_such_setting",
    );
  },
);
