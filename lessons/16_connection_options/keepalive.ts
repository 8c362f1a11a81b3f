/**
 * @title Notice a connection that has died silently
 * @difficulty advanced
 * @tags keepalive, PINGREQ, half-open connection
 * @run deno run --allow-env --allow-net lessons/16_connection_options/keepalive.ts
 *
 * A pulled cable says nothing: to the client, its connection looks as good as
 * before. So it asks. A relay between us and the broker plays the cable.
 */
import { once } from "node:events";
import { type AddressInfo, createConnection, createServer } from "node:net";
import { brokerAddress, connect, exitWithError } from "../../lib/mod.ts";

try {
  // The relay passes bytes on both ways, except while the cable is pulled.
  let isPulled = false;
  const { hostname, port, label, url } = brokerAddress();
  const relay = createServer((near) => {
    const far = createConnection(port, hostname);
    near.on("data", (bytes) => isPulled || far.write(bytes));
    far.on("data", (bytes) => isPulled || near.write(bytes));
    near.on("error", () => {}).on("close", () => far.destroy());
    far.on("error", () => {}).on("close", () => isPulled || near.destroy());
  });
  await once(relay.listen(0, "127.0.0.1"), "listening");
  const own = `127.0.0.1:${(relay.address() as AddressInfo).port}`;

  // Is there a broker at all? Through the relay one couldn't tell.
  await (await connect(url)).close();

  // After two seconds without anything to send, the client sends a ping.
  await using client = await connect(url.replace(label, own), {
    keepalive: 2,
    retryDelay: [0.2, 1],
    log: (line) => console.log(line),
  });
  client.on("packetsend", ({ cmd }) => {
    if (cmd === "pingreq") console.log("→ PINGREQ");
  });
  // Once the broker has answered, pull the cable. No error comes of that.
  client.on("packetreceive", ({ cmd }) => {
    if (cmd !== "pingresp") return;
    console.log("← PINGRESP\nthe cable is pulled");
    isPulled = true;
  });

  // The next ping is not answered, and a second later the client gives the
  // connection up.
  await new Promise<void>((resolve) => client.once("close", resolve));

  // Put the cable back: the client finds the way by itself.
  isPulled = false;
  await new Promise<void>((resolve) => client.once("connect", () => resolve()));
  relay.close();
} catch (error) {
  exitWithError(error);
}
