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
