import { assertThrows } from "@std/assert";
import { createPrivateKey } from "node:crypto";
import { assertKeyPair } from "./key_pair.ts";
import { CA, LOCALHOST } from "../../../testing/certificates/certificates.ts";

const { cert, key } = LOCALHOST;

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
