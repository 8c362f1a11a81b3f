import { assert, assertEquals, assertThrows } from "@std/assert";
import { createHash } from "node:crypto";
import { isIPv6 } from "node:net";
import {
  type BrokerAddress,
  formatAddresses,
  parseAddresses,
} from "./address.ts";

/** Protocol, host, port, path, user and password of each host. */
function read(text: string, options = {}): string {
  return parseAddresses(text, options).map((
    { protocol, hostname, port, path, username = "-", password = "-" },
  ) => [protocol, hostname, port, path, username, password].join(" "))
    .join(", ");
}

const addresses: [text: string, parts: string][] = [
  ["localhost", "mqtt localhost 1883 / - -"],
  ["broker.lan:1884", "mqtt broker.lan 1884 / - -"],
  ["192.168.1.165", "mqtt 192.168.1.165 1883 / - -"],
  ["mqtt_broker", "mqtt mqtt_broker 1883 / - -"],
  ["BROKER.Lan", "mqtt broker.lan 1883 / - -"],
  ["münchen.example", "mqtt xn--mnchen-3ya.example 1883 / - -"],
  ["ws://münchen.example", "ws xn--mnchen-3ya.example 80 / - -"],
  ["mqtt", "mqtt mqtt 1883 / - -"],
  ["mqtt:1884", "mqtt mqtt 1884 / - -"],
  ["mqtt://h:80", "mqtt h 80 / - -"],
  ["mqtt://h/", "mqtt h 1883 / - -"],
  ["mqtt://h:01883", "mqtt h 1883 / - -"],
  ["MQTT://h", "mqtt h 1883 / - -"],
  ["mqtts://h", "mqtts h 8883 / - -"],
  ["ws://h", "ws h 80 / - -"],
  ["ws://h:80", "ws h 80 / - -"],
  ["ws://h:9001/mqtt?a=b", "ws h 9001 /mqtt?a=b - -"],
  ["WSS://h", "wss h 443 / - -"],
  ["wss://h/a/../mqtt", "wss h 443 /mqtt - -"],
  // Blanks around it, as cmd.exe's `set X=… && …` leaves one.
  ["mqtt://host:1999 ", "mqtt host 1999 / - -"],
  ["\tmqtt://host:1999\r\n", "mqtt host 1999 / - -"],
  ["mqtt://host:1999\u00a0", "mqtt host 1999 / - -"],
  [" h ", "mqtt h 1883 / - -"],
  // A query is no port and no password.
  ["wss://h/mqtt?token=a:77", "wss h 443 /mqtt?token=a:77 - -"],
  ["wss://h:9001/mqtt?user=a@b", "wss h 9001 /mqtt?user=a@b - -"],
  ["wss://u:p@h/mqtt?user=a@b:77", "wss h 443 /mqtt?user=a@b:77 u p"],
  ["ws://h/a:77", "ws h 80 /a:77 - -"],
  // Users and passwords.
  ["info:s3cret@host:1884", "mqtt host 1884 / info s3cret"],
  ["info@host", "mqtt host 1883 / info -"],
  ["info:s3cret@[::1]", "mqtt ::1 1883 / info s3cret"],
  ["mqtt://info:p%40ss%3Aword@h", "mqtt h 1883 / info p@ss:word"],
  ["mqtt://info:p@ss:word@h", "mqtt h 1883 / info p@ss:word"],
  ["mqtt://info:%2F%3F%23%5C%2C%25@h", "mqtt h 1883 / info /?#\\,%"],
  ["mqtt://info:a,b@h", "mqtt h 1883 / info a,b"],
  ["mqtt://info:50%@h", "mqtt h 1883 / info 50%"],
  ["mqtt://info:50%ö%40@h", "mqtt h 1883 / info 50%ö@"],
  ["mqtt://my name:my word@h", "mqtt h 1883 / my name my word"],
  ["mqtt://SCHOOL%5Cinfo:pw@h", "mqtt h 1883 / SCHOOL\\info pw"],
  ["mqtt://info:@h", "mqtt h 1883 / info -"],
  ["mqtt://:pw@h", "mqtt h 1883 / - pw"],
  ["mqtt://@h", "mqtt h 1883 / - -"],
  // IPv6, with and without a zone.
  ["::1", "mqtt ::1 1883 / - -"],
  ["2001:DB8:0::1", "mqtt 2001:db8::1 1883 / - -"],
  ["[::1]:1884", "mqtt ::1 1884 / - -"],
  ["ws://[::1]/mqtt", "ws ::1 80 /mqtt - -"],
  ["[::ffff:1.2.3.4]", "mqtt ::ffff:102:304 1883 / - -"],
  ["fe80::1%eth0", "mqtt fe80::1%eth0 1883 / - -"],
  ["[fe80::1%eth0]:1884", "mqtt fe80::1%eth0 1884 / - -"],
  ["mqtts://[fe80::1%25eth0]", "mqtts fe80::1%eth0 8883 / - -"],
  ["mqtt://[fe80::1%4]", "mqtt fe80::1%4 1883 / - -"],
  // Several hosts.
  ["a:1884,b", "mqtt a 1884 / - -, mqtt b 1883 / - -"],
  [
    "wss://u:p@a,b:9001/mqtt",
    "wss a 443 /mqtt u p, wss b 9001 /mqtt u p",
  ],
  ["u:p@[::1]:1884,10.0.0.1", "mqtt ::1 1884 / u p, mqtt 10.0.0.1 1883 / u p"],
];
for (const [text, parts] of addresses) {
  Deno.test(`parseAddresses() reads ${JSON.stringify(text)}`, () => {
    assertEquals(read(text), parts);
    assertEquals(read(formatAddresses(parseAddresses(text))), parts);
    const urls = parseAddresses(text).map(({ url }) => read(url));
    assertEquals(urls.join(", "), parts);
  });
}

const AMBIGUOUS = "is ambiguous: in a user name or password, write / as %2F";
const INVALID = "is not a name, name:port, or a URL of mqtt, mqtts, ws or wss";
const mistakes: [text: string, message: string][] = [
  ["", `Broker address "" ${INVALID}`],
  [" ", `Broker address "" ${INVALID}`],
  ["a b", `Broker address "a b" ${INVALID}`],
  ["a\nb", `Broker address "a\\nb" ${INVALID}`],
  ["mqtt://ho\tst", `Broker address "mqtt://ho\\tst" ${INVALID}`],
  ["ftp://h", `Broker address "ftp://h" ${INVALID}`],
  ["http://u:s3cret@h", `Broker address "http://…@h" ${INVALID}`],
  ["mqtt://", `Broker address "mqtt://" ${INVALID}`],
  ["mqtt:///x", `Broker address "mqtt:///x" ${INVALID}`],
  ["h:", `Broker address "h:…" ${INVALID}`],
  ["h:port", `Broker address "h:…" ${INVALID}`],
  ["info:s3cret", `Broker address "info:…" ${INVALID}`],
  ["h:-1", `Broker address "h:…" ${INVALID}`],
  ["h:18８3", `Broker address "h:…" ${INVALID}`],
  ["h,", `Broker address "h," ${INVALID}`],
  [",h", `Broker address ",h" ${INVALID}`],
  ["1883", `Broker address "1883" ${INVALID}`],
  ["127.1", `Broker address "127.1" ${INVALID}`],
  ["0x7f.0.0.1", `Broker address "0x7f.0.0.1" ${INVALID}`],
  ["１27.0.0.1", `Broker address "１27.0.0.1" ${INVALID}`],
  ["1.2.3.999", `Broker address "1.2.3.999" ${INVALID}`],
  ["h%41", `Broker address "h%41" ${INVALID}`],
  ["h℀", `Broker address "h℀" ${INVALID}`],
  ["mqtt://::1", `Broker address "mqtt://:…" ${INVALID}`],
  ["[::1", `Broker address "[:…" ${INVALID}`],
  ["info:s3cret@::1", `Broker address "…@:…" ${INVALID}`],
  ["::1,::2", `Broker address ":…" ${INVALID}`],
  ["[::1]x", `Broker address "[:…" ${INVALID}`],
  ["[fe80::1%]", `Broker address "[fe80:…" ${INVALID}`],
  ["mqtt://info:s3cret@", `Broker address "mqtt://…@" ${INVALID}`],
  ["ws://a b/?token=s3cret", `Broker address "ws://a b/?…" ${INVALID}`],
  [
    "ws://[fe80::1%eth0]",
    'Broker address "ws://[fe80:…" has the zone "eth0": over WebSocket it must have none',
  ],
  ["h:0", "Port is 0: it must be a whole number from 1 to 65535"],
  ["h:65536", "Port is 65536"],
  ["mqtt://h:99999", "Port is 99999"],
  ["a,b:99999", "Port is 99999"],
  ["ws://localhost\\info:s3cret@broker/mqtt", AMBIGUOUS],
  ["mqtt://SCHOOL\\info:s3cret@broker", AMBIGUOUS],
  ["mqtt://info:p@s3cret/1@h", AMBIGUOUS],
  ["mqtt://info:s3cret/ss@h", AMBIGUOUS],
  ["mqtt://info:s3cret?ss@h", AMBIGUOUS],
  ["mqtt://info:s3cret#ss@h", AMBIGUOUS],
  ["mqtt://info:1883/s3cret@h", AMBIGUOUS],
  ["wss://info:1883/s3cret@h", AMBIGUOUS],
  ["wss://info:s3cret/x?y@h", AMBIGUOUS],
  ["wss://info:123456/s3cret?y@h", AMBIGUOUS],
  ["wss://h?user=s3cret@b", AMBIGUOUS],
  ["ws://h/mqtt#s3cret", AMBIGUOUS],
  ["mqtt://info:%FFs3cret@h", AMBIGUOUS],
  ["u:s3cret@a,v:s3cret@b", AMBIGUOUS],
];
for (const [text, message] of mistakes) {
  Deno.test(`parseAddresses() refuses ${JSON.stringify(text)}`, () => {
    const error = assertThrows(() => parseAddresses(text), Error, message);
    assert(error instanceof TypeError || error instanceof RangeError);
    assert(!error.message.includes("s3cret"), error.message);
  });
}

Deno.test("parseAddresses() lets TLS and a transport decide on protocol and port", () => {
  const secure = true;
  const transport = "websocket";
  const cases: [text: string, options: object, parts: string][] = [
    ["::1", { secure }, "mqtts ::1 8883 / - -"],
    ["::1", { transport }, "ws ::1 80 / - -"],
    ["mqtt://h:1883", { secure }, "mqtts h 1883 / - -"],
    ["ws://h/mqtt", { secure }, "wss h 443 /mqtt - -"],
    ["wss://u:p@h", { transport: "tcp" }, "mqtts h 8883 / u p"],
    ["u:p@a,b", { secure, transport }, "wss a 443 / u p, wss b 443 / u p"],
  ];
  for (const [text, options, parts] of cases) {
    assertEquals(read(text, options), parts);
  }
});

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
