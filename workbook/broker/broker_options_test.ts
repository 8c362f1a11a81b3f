import { assertEquals } from "@std/assert";
import {
  makeAuthority,
  signCertificate,
} from "../certificates/certificates.ts";
import { describeInvalidity, describeReach } from "./broker_options.ts";

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

const LOOPBACK = { family: "IPv4", address: "127.0.0.1" } as const;
const CARDS = [
  LOOPBACK,
  { family: "IPv4", address: "192.168.0.10" },
  { family: "IPv6", address: "fe80::1" },
  { family: "IPv4", address: "10.0.0.7" },
] as const;

Deno.test("describeReach() names the addresses for other machines", () => {
  const describe = (host?: string) =>
    describeReach("mqtt://localhost:1884", host, () => [...CARDS]);
  const urls = "mqtt://192.168.0.10:1884 or mqtt://10.0.0.7:1884";
  for (const host of ["0.0.0.0", "::"]) {
    assertEquals(describe(host), `Other machines reach it at ${urls}`);
  }
  for (const host of [undefined, "127.0.0.1", "localhost", "::1"]) {
    assertEquals(
      describe(host),
      "Only this machine reaches it: with --host 0.0.0.0, others do, too",
    );
  }
  assertEquals(describe("192.168.0.10"), undefined);
});

Deno.test("describeReach() says that a machine is on no network", () => {
  assertEquals(
    describeReach("mqtt://localhost:1883", "0.0.0.0", () => [LOOPBACK]),
    "This machine is on no network: no other one reaches it",
  );
});
