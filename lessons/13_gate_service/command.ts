/**
 * @title Command the gate
 * @difficulty beginner
 * @tags publish, arguments
 * @run deno run --allow-env --allow-net lessons/13_gate_service/command.ts open
 *
 * Publishes the command that it is given. It doesn't wait for the gate: who
 * wants to know what became of it looks at the gate's status.
 */
import { brokerUrl, exitWithError, publishOnce } from "../../lib/mod.ts";

const [command] = Deno.args;
if (command === undefined) {
  console.error("Command is missing: open, close or alarm");
  Deno.exit(2);
}

// At QoS 1, this waits until the broker has confirmed that it has the command.
await publishOnce(brokerUrl(), {
  topic: "tw/rocksaying/command",
  payload: command,
  qos: 1,
}).catch(exitWithError);
