/**
 * Certificates for a classroom's or a test's broker, made and signed here.
 *
 * Neither face of the toolkit loads this module: who only connects needs none of
 * its packages.
 *
 * @module
 */
import "npm:reflect-metadata@0.2.2"; // @peculiar/x509 wants it first.
import { AsnConvert } from "npm:@peculiar/asn1-schema@2.11.1";
import {
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_nameConstraints,
  NameConstraints,
} from "npm:@peculiar/asn1-x509@2.11.1";
import * as x509 from "npm:@peculiar/x509@2.2.0";
import { isIP } from "node:net";
import type { KeyPair } from "../../lib/broker/listen/key_pair.ts";
import { isPermitted, PRIVATE_NAMES } from "./certificate_names.ts";

/** From when and until when a certificate is valid. */
interface Validity {
  notBefore: Date;
  notAfter: Date;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const { digitalSignature, keyCertSign, cRLSign } = x509.KeyUsageFlags;

/**
 * Makes an authority. It can sign for private networks, for names that no public
 * authority signs for, and for `names`: with its key stolen, nobody can make a
 * certificate for any other host (RFC 5280 section 4.2.1.10).
 */
export async function makeAuthority(
  { names, ...validity }: Validity & { names: readonly string[] },
): Promise<KeyPair> {
  const keys = await generateKeys();
  const more = names.filter((name) => !isPermitted(name, PRIVATE_NAMES));
  const permitted = [...PRIVATE_NAMES, ...more].map((name) =>
    new GeneralSubtree({ base: new GeneralName(toConstraint(name)) })
  );
  const constraints = new NameConstraints({
    permittedSubtrees: new GeneralSubtrees(permitted),
  });
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=MQTT classroom authority",
    ...validity,
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      // An authority, but none that could make further ones.
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
      new x509.Extension(
        id_ce_nameConstraints,
        true,
        AsnConvert.serialize(constraints),
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return toPem(certificate, keys);
}

/**
 * Signs a certificate for a broker, and for nothing but a server (RFC 5280
 * section 4.2.1.12); a node of a cluster is a client of the others, too.
 *
 * @throws {TypeError} If the authority's certificate or key can't be used.
 */
export async function signCertificate(
  authority: KeyPair,
  { names, isNode = false, ...validity }: Validity & {
    names: readonly string[];
    isNode?: boolean;
  },
): Promise<KeyPair> {
  const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
  const certificate = readCertificate(authority);
  const keys = await generateKeys();
  const signed = await x509.X509CertificateGenerator.create({
    issuer: certificate.subject,
    subject: "CN=MQTT broker",
    ...validity,
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: await readSigningKey(authority, certificate),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(
        isNode ? [serverAuth, clientAuth] : [serverAuth],
      ),
      new x509.SubjectAlternativeNameExtension(names.map(toJson)),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(certificate),
    ],
  });
  return toPem(signed, keys);
}

/** When an authority's time ends, and which names it may not sign for. */
export function inspectAuthority(
  authority: KeyPair,
  names: readonly string[],
): { notAfter: Date; forbidden: string[] } {
  const certificate = readCertificate(authority);
  const extension = certificate.getExtension(id_ce_nameConstraints);
  const constraints = extension &&
    AsnConvert.parse(extension.value, NameConstraints);
  const permitted = constraints?.permittedSubtrees?.map(({ base }) =>
    base.dNSName ?? base.iPAddress ?? ""
  );
  const forbidden = permitted === undefined
    ? []
    : names.filter((name) => !isPermitted(name, permitted));
  return { notAfter: certificate.notAfter, forbidden };
}

function generateKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

async function toPem(
  certificate: x509.X509Certificate,
  { privateKey }: CryptoKeyPair,
): Promise<KeyPair> {
  const bytes = await crypto.subtle.exportKey("pkcs8", privateKey);
  return {
    cert: `${certificate.toString("pem")}\n`,
    key: `${x509.PemConverter.encode(bytes, "PRIVATE KEY")}\n`,
  };
}

function toJson(value: string): x509.JsonGeneralName {
  return { type: isIP(value) === 0 ? "dns" : "ip", value };
}

/** An address alone, or with the length of a network's part. */
function toConstraint(name: string): { dNSName: string } | {
  iPAddress: string;
} {
  const [address = "", length] = name.split("/");
  const version = isIP(address);
  if (version === 0) return { dNSName: name };
  return {
    iPAddress: `${address}/${length ?? (version === 4 ? 32 : 128)}`,
  };
}

function readCertificate({ cert }: KeyPair): x509.X509Certificate {
  let certificate;
  try {
    certificate = new x509.X509Certificate(cert);
  } catch (cause) {
    throw new TypeError(
      "Authority's certificate can't be read: it must be PEM text",
      { cause },
    );
  }
  if (certificate.getExtension(x509.BasicConstraintsExtension)?.ca) {
    return certificate;
  }
  throw new TypeError(
    "Authority's certificate is not an authority's: it may not sign others",
  );
}

async function readSigningKey(
  { key }: KeyPair,
  certificate: x509.X509Certificate,
): Promise<CryptoKey> {
  const { subtle } = crypto;
  let signingKey;
  let publicKey;
  try {
    const bytes = x509.PemConverter.decodeFirst(key);
    signingKey = await subtle
      .importKey("pkcs8", bytes, ALGORITHM, false, ["sign"]);
    publicKey = await certificate.publicKey.export(ALGORITHM, ["verify"]);
  } catch (cause) {
    throw new TypeError(
      "Authority's key can't be used: it must be an EC key on P-256, in PEM, without a passphrase",
      { cause },
    );
  }
  const text = new Uint8Array(1);
  const signature = await subtle.sign(ALGORITHM, signingKey, text);
  if (await subtle.verify(ALGORITHM, publicKey, signature, text)) {
    return signingKey;
  }
  throw new TypeError("Authority's key is of another certificate");
}
