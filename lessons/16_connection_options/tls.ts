/**
 * @title Connect with TLS
 * @difficulty advanced
 * @tags TLS, certificate authority, certificate
 * @run deno run --allow-env --allow-net=127.0.0.1,localhost --allow-read=certificates lessons/16_connection_options/tls.ts
 *
 * TLS encrypts, and it proves that the broker is the one that we mean. For that,
 * the client must know which authority to trust.
 */
import { connect, exitWithError, startBroker } from "../../lib/mod.ts";

try {
  // Your broker may have no certificate. So this program starts one of its own,
  // with the certificate and the key that certificate.ts has written.
  const cert = await Deno.readTextFile("certificates/broker.crt");
  const key = await Deno.readTextFile("certificates/broker.key");
  const tls = { cert, key, port: 0 };
  await using broker = await startBroker({ tls });

  // The client trusts our authority, and no other. Deno's own list of
  // authorities doesn't count any more.
  const ca = await Deno.readTextFile("certificates/ca.crt");
  // Certificates are for names: call the broker by its own, not by its address.
  const url = `mqtts://localhost:${broker.port}`;
  const client = await connect(url, { tls: { ca }, retry: false });
  console.log("connected, encrypted and to the right broker");
  await client.close();
} catch (error) {
  // An untrusted authority, a wrong host name, a certificate that has expired.
  exitWithError(error);
}
