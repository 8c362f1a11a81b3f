import { assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { within } from "../../testing/deadline.ts";
import { test } from "../../testing/test.ts";

const TOOLKIT = JSON.stringify(import.meta.resolve("../mod.ts"));

/** What a program prints on standard error while it is traced. */
async function traceOf(program: string, url = ""): Promise<string> {
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  const command = new Deno.Command(Deno.execPath(), {
    args: ["eval", `--config=${config}`, program],
    env: { MQTT_URL: url, MQTT_TRACE: "1" },
  });
  const { stderr } = await within("the program", command.output());
  return new TextDecoder().decode(stderr);
}

test.broker("MQTT_TRACE=1 prints each packet on standard error", async ({ url }) => {
  const program = `import { publishOnce } from ${TOOLKIT};
    await publishOnce(undefined, { topic: "iot/x", payload: "1", qos: 2 });`;
  const lines = (await traceOf(program, url)).trimEnd().split("\n");
  for (const line of lines) assertMatch(line, /^ +\d+\.\d{3} [→←] [A-Z]+/);
  assertEquals(
    lines.map((line) => line.trim().split(/ +/).slice(1, 3).join(" ")),
    [
      ...["→ CONNECT", "← CONNACK", "→ PUBLISH", "← PUBREC"],
      ...["→ PUBREL", "← PUBCOMP", "→ DISCONNECT"],
    ],
  );
});

Deno.test("MQTT_TRACE=1 prints no CONNECT that found no broker", async () => {
  const program = `import { connect } from ${TOOLKIT};
    await connect("mqtt://127.0.0.1:1", { retry: false }).catch(() => {});`;
  assertEquals(await traceOf(program), "");
});

test.broker("tracePackets() prints all packets of a client that MQTT.js makes", async ({ url }) => {
  const program = `import mqtt from "mqtt";
    import { tracePackets } from ${TOOLKIT};
    const options = { clientId: "gate" };
    const client = tracePackets(mqtt.connect(process.env.MQTT_URL, options));
    client.on("connect", () => client.end());`;
  assertEquals(
    (await traceOf(program, url)).replaceAll(/^ +[\d.]+ /gm, ""),
    "→ CONNECT     gate clean session keepalive 60\n" +
      "← CONNACK     accepted\n→ DISCONNECT\n",
  );
});
