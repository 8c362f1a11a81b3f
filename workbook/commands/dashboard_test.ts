import { assertEquals, assertRejects } from "@std/assert";
import { ConnectionRefusedError } from "../../lib/mod.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import { callProgram } from "../options/program.ts";
import { program } from "./dashboard.ts";

for (const [args, versions] of [[[], [5]], [["-V", "311"], [4]]] as const) {
  Deno.test(`${["dashboard", ...args].join(" ")} speaks MQTT's version ${versions}`, async () => {
    await using broker = await startScriptedBroker((packet) =>
      packet.cmd === "connect"
        ? {
          ...{ cmd: "connack", sessionPresent: false },
          ...{ returnCode: 5, reasonCode: 135 },
        }
        : undefined
    );
    await assertRejects(
      () => callProgram(program, ["--no-open", "-h", broker.url, ...args]),
      ConnectionRefusedError,
    );
    const asked = broker.all("connect").map((packet) => packet.protocolVersion);
    assertEquals(asked, [...versions]);
  });
}

Deno.test("dashboard ends where every filter is refused, and names -t", async () => {
  await using broker = await startScriptedBroker((packet) =>
    packet.cmd === "subscribe" ? { cmd: "suback", granted: [135] } : undefined
  );
  await assertRejects(
    () => callProgram(program, ["--no-open", "-h", broker.url]),
    Error,
    'Broker refused the topic filter "#": not authorized (code 135); name others with -t',
  );
});
