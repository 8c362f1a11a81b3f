import { assertEquals, assertThrows } from "@std/assert";
import { parseAddress } from "./address.ts";

const addresses: [string, string][] = [
  ["localhost", "mqtt localhost 1883 / - -"],
  ["broker.lan:1884", "mqtt broker.lan 1884 / - -"],
  ["192.168.1.165", "mqtt 192.168.1.165 1883 / - -"],
  ["::1", "mqtt ::1 1883 / - -"],
  ["[::1]:1884", "mqtt ::1 1884 / - -"],
  ["mqtt://h:80", "mqtt h 80 / - -"],
  ["mqtts://h", "mqtts h 8883 / - -"],
  ["ws://h:9001/mqtt?a=b", "ws h 9001 /mqtt?a=b - -"],
  ["WSS://h", "wss h 443 / - -"],
  ["mqtt://info:p%40ss%3Aword@h", "mqtt h 1883 / info p@ss:word"],
  ["mqtt://info:50%@h", "mqtt h 1883 / info 50%"],
];
for (const [host, expected] of addresses) {
  Deno.test(`parseAddress() reads ${host}`, () => {
    const { protocol, hostname, port, path, username = "-", password = "-" } =
      parseAddress(host);
    assertEquals(
      [protocol, hostname, port, path, username, password].join(" "),
      expected,
    );
  });
}

for (const host of ["h:0", "h:65536", "mqtt://h:99999"]) {
  Deno.test(`parseAddress() rejects the port of ${host}`, () => {
    assertThrows(() => parseAddress(host), RangeError, "Port is");
  });
}

for (const host of ["", " ", "a b", "ftp://h", "mqtt://", "h:port"]) {
  Deno.test(`parseAddress() rejects ${JSON.stringify(host)}`, () => {
    assertThrows(
      () => parseAddress(host),
      TypeError,
      `"${host}" is not a name`,
    );
  });
}

Deno.test("parseAddress() never shows a password", () => {
  const error = assertThrows(
    () => parseAddress("mqtt://info:secret@"),
    TypeError,
  );
  assertEquals(error.message.includes("secret"), false);
});

for (const password of ["p@ss/1", "p/ss", "p?ss", "p#ss", "1883/x"]) {
  Deno.test(`parseAddress() takes no part of the password ${password} for the host`, () => {
    const error = assertThrows(
      () => parseAddress(`mqtt://info:${password}@broker.lan`),
      TypeError,
      "write / as %2F",
    );
    assertEquals(error.message.includes(password), false);
  });
}
