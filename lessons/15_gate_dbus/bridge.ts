/**
 * @title A bridge between D-Bus and MQTT
 * @difficulty advanced
 * @tags D-Bus, bridge, signal, method
 * @run deno run --allow-env --allow-net --allow-read=/run,/tmp --allow-write=/run,/tmp --allow-sys=uid lessons/15_gate_dbus/bridge.ts
 *
 * The second form: the gate of lesson 13 stays as it is and knows nothing of
 * D-Bus. This program stands between the two.
 */
import { brokerUrl, type Client, exitWithError } from "../../lib/mod.ts";
import { type OnMessage, StopSignal, subscribe } from "../../lib/mod.ts";
import { GateObject } from "./_gate_object.ts";

const STATUS = "tw/rocksaying/status";
let client: Client | undefined = undefined;

// From D-Bus to MQTT: a call of Open() becomes a command, and is answered once
// the broker has it. Without a broker it fails. If it were kept, the gate would
// open some minutes later, when nobody expects it any more.
const gate = new GateObject(async () => {
  console.log("Invoke gate open function");
  if (!client?.connected) throw new Error("The broker can't be reached");
  await client.publishAsync("tw/rocksaying/command", "open", { qos: 1 });
});

// From MQTT to D-Bus: a status becomes a signal. A retained one is an old one,
// and nothing has changed.
const onMessage: OnMessage = ({ text, retain }) => {
  if (!retain) gate.statusChanged(text);
};

// Begin with D-Bus, then wait for the broker, also for one that isn't there yet.
using stop = new StopSignal(gate.lost);
await gate.start().catch(exitWithError);
console.log("dbus looping");
const options = { qos: 1, timeout: Infinity, signal: stop.signal } as const;
const service = await subscribe(brokerUrl(), STATUS, onMessage, false, options)
  .catch(exitWithError);
client = service.client;
console.log("Looping...");

await Promise.race([stop.requested, client.refused]).catch(exitWithError);
await service.close();
await gate[Symbol.asyncDispose]();
console.log("exit program");
