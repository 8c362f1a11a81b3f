import { assertEquals } from "@std/assert";
import { describeReach } from "./describe_reach.ts";

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
