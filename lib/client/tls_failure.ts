/** What is wrong, in words, and Node's code for it. */
interface Explanation {
  /** A clause without a full stop. */
  text: string;
  code: string;
}

/** Why an attempt to connect failed, said better than its own error does. */
export class ExplainedFailure extends Error {
  override readonly name = "ExplainedFailure";
  /** Node's code, such as `CERT_HAS_EXPIRED`. */
  readonly code: string;

  constructor({ text, code }: Explanation, cause: Error) {
    super(text, { cause });
    this.code = code;
  }
}

/** Says that a certificate's authority isn't known here. */
export const UNTRUSTED =
  "its certificate is not signed by an authority that is trusted here";

const CLOCK = "(or this computer's clock is wrong)";

/** What Deno's TLS (rustls) says, and what that means to a student. */
const REASONS: [
  pattern: RegExp,
  code: string,
  text: (groups: Record<string, string>) => string,
][] = [
  [
    /certificate expired(?:.*not valid after (?<end>\d+))?/,
    "CERT_HAS_EXPIRED",
    ({ end }) =>
      `its certificate has expired${
        end ? `: it was valid until ${date(end)}` : ""
      } ${CLOCK}`,
  ],
  [
    /certificate not valid yet(?:.*not valid before (?<begin>\d+))?/,
    "CERT_NOT_YET_VALID",
    ({ begin }) =>
      `its certificate is not valid yet${
        begin ? `: it will be from ${date(begin)}` : ""
      } ${CLOCK}`,
  ],
  [
    /not valid for any names/,
    "ERR_TLS_CERT_ALTNAME_INVALID",
    () =>
      "its certificate names no host: it needs a subjectAltName, a common name is not enough",
  ],
  [
    /not valid for name "(?<name>.*?)"(?:.*only valid for (?<names>.*))?/,
    "ERR_TLS_CERT_ALTNAME_INVALID",
    ({ name, names }) =>
      `its certificate is for another host name: not for "${name}"${
        names ? `, but for ${plainNames(names)}` : ""
      }`,
  ],
  [
    /UnknownIssuer|BadSignature/,
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    () => UNTRUSTED,
  ],
  [
    /CaUsedAsEndEntity/,
    "INVALID_CA",
    () =>
      "its certificate is an authority's own: it must be one that the authority has signed",
  ],
  [
    /UnsupportedCertVersion/,
    "CERT_REJECTED",
    () =>
      "its certificate is of an old version: it must be of version 3, with a subjectAltName",
  ],
  [
    /NameConstraintViolation/,
    "PERMITTED_SUBTREE_VIOLATION",
    () => "its certificate has a host name that its authority may not sign for",
  ],
  [
    /extended key usage/,
    "INVALID_PURPOSE",
    () => "its certificate is not one for servers",
  ],
  [
    /invalid peer certificate: (?<reason>.*)/,
    "CERT_REJECTED",
    ({ reason }) => `its certificate can't be used (${reason})`,
  ],
];

/** Says why a TLS handshake ended with an error, if that is known. */
export function explainTls(
  error: Error & { code?: unknown },
  protocol: string,
): Explanation | undefined {
  for (const [pattern, code, text] of REASONS) {
    const found = pattern.exec(error.message);
    if (found) return { code, text: text(found.groups ?? {}) };
  }
  const plain = protocol.slice(0, -1);
  if (/InvalidContentType/.test(error.message)) {
    return {
      code: "EPROTO",
      text:
        `this port speaks no TLS: ${plain}:// is for it, not ${protocol}://`,
    };
  }
  if (error.name === "UnexpectedEof" || error.code === "ECONNRESET") {
    return {
      code: "EPROTO",
      text:
        `it ended the TLS handshake: maybe this port is for ${plain}://, not ${protocol}://`,
    };
  }
}

/**
 * Says of a connection without TLS that its port is one for TLS.
 *
 * @param error What a TLS handshake ended with, if not well.
 */
export function explainPlain(
  error: Error | undefined,
  protocol: string,
): Explanation | undefined {
  const speaksTls = error === undefined ||
    /invalid peer certificate|received fatal alert/.test(error.message);
  if (!speaksTls) return undefined;
  return {
    code: "EPROTO",
    text: `this port speaks TLS: ${protocol}s:// is for it, not ${protocol}://`,
  };
}

/** A day, from seconds since 1970. */
function date(seconds: string): string {
  return new Date(Number(seconds) * 1000).toISOString().slice(0, 10);
}

/** `DnsName("a"), IpAddress(127.0.0.1) or IpAddress(0::1)`, for a reader. */
function plainNames(names: string): string {
  return names.replaceAll(/\w+\("?(.*?)"?\)/g, '"$1"');
}
