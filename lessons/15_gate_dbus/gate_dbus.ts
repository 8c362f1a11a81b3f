/**
 * @title A gate that is on D-Bus too
 * @difficulty advanced
 * @tags D-Bus, service, signal, method
 * @run deno run --allow-env --allow-net --allow-read=/run,/tmp --allow-write=/run,/tmp --allow-sys=uid lessons/15_gate_dbus/gate_dbus.ts
 *
 * The first form: the gate of lesson 13, which D-Bus can watch and open as well.
 */
import { brokerUrl, type Client, exitWithError } from "../../lib/mod.ts";
import { type OnMessage, printable } from "../../lib/mod.ts";
import { StopSignal, subscribe } from "../../lib/mod.ts";
import { GateObject } from "./_gate_object.ts";
import { Motor } from "./_motor.ts";

const ALL = "tw/rocksaying/#";
let client: Client | undefined;

// Tell both sides. While the broker is away, D-Bus is told all the same. MQTT.js
// keeps the changes for the broker; nobody needs an old heartbeat.
const motor = new Motor(report);
function report(status: string): void {
  gate.statusChanged(status);
  if (status === "noop" && !client?.connected) return;
  client?.publish("tw/rocksaying/status", status, { qos: 1 });
}

// D-Bus calls Open(). The caller is answered at once: how the gate moves, it
// sees from the signals.
const gate = new GateObject(() => {
  console.log("Invoke gate open function");
  motor.carryOut("open");
});

// The broker brings commands, the first perhaps while subscribe() still waits.
const onMessage: OnMessage = ({ topic, text, qos, retain }, sender) => {
  client = sender;
  const [name, shown] = [topic, text].map(printable);
  console.log(`topic: ${name}\npayload: ${shown}\nqos: ${qos}`);
  if (topic !== "tw/rocksaying/command" || retain) return;
  console.log(`Should invoke gate ${shown} function`);
  return motor.carryOut(text);
};

// Begin with D-Bus, then wait for the broker, also for one that isn't there yet.
using stop = new StopSignal(gate.lost);
await gate.start().catch(exitWithError);
const heartbeat = setInterval(() => motor.isMoving || report("noop"), 1000);
console.log("dbus looping");
const options = { qos: 1, timeout: Infinity, signal: stop.signal } as const;
const service = await subscribe(brokerUrl(), ALL, onMessage, false, options)
  .catch(exitWithError);
client = service.client;
console.log("Looping...");

await Promise.race([stop.requested, client.refused]).catch(exitWithError);
clearInterval(heartbeat);
await motor.lastMove;
await service.close();
await gate[Symbol.asyncDispose]();
console.log("exit program");
