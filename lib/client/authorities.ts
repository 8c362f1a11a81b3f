import { X509Certificate } from "node:crypto";

const CERTIFICATE =
  /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * Checks the certificates of authorities. Without any, TLS would trust those that
 * Deno trusts, and one that it can't read it would leave out without a word.
 *
 * @param ca PEM texts with one certificate or several each.
 * @param name What a message calls them.
 * @throws {TypeError} If there is none, or one can't be read.
 */
export function assertAuthorities(
  ca: string | string[],
  name = "TLS authority (ca)",
): void {
  const texts = [ca].flat();
  if (texts.length === 0) throw missing(name);
  for (const text of texts) {
    const certificates = text.match(CERTIFICATE);
    if (certificates === null) throw missing(name);
    certificates.forEach((certificate, index) => {
      try {
        new X509Certificate(certificate);
      } catch (cause) {
        const which = certificates.length > 1 ? ` number ${index + 1}` : "";
        throw new TypeError(
          `${name} has a certificate${which} that can't be read: it must be whole`,
          { cause },
        );
      }
    });
  }
}

function missing(name: string): TypeError {
  return new TypeError(
    `${name} holds no certificate: it must be text in PEM form, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----`,
  );
}
