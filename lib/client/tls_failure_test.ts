import { assertEquals } from "@std/assert";
import { explainPlain, explainTls } from "./tls_failure.ts";

const rejected = (reason: string) =>
  new Error(`invalid peer certificate: ${reason}`);

/** What Deno's TLS says, and what the client says of it. */
const reasons: [error: Error, text: string][] = [
  [
    rejected("certificate expired"),
    "its certificate has expired (or this computer's clock is wrong)",
  ],
  [
    rejected(
      'certificate not valid for name "a"; certificate is not valid for any names (according to its subjectAltName extension)',
    ),
    "its certificate names no host: it needs a subjectAltName, a common name is not enough",
  ],
  [
    rejected(
      'certificate not valid for name "a"; certificate is only valid for DnsName("b"), IpAddress(127.0.0.1) or IpAddress(0::1)',
    ),
    'its certificate is for another host name: not for "a", but for "b", "127.0.0.1" or "0::1"',
  ],
  [
    rejected("BadSignature"),
    "its certificate is not signed by an authority that is trusted here",
  ],
  [
    rejected("Other(OtherError(CaUsedAsEndEntity))"),
    "its certificate is an authority's own: it must be one that the authority has signed",
  ],
  [
    rejected("Other(OtherError(UnsupportedCertVersion))"),
    "its certificate is of an old version: it must be of version 3, with a subjectAltName",
  ],
  [
    rejected(
      "certificate does not allow extended key usage for server authentication, allows client authentication",
    ),
    "its certificate is not one for servers",
  ],
  [rejected("Revoked"), "its certificate can't be used (Revoked)"],
  [
    Object.assign(new Error("unexpected end of file"), {
      name: "UnexpectedEof",
    }),
    "it ended the TLS handshake: maybe this port is for mqtt://, not mqtts://",
  ],
];

Deno.test("explainTls() says in words what each reason means", () => {
  for (const [error, text] of reasons) {
    assertEquals(explainTls(error, "mqtts")?.text, text);
  }
});

Deno.test("explainTls() says nothing of what it doesn't know", () => {
  assertEquals(explainTls(new Error("operation canceled"), "wss"), undefined);
});

Deno.test("explainPlain() takes a port for one with TLS only if it has answered so", () => {
  const tls = "this port speaks TLS: wss:// is for it, not ws://";
  assertEquals(explainPlain(undefined, "ws")?.text, tls);
  assertEquals(explainPlain(rejected("UnknownIssuer"), "ws")?.text, tls);
  const alert = new Error("received fatal alert: HandshakeFailure");
  assertEquals(explainPlain(alert, "ws")?.text, tls);
  const reset = new Error("connection reset");
  assertEquals(explainPlain(reset, "ws"), undefined);
});
