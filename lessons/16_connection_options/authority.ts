/**
 * @title Be a certificate authority
 * @difficulty advanced
 * @tags TLS, certificate authority, key
 * @run deno run --allow-env --allow-write=certificates lessons/16_connection_options/authority.ts
 *
 * TLS asks who stands behind a certificate. This makes an authority of your own,
 * as the files ca.crt and ca.key in the folder `certificates`.
 */
import "npm:reflect-metadata@0.2.2"; // @peculiar/x509 wants it first.
import * as x509 from "npm:@peculiar/x509@2.2.0";
import { exitWithError } from "../../lib/mod.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const TEN_YEARS = 10 * 365 * 24 * 60 * 60 * 1000;

try {
  // A key is a pair: with the private half the authority signs, and with the
  // public half everyone can check what it has signed.
  const keys = await crypto.subtle.generateKey(
    ALGORITHM,
    true,
    ["sign", "verify"],
  );

  // The certificate says whose key it is. Nobody stands above the authority, so
  // it signs its own. It may sign others (the first extension), and does
  // nothing else (the second); the third is the key's id.
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=Workbook authority",
    notAfter: new Date(Date.now() + TEN_YEARS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });

  // ca.crt is for every client. ca.key stays with you: whoever has it can make
  // certificates that all your clients trust.
  const privateKey = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  const pem = x509.PemConverter.encode(privateKey, "PRIVATE KEY");
  await Deno.mkdir("certificates", { recursive: true });
  await Deno.writeTextFile("certificates/ca.crt", certificate.toString("pem"));
  await Deno.writeTextFile("certificates/ca.key", pem, { mode: 0o600 });
  console.log(`new authority: ${certificate.subject}`);
} catch (error) {
  exitWithError(error);
}
