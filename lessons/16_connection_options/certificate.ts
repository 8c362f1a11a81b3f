/**
 * @title Sign a broker's certificate
 * @difficulty advanced
 * @tags TLS, certificate, host name, validity
 * @run deno run --allow-env --allow-read=certificates --allow-write=certificates lessons/16_connection_options/certificate.ts localhost 365
 *
 * The authority signs that a key belongs to a host name, for so many days from
 * now. The files are broker.crt and broker.key in the folder `certificates`.
 */
import "npm:reflect-metadata@0.2.2"; // @peculiar/x509 wants it first.
import * as x509 from "npm:@peculiar/x509@2.2.0";
import { exitWithError } from "../../lib/mod.ts";

const { subtle } = crypto;
const { readTextFile: read, writeTextFile: write } = Deno;
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY = 24 * 60 * 60 * 1000;
const [host, days = ""] = Deno.args;
if (!host || !/^-?\d{1,4}$/.test(days)) {
  console.error("Arguments must be a host name and days: localhost 365");
  Deno.exit(2);
}

try {
  // Fetch the authority's certificate, and the key that it signs with.
  const ca = new x509.X509Certificate(await read("certificates/ca.crt"));
  const pem = await read("certificates/ca.key");
  const bytes = x509.PemConverter.decodeFirst(pem);
  const signingKey = await subtle
    .importKey("pkcs8", bytes, ALGORITHM, false, ["sign"]);

  // The broker gets keys of its own. The certificate says to which host name the
  // public one belongs, and by which key that is signed.
  const keys = await subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const notAfter = new Date(Date.now() + Number(days) * DAY);
  const certificate = await x509.X509CertificateGenerator.create({
    issuer: ca.subject,
    subject: `CN=${host}`,
    notBefore: new Date(Date.now() - 30 * DAY),
    notAfter,
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.SubjectAlternativeNameExtension([{ type: "dns", value: host }]),
      await x509.AuthorityKeyIdentifierExtension.create(ca),
    ],
  });

  // The key is for the broker alone. The certificate it shows to every client.
  const key = await subtle.exportKey("pkcs8", keys.privateKey);
  const keyPem = x509.PemConverter.encode(key, "PRIVATE KEY");
  await write("certificates/broker.key", keyPem, { mode: 0o600 });
  await write("certificates/broker.crt", certificate.toString("pem"));
  const until = notAfter.toISOString().slice(0, 10);
  console.log(`certificate for ${host} until ${until}`);
} catch (error) {
  exitWithError(error);
}
