import { assertEquals } from "@std/assert";
import { isPermitted, PRIVATE_NAMES } from "./permitted_names.ts";

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
