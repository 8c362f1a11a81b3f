import { assert, assertEquals, assertRejects } from "@std/assert";
import { startMosquitto } from "./mosquitto.ts";
import { peerTest } from "../peers.ts";

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
