import { assertThrows } from "@std/assert";
import { assertAuthorities } from "./connection.ts";
import { CA, LOCALHOST } from "../../testing/certificates/certificates.ts";

Deno.test("assertAuthorities() takes one certificate or several, with any line ends and words between", () => {
  for (const ca of [CA, [CA], `Ours:\r\n${CA.replaceAll("\n", "\r\n")}${CA}`]) {
    assertAuthorities(ca);
  }
});

Deno.test("assertAuthorities() refuses what holds no certificate", () => {
  for (const ca of ["", "rubbish", LOCALHOST.key, [], [CA, ""]]) {
    assertThrows(
      () => assertAuthorities(ca, 'File "ca.crt"'),
      TypeError,
      'File "ca.crt" holds no certificate: it must be text in PEM form',
    );
  }
});

Deno.test("assertAuthorities() refuses a certificate that is cut or changed", () => {
  const middle = CA.length / 2;
  const short = CA.slice(0, middle - 40) + CA.slice(middle + 40);
  assertThrows(
    () => assertAuthorities(short),
    TypeError,
    "TLS authority (ca) has a certificate that can't be read",
  );
  assertThrows(
    () => assertAuthorities(CA + short),
    TypeError,
    "TLS authority (ca) has a certificate number 2 that can't be read",
  );
  assertThrows(
    () => assertAuthorities(CA.replace(/-----END[^]*/, "")),
    TypeError,
    "holds no certificate",
  );
});
