import { assertEquals, assertThrows } from "@std/assert";
import {
  isPermitted,
  listOwnNames,
  PRIVATE_NAMES,
  readHostName,
} from "./certificate_names.ts";
import { UsageError } from "../options/program.ts";

function computer(hostname: string, ...addresses: string[]) {
  return {
    hostname: () => hostname,
    networkInterfaces: () => addresses.map((address) => ({ address })),
  };
}

Deno.test("listOwnNames() has loopback, the host's name and its addresses, each once", () => {
  const names = listOwnNames(
    computer("Lab-7", "127.0.0.1", "::1", "192.168.7.7", "fe80::1", "fd00::7"),
  );
  assertEquals(names, [
    "localhost",
    "127.0.0.1",
    "::1",
    "lab-7",
    "192.168.7.7",
    "fd00::7",
  ]);
});

Deno.test("listOwnNames() leaves out a host's name that no certificate can have", () => {
  const names = ["localhost", "127.0.0.1", "::1"];
  assertEquals(listOwnNames(computer("Ann's computer")), names);
  assertEquals(listOwnNames(computer("")), names);
});

Deno.test("readHostName() gives names plain and small, and addresses", () => {
  const spellings: [text: string, name: string][] = [
    ["Broker.Local", "broker.local"],
    ["broker.local.", "broker.local"],
    ["café.local", "xn--caf-dma.local"],
    ["192.168.7.7", "192.168.7.7"],
    ["FD00::7", "fd00::7"],
    ["[fd00::7]", "fd00::7"],
  ];
  for (const [text, name] of spellings) assertEquals(readHostName(text), name);
});

Deno.test("readHostName() refuses what is no name and no address", () => {
  const wrong = [
    "",
    "a b",
    "*.local",
    "mqtt://a",
    "a:1883",
    "fe80::1%eth0",
    "1.2.3",
    "-a",
    `${"a".repeat(64)}.local`,
  ];
  for (const text of wrong) {
    assertThrows(
      () => readHostName(text),
      UsageError,
      `Option --host is "${text}": it must be a name`,
    );
  }
});

Deno.test("isPermitted() takes private names and addresses, and no public ones", () => {
  const inside = [
    "localhost",
    "broker.local",
    "a.b.home.arpa",
    "127.0.0.1",
    "192.168.7.7",
    "172.31.0.1",
    "::1",
    "fd12::1",
    "fe80::1",
  ];
  const outside = [
    "bank.example",
    "notlocalhost",
    "local.example",
    "172.32.0.1",
    "8.8.8.8",
    "2001:db8::1",
    "::2",
  ];
  for (const name of inside) {
    assertEquals(isPermitted(name, PRIVATE_NAMES), true, name);
  }
  for (const name of outside) {
    assertEquals(isPermitted(name, PRIVATE_NAMES), false, name);
  }
});
