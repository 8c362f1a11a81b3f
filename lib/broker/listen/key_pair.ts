import { createPrivateKey, X509Certificate } from "node:crypto";

/** A certificate and its key, both in PEM. */
export interface KeyPair {
  cert: string;
  key: string;
}

/** What messages call a certificate and its key. */
interface KeyPairNames {
  cert: string;
  key: string;
}

const ENCRYPTED =
  /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type:.*ENCRYPTED/m;

/**
 * Checks a certificate and its key: Deno starts a TLS server with any text, and
 * then no client can connect.
 *
 * @throws {TypeError} If one of them can't be read, or they don't fit.
 */
export function assertKeyPair(
  { cert, key }: KeyPair,
  names: KeyPairNames = { cert: "TLS certificate", key: "TLS key" },
): void {
  const certificate = read(names.cert, () => new X509Certificate(cert));
  if (ENCRYPTED.test(key)) {
    throw new TypeError(
      `${names.key} is encrypted: it must be one without a passphrase, as "openssl pkey" writes it`,
    );
  }
  const privateKey = read(names.key, () => createPrivateKey(key));
  if (certificate.checkPrivateKey(privateKey)) return;
  throw new TypeError(
    `${names.key} is of another certificate: it must fit this one`,
  );
}

function read<T>(name: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new TypeError(`${name} can't be read: it must be PEM text`, {
      cause,
    });
  }
}
