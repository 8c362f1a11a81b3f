/**
 * @title Log what happens to a connection
 * @difficulty intermediate
 * @tags logger, packetsend, packetreceive, reconnection
 * @run deno run --allow-env --allow-net lessons/16_connection_options/logger.ts
 *
 * A program that runs for months must tell later what went on. It gives the
 * client a logger, and listens to the packets where it needs more.
 */
import { brokerUrl, connect, exitWithError } from "../../lib/mod.ts";

/** A logger as paho's users know it: a level, and then the line. */
function log(level: "INFO" | "DEBUG", line: string) {
  console.log(`${level} ${line}`);
}

try {
  // The client tells its logger of each change of the connection.
  await using client = await connect(brokerUrl(), {
    retryDelay: [0.2, 1],
    log: (line) => log("INFO", line),
  });

  // For more than that, two events tell of each packet.
  client.on("packetsend", ({ cmd }) => log("DEBUG", `Sending ${cmd}`));
  client.on("packetreceive", ({ cmd }) => log("DEBUG", `Received ${cmd}`));
  await client.publishAsync("iot/x", "1", { qos: 1 });

  // Something to log: the connection breaks, and the client connects again.
  client.stream.destroy();
  await new Promise<void>((resolve) => client.once("connect", () => resolve()));
} catch (error) {
  exitWithError(error);
}
