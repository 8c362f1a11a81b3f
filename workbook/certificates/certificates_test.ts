import "npm:reflect-metadata@0.2.2"; // @peculiar/x509 wants it first.
import * as x509 from "npm:@peculiar/x509@2.2.0";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { X509Certificate } from "node:crypto";
import type { KeyPair } from "../../lib/broker/listen/key_pair.ts";
import { startBroker } from "../../lib/broker.ts";
import {
  inspectAuthority,
  makeAuthority,
  signCertificate,
} from "./certificates.ts";
import { connect } from "../../lib/connect.ts";
import { LOCALHOST } from "../../testing/certificates/certificates.ts";

const DAY = 24 * 60 * 60 * 1000;
const validity = {
  notBefore: new Date(Date.now() - DAY),
  notAfter: new Date(Date.now() + DAY),
};
const names = ["localhost", "127.0.0.1", "::1"];

Deno.test("signCertificate() signs for names and addresses, for a server and nothing else", async () => {
  const authority = await makeAuthority({ names: [], ...validity });
  const { cert } = await signCertificate(authority, { names, ...validity });
  const certificate = new X509Certificate(cert);
  const issuer = new X509Certificate(authority.cert);
  assertEquals(certificate.verify(issuer.publicKey), true);
  assertEquals([certificate.ca, issuer.ca], [false, true]);
  assertEquals(certificate.checkHost("localhost"), "localhost");
  assertEquals(certificate.checkIP("127.0.0.1"), "127.0.0.1");
  assertEquals(certificate.checkHost("broker.local"), undefined);
  assertEquals(usages(cert), [x509.ExtendedKeyUsage.serverAuth]);
});

Deno.test("signCertificate() signs for a node of a cluster, which is a client, too", async () => {
  const authority = await makeAuthority({ names: [], ...validity });
  const { cert } = await signCertificate(authority, {
    names,
    isNode: true,
    ...validity,
  });
  const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
  assertEquals(usages(cert), [serverAuth, clientAuth]);
});

/** What a certificate is for. */
function usages(cert: string): string[] {
  const usage = new x509.X509Certificate(cert)
    .getExtension(x509.ExtendedKeyUsageExtension);
  return usage?.usages.map(String) ?? [];
}

Deno.test("inspectAuthority() tells its end, and the names that it may not sign for", async () => {
  const authority = await makeAuthority({
    names: ["mqtt.school.example", "203.0.113.7"],
    ...validity,
  });
  const asked = [...names, "mqtt.school.example", "203.0.113.7"];
  const more = ["bank.example", "203.0.113.8"];
  const { notAfter, forbidden } = inspectAuthority(authority, [
    ...asked,
    ...more,
  ]);
  assertEquals(forbidden, more);
  assertEquals(
    Math.floor(notAfter.getTime() / 1000),
    Math.floor(validity.notAfter.getTime() / 1000),
  );
});

Deno.test("makeAuthority() makes one whose word clients don't take for other hosts", async () => {
  const authority = await makeAuthority({ names: [], ...validity });
  // As a thief of its key would: the certificate has a right name and a wrong one.
  const pair = await signCertificate(authority, {
    names: [...names, "bank.example"],
    ...validity,
  });
  await using broker = await startBroker({
    port: 0,
    tls: { ...pair, port: 0, websocketPort: 0 },
  });
  for (const url of [broker.tlsUrl, broker.secureWebsocketUrl]) {
    await assertRejects(
      () => connect(url, { tls: { ca: authority.cert }, retry: false }),
      Error,
      "its certificate has a host name that its authority may not sign for",
    );
  }
});

Deno.test("signCertificate() refuses an authority that can't sign", async () => {
  const authority = await makeAuthority({ names: [], ...validity });
  const other = await makeAuthority({ names: [], ...validity });
  const wrong: [authority: KeyPair, message: string][] = [
    [{ ...authority, cert: "" }, "Authority's certificate can't be read"],
    [LOCALHOST, "Authority's certificate is not an authority's"],
    [{ ...authority, key: "" }, "Authority's key can't be used"],
    [{ ...authority, key: other.key }, "Authority's key is of another"],
  ];
  for (const [pair, message] of wrong) {
    await assertRejects(
      () => signCertificate(pair, { names, ...validity }),
      TypeError,
      message,
    );
  }
  assertThrows(() => inspectAuthority(LOCALHOST, names), TypeError);
});
