/**
 * A certificate for `localhost`, `127.0.0.1` and `::1`, for tests only, valid
 * until 2126. Its key is public, and the key of the authority that signed it
 * was thrown away. It was made so:
 *
 * ```sh
 * openssl ecparam -name prime256v1 -genkey -noout -out ca.key
 * openssl req -x509 -new -key ca.key -sha256 -days 36500 -out ca.crt \
 *   -subj "/CN=Workbook test CA" -addext "basicConstraints=critical,CA:TRUE" \
 *   -addext "keyUsage=critical,keyCertSign,cRLSign"
 * openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -out localhost.key
 * openssl req -new -key localhost.key -subj "/CN=localhost" -out localhost.csr
 * printf '%s\n' "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1" \
 *   "basicConstraints=CA:FALSE" "extendedKeyUsage=serverAuth" \
 *   "keyUsage=digitalSignature" > extensions
 * openssl x509 -req -in localhost.csr -CA ca.crt -CAkey ca.key -CAcreateserial \
 *   -days 36500 -sha256 -extfile extensions -out localhost.crt
 * ```
 *
 * @module
 */

import { fileURLToPath } from "node:url";

/** Where the authority's certificate is, for a client's `--cafile`. */
export const CA_FILE: string = path("ca.crt");
/** The authority's certificate, in PEM. */
export const CA: string = Deno.readTextFileSync(CA_FILE);
export const CERT_FILE: string = path("localhost.crt");
export const KEY_FILE: string = path("localhost.key");
/** The server's certificate and its key, in PEM. */
export const LOCALHOST: { cert: string; key: string } = {
  cert: Deno.readTextFileSync(CERT_FILE),
  key: Deno.readTextFileSync(KEY_FILE),
};

function path(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
