import { assertEquals } from "@std/assert";
import {
  makeAuthority,
  signCertificate,
} from "../certificates/certificates.ts";
import { describeInvalidity } from "./broker_tls.ts";

const HOUR = 60 * 60 * 1000;
const NAME = 'Certificate "a.crt"';

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
  assertEquals(describeInvalidity(await sign(-1, 1), NAME), undefined);
  assertEquals(
    describeInvalidity(await sign(-3, -1), NAME),
    `${NAME} has expired on ${day(-1)}: clients refuse it`,
  );
  assertEquals(
    describeInvalidity(await sign(1, 3), NAME),
    `${NAME} is valid only from ${day(1)}: clients refuse it`,
  );
});
