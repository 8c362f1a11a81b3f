import { assert, assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { isIPv6 } from "node:net";
import { type BrokerAddress, parseAddresses } from "./address.ts";

/** Pieces that addresses are made of, those first that are well formed. */
const PIECES = {
  scheme: ["mqtt://", "ws://", "mqtts://", "wss://", "WS://", "MQTT://"],
  oddScheme: ["", "http://", "mqtt:", "ws:/", "mqtt:\\\\", " ws://"],
  user: ["info", "a%40b", "ä", "my name", "", "a.b-c_d~", "x%5Cy", "100%"],
  oddUser: ["a@b", "a/b", "SCHOOL\\info", "a?", "#a", "[a]", "a,b", "%ff"],
  password: ["s3cret", "s3cret%2F", "s3cret%", ":s3cret", "s3cret,x", ""],
  oddPassword: ["s3cret@", "s3cret/", "s3cret?x", "s3cret#", "\\s3cret"],
  host: ["h", "broker.lan", "10.0.0.1", "[::1]", "[fe80::1]", "Ünï.de", "a_b"],
  oddHost: [
    "",
    "127.1",
    "1883",
    "0x7f.1",
    "[::1",
    "::1",
    "a b",
    "h%41",
    "h\\i",
    "[1::2::3]",
    "１27.0.0.1",
    "h\u00ad",
    "a..b",
    "h\tk",
    "-",
    "xn--a",
    "℀",
    "h|",
    "h^",
  ],
  port: ["", ":1883", ":80", ":443", ":65535", ":1", ":00080"],
  oddPort: [":", ":0", ":65536", ":a", ":1 ", ":-1", ":1e3", ": 80", ":٣"],
  tail: [
    "",
    "/",
    "/mqtt",
    "/mqtt?token=a:77",
    "/a/../b",
    "/m?user=a@b",
    "/%2e/",
  ],
  oddTail: [
    "?x=1",
    "/a@b",
    "//x/y",
    "/a:1@c",
    "#f",
    "\\x",
    "/a b",
    "/?@",
    "/ä",
  ],
};
type Piece = keyof typeof PIECES;

type Parts = Omit<BrokerAddress, "protocol" | "label" | "url"> & {
  protocol: string;
};

/** The parts in one line. */
function partsOf(
  { protocol, hostname, port, path, username, password }: Parts,
): string {
  return [protocol, hostname, port, path, username || "-", password || "-"]
    .join(" ");
}

/** What Node's URL makes of it, as parseAddresses() would say it. */
function readUrl(text: string): string {
  const url = new URL(text);
  const protocol = url.protocol.slice(0, -1);
  const ports = { mqtt: 1883, mqtts: 8883, ws: 80, wss: 443 };
  // It leaves the host of a scheme that it doesn't know as it stands.
  const { hostname } = new URL(`http://${decodeURIComponent(url.hostname)}`);
  const decode = (part: string) =>
    decodeURIComponent(part.replace(/%(?![\da-f]{2})/gi, "%25"));
  return partsOf({
    protocol,
    hostname: hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port || ports[protocol as keyof typeof ports]),
    path: `${url.pathname}${url.search}` || "/",
    username: decode(url.username),
    password: decode(url.password),
  });
}

/** Makes the address of a number: a hash's bytes choose its pieces. */
function makeAddress(number: number): string {
  const bytes = createHash("sha256").update(`address ${number}`).digest();
  const chance = bytes.values();
  const one = (pieces: readonly string[]) =>
    pieces[chance.next().value! % pieces.length]!;
  const pick = (kind: Piece, odd: Piece) =>
    one(PIECES[chance.next().value! < 26 ? odd : kind]);
  const login = chance.next().value! < 77
    ? ""
    : `${pick("user", "oddUser")}:${pick("password", "oddPassword")}@`;
  return [
    pick("scheme", "oddScheme"),
    login,
    pick("host", "oddHost"),
    pick("port", "oddPort"),
    pick("tail", "oddTail"),
    chance.next().value! < 13 ? one([" ", "\r\n"]) : "",
  ].join("");
}

Deno.test("parseAddresses() agrees with URL on 100,000 addresses or refuses, and shows no password", () => {
  let refused = 0;
  for (let number = 0; number < 100_000; number++) {
    const text = makeAddress(number);
    const shown = `Address ${number}, ${JSON.stringify(text)}`;
    let address: BrokerAddress;
    try {
      [address] = parseAddresses(text);
    } catch (error) {
      refused++;
      assert(error instanceof TypeError || error instanceof RangeError, shown);
      assert(!error.message.includes("s3cret"), `${shown}: ${error.message}`);
      continue;
    }
    assert(!address.label.includes("s3cret"), shown);
    const host = isIPv6(text.trim()) ? `[${text.trim()}]` : text;
    const url = text.includes("://") ? text : `mqtt://${host}`;
    assertEquals(partsOf(address), readUrl(url), shown);
  }
  // Enough of both were made.
  assert(refused > 20_000 && refused < 80_000, `${refused} were refused`);
});
