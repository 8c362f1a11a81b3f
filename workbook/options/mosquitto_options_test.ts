import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  CA,
  CA_FILE,
  LOCALHOST,
} from "../../testing/certificates/certificates.ts";
import { temporaryFile } from "../../testing/temporary_file.ts";
import { CONNECTION_NAMES, readConnection } from "./mosquitto_options.ts";
import { readOptions, UsageError } from "./program.ts";

/** Reads options where `MQTT_URL` says so; bob types his password. */
function read(mqttUrl: string, ...args: string[]) {
  return readConnection(
    readOptions(args, CONNECTION_NAMES),
    (username) => Promise.resolve(username === "bob" ? "typed" : null),
    mqttUrl,
  );
}

Deno.test("readConnection() takes -h, then MQTT_URL, then localhost, with the port of -p", async () => {
  const cases: [mqttUrl: string, args: string, host: string][] = [
    ["", "", "mqtt://localhost:1883"],
    ["", "-p 1884", "mqtt://localhost:1884"],
    ["wss://ann:secret@broker/mqtt", "", "wss://ann:secret@broker:443/mqtt"],
    ["ws://broker:80/mqtt?a=1", "-p 8080", "ws://broker:8080/mqtt?a=1"],
    ["mqtt://broker:1884", "-h other", "mqtt://other:1883"],
    ["mqtt://broker:1884", "-h other:1885", "mqtt://other:1885"],
    ["mqtt://broker:1884\r", "", "mqtt://broker:1884"],
    ["", "-h other:1885 -p 1886", "mqtt://other:1886"],
    ["", "-h ann:secret@other:1885", "mqtt://ann:secret@other:1885"],
    ["", "-h ::1 -p 1884", "mqtt://[::1]:1884"],
    ["", "-h [::1]:1885", "mqtt://[::1]:1885"],
    ["", "-h fe80::1%eth0", "mqtt://[fe80::1%eth0]:1883"],
    ["", "-h one:1885,two", "mqtt://one:1885,two:1883"],
    ["", "-h one:1885,two -p 1886", "mqtt://one:1886,two:1886"],
    ["", `--cafile ${CA_FILE} -h ::1`, "mqtts://[::1]:8883"],
    ["", `--cafile ${CA_FILE}`, "mqtts://localhost:8883"],
    ["mqtt://broker:1884", "-L mqtt://other/a/#", "mqtt://other:1883"],
    ["", "-L mqtts://ann:a%2Fb@other:1885/a", "mqtts://ann:a%2Fb@other:1885"],
  ];
  for (const [mqttUrl, args, host] of cases) {
    const given = args.split(" ").filter(Boolean);
    assertEquals((await read(mqttUrl, ...given)).host, host);
  }
});

Deno.test("readConnection() asks for the password of a user who comes without", async () => {
  const { username, password } = await read("", "-u", "bob");
  assertEquals([username, password], ["bob", "typed"]);
  assertEquals((await read("", "-u", "bob", "-P", "given")).password, "given");
  const unknown = await read("", "-u", "eve");
  assertEquals([unknown.username, "password" in unknown], ["eve", false]);
});

Deno.test("readConnection() keeps a password for the user whose it is", async () => {
  const url = "mqtt://ann:secret@broker:1883";
  const same = await read(url, "-u", "ann");
  assertEquals([same.host, same.password], [url, undefined]);
  const other = await read(url, "-u", "bob");
  assertEquals([other.username, other.password], ["bob", "typed"]);
  const both = await read("", "-u", "a@b", "-P", "%20 -x");
  assertEquals([both.username, both.password], ["a@b", "%20 -x"]);
  assertEquals((await read(url, "-P", "new")).password, "new");
});

Deno.test("readConnection() reads session, keepalive, version, will and authorities", async () => {
  assertEquals(await read(""), {
    host: "mqtt://localhost:1883",
    clean: true,
    protocolVersion: 4,
  });
  const args = "-i me -c -k 7 -V mqttv5 --will-topic gone --will-retain";
  assertEquals(
    await read("", ...args.split(" "), "--cafile", CA_FILE, "--will-qos", "1"),
    {
      host: "mqtts://localhost:8883",
      clientId: "me",
      clean: false,
      keepalive: 7,
      protocolVersion: 5,
      tls: { ca: CA },
      will: { topic: "gone", payload: "", qos: 1, retain: true },
    },
  );
});

Deno.test("readConnection() takes a version in short and in long", async () => {
  const versions = { 31: 3, 311: 4, 5: 5 };
  for (const [text, protocolVersion] of Object.entries(versions)) {
    for (const version of [text, `mqttv${text}`]) {
      const connection = await read("", "-V", version);
      assertEquals(connection.protocolVersion, protocolVersion);
    }
  }
});

Deno.test("readConnection() refuses what can't be carried out", async () => {
  const mistakes: [args: string, message: string][] = [
    ["-p 99999", 'Option -p is "99999": it must be a whole number from 1'],
    ["-k 65536", 'Option -k is "65536": it must be a whole number from 0'],
    ["-V 7", 'Option -V is "7": it must be 31, 311 or 5, or mqttv31'],
    ["-V mqttv", 'Option -V is "mqttv": it must be 31, 311 or 5, or mqttv31'],
    ["-L mqtt://a/b -h c", "Options -L and -h are both given"],
    ["-L mqtt://a/b -p 1", "Options -L and -p are both given"],
    ["-L mqtt://a", "URL of -L can't be read: it must be mqtt[s]://[USER"],
    ["-c", "Session is to outlive its client: -c needs -i"],
    ["-p secret", "Option -p is no port: it must be a whole number from 1"],
    ["-P secret", "Password of -P has no user: it needs -u"],
    ["--will-payload bye", "Will has no topic: it needs --will-topic"],
    ["--will-qos 3", 'Option --will-qos is "3"'],
    ["--cafile nowhere/ca.crt", 'File "nowhere/ca.crt" can\'t be read: '],
  ];
  for (const [args, message] of mistakes) {
    await assertRejects(
      () => read("", ...args.split(" ")),
      UsageError,
      message,
    );
  }
});

Deno.test("readConnection() refuses what is no address, and shows no password", async () => {
  for (const host of ["bad:port", "ann:s3cret", "ann:s3cret@a b", "a\\b@c"]) {
    const error = await assertRejects(
      () => read("", "-h", host),
      TypeError,
      'Broker address "',
    );
    assert(!error.message.includes("s3cret"), error.message);
  }
});

Deno.test("readConnection() refuses a file without certificates", async () => {
  await using place = await temporaryFile("ca.crt");
  const { file } = place;
  for (const text of ["", "rubbish", LOCALHOST.key]) {
    await Deno.writeTextFile(file, text);
    await assertRejects(
      () => read("", "--cafile", file),
      TypeError,
      `File "${file}" holds no certificate: it must be text in PEM form`,
    );
  }
});
