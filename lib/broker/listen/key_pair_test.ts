import { assertEquals, assertThrows } from "@std/assert";
import { createPrivateKey } from "node:crypto";
import { assertKeyPair, describeInvalidity } from "./key_pair.ts";
import { makeAuthority, signCertificate } from "../../certificates.ts";
import { CA, LOCALHOST } from "../../testing/certificates.ts";

const { cert, key } = LOCALHOST;
const HOUR = 60 * 60 * 1000;

Deno.test("assertKeyPair() takes a key of either form, and a chain", () => {
  assertKeyPair(LOCALHOST);
  const sec1 = createPrivateKey(key).export({ type: "sec1", format: "pem" });
  assertKeyPair({ cert: cert + CA, key: String(sec1) });
  const crlf = (text: string) => text.replaceAll("\n", "\r\n");
  assertKeyPair({ cert: crlf(cert), key: crlf(key) });
});

Deno.test("assertKeyPair() says what is wrong with which", () => {
  const names = { cert: 'Certificate "a.crt"', key: 'Key "a.key"' };
  const encrypted = createPrivateKey(key).export({
    type: "pkcs8",
    format: "pem",
    cipher: "aes-256-cbc",
    passphrase: "secret",
  });
  const old = key.replace(
    "KEY-----\n",
    "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n",
  );
  const wrong: [cert: string, key: string, message: string][] = [
    ["", key, 'Certificate "a.crt" can\'t be read: it must be PEM text'],
    [key, key, 'Certificate "a.crt" can\'t be read: it must be PEM text'],
    [cert, "", 'Key "a.key" can\'t be read: it must be PEM text'],
    [cert, cert, 'Key "a.key" can\'t be read: it must be PEM text'],
    [cert, String(encrypted), 'Key "a.key" is encrypted: it must be one'],
    [cert, old, 'Key "a.key" is encrypted: it must be one'],
    [CA, key, 'Key "a.key" is of another certificate'],
  ];
  for (const [cert, key, message] of wrong) {
    assertThrows(() => assertKeyPair({ cert, key }, names), TypeError, message);
  }
});

Deno.test("describeInvalidity() warns of a certificate whose time is over or to come", async () => {
  const time = (hours: number) => new Date(Date.now() + hours * HOUR);
  const authority = await makeAuthority({
    names: [],
    notBefore: time(-48),
    notAfter: time(48),
  });
  const sign = (from: number, until: number) =>
    signCertificate(authority, {
      names: ["localhost"],
      notBefore: time(from),
      notAfter: time(until),
    });
  const day = (hours: number) => time(hours).toISOString().slice(0, 10);
  assertEquals(describeInvalidity(await sign(-1, 1)), undefined);
  assertEquals(
    describeInvalidity(await sign(-3, -1), 'Certificate "a.crt"'),
    `Certificate "a.crt" has expired on ${day(-1)}: clients refuse it`,
  );
  assertEquals(
    describeInvalidity(await sign(1, 3)),
    `TLS certificate is valid only from ${day(1)}: clients refuse it`,
  );
});
