import { findPeer } from "../../testing/peers.ts";
import { type Contestant, type Measurement, TOOLKIT } from "../_measurement.ts";
import { denoProgram, FILTER, pythonProgram } from "../_programs.ts";
import { blast } from "./_blast.ts";

/** Receiving from a socket that sends prepared packets as fast as it can. */
export function receiveMeasurements(scale: number): Measurement[] {
  const many = 1_500_000 * scale;
  const fewer = 300_000 * scale;
  return [{
    name: "receive",
    title: "receive at QoS 0 from a socket",
    unit: "messages/s",
    contestants: [
      deno(TOOLKIT, "toolkit_receive.ts", many),
      deno("MQTT.js", "mqttjs_receive.ts", many),
      {
        name: "paho",
        needs: ["paho"],
        run: () =>
          blast(
            fewer,
            (port) =>
              pythonProgram("paho_receive.py", { port, messages: fewer }),
          ),
      },
      mosquittoSub(1_000_000 * scale),
    ],
    goals: [
      { peer: "MQTT.js", least: 0.8, aim: 0.95 },
      { peer: "paho", least: 5, aim: 7 },
    ],
  }];
}

function deno(name: string, program: string, messages: number): Contestant {
  const command = (port: number) => denoProgram(program, { port, messages });
  return { name, needs: [], run: () => blast(messages, command) };
}

/** Its output goes to /dev/null. */
function mosquittoSub(messages: number): Contestant {
  return {
    name: "mosquitto_sub",
    needs: ["mosquitto_sub"],
    run: () =>
      blast(messages, (port) => [
        ...[findPeer("mosquitto_sub")!, "-h", "127.0.0.1", "-p", `${port}`],
        ...["-t", FILTER, "-C", `${messages}`],
      ]),
  };
}
