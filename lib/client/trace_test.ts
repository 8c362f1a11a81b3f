import { assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { within } from "../../testing/deadline.ts";
import { test } from "../../testing/test.ts";

test.broker("MQTT_TRACE=1 prints each packet on standard error", async (broker) => {
  const program = `
    import { publishOnce } from ${
    JSON.stringify(import.meta.resolve("../mod.ts"))
  };
    await publishOnce(undefined, { topic: "iot/x", payload: "1", qos: 2 });
  `;
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  const command = new Deno.Command(Deno.execPath(), {
    args: ["eval", `--config=${config}`, program],
    env: { MQTT_URL: broker.url, MQTT_TRACE: "1" },
  });
  const { stderr } = await within("the program", command.output(), 30_000);
  const lines = new TextDecoder().decode(stderr).trimEnd().split("\n");
  for (const line of lines) assertMatch(line, /^ +\d+\.\d{3} [→←] [A-Z]+/);
  assertEquals(
    lines.map((line) => line.replace(/^ +[\d.]+ /, "").split(/ +/).slice(0, 2)),
    [
      ["→", "CONNECT"],
      ["←", "CONNACK"],
      ["→", "PUBLISH"],
      ["←", "PUBREC"],
      ["→", "PUBREL"],
      ["←", "PUBCOMP"],
      ["→", "DISCONNECT"],
    ],
  );
});

Deno.test("MQTT_TRACE=1 prints no CONNECT that found no broker", async () => {
  const program = `
    import { connect } from ${
    JSON.stringify(new URL("../mod.ts", import.meta.url).href)
  };
    await connect("mqtt://127.0.0.1:1", { retry: false }).catch(() => {});
  `;
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  const command = new Deno.Command(Deno.execPath(), {
    args: ["eval", `--config=${config}`, program],
    env: { MQTT_TRACE: "1" },
  });
  const { stderr } = await within("the program", command.output(), 30_000);
  assertEquals(new TextDecoder().decode(stderr), "");
});

test.broker("tracePackets() prints all packets of a client that MQTT.js makes", async (broker) => {
  const program = `
    import mqtt from "mqtt";
    import { tracePackets } from ${
    JSON.stringify(new URL("../mod.ts", import.meta.url).href)
  };
    const client = tracePackets(
      mqtt.connect(process.env.MQTT_URL, { clientId: "gate" }),
    );
    client.on("connect", () => client.end());
  `;
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  const command = new Deno.Command(Deno.execPath(), {
    args: ["eval", `--config=${config}`, program],
    env: { MQTT_URL: broker.url, MQTT_TRACE: "1" },
  });
  const { stderr } = await within("the program", command.output(), 30_000);
  assertEquals(
    new TextDecoder().decode(stderr).replaceAll(/^ +[\d.]+ /gm, ""),
    "→ CONNECT     gate clean session keepalive 60\n" +
      "← CONNACK     accepted\n→ DISCONNECT\n",
  );
});
