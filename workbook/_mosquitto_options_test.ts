import { assertEquals, assertRejects } from "@std/assert";
import { CA, CA_FILE, LOCALHOST } from "../lib/testing/certificates.ts";
import { CONNECTION_NAMES, readConnection } from "./_mosquitto_options.ts";
import { readOptions, UsageError } from "./_program.ts";

/** Reads options while `MQTT_URL` is something else; bob types his password. */
async function read(mqttUrl: string, ...args: string[]) {
  const before = Deno.env.get("MQTT_URL");
  Deno.env.set("MQTT_URL", mqttUrl);
  try {
    return await readConnection(
      readOptions(args, CONNECTION_NAMES),
      (username) => Promise.resolve(username === "bob" ? "typed" : null),
    );
  } finally {
    if (before === undefined) Deno.env.delete("MQTT_URL");
    else Deno.env.set("MQTT_URL", before);
  }
}

Deno.test("readConnection() takes -h, then MQTT_URL, then localhost, with the port of -p", async () => {
  const cases: [mqttUrl: string, args: string, host: string][] = [
    ["", "", "mqtt://localhost"],
    ["", "-p 1884", "mqtt://localhost:1884"],
    ["wss://ann:secret@broker/mqtt", "", "wss://ann:secret@broker/mqtt"],
    ["ws://broker:80/mqtt?a=1", "-p 8080", "ws://broker:8080/mqtt?a=1"],
    ["mqtt://broker:1884", "-h other", "mqtt://other"],
    ["mqtt://broker:1884", "-h other:1885", "mqtt://other:1885"],
    ["", "-h other:1885 -p 1886", "mqtt://other:1886"],
    ["", "-h ::1 -p 1884", "mqtt://[::1]:1884"],
    ["", "-h [::1]:1885", "mqtt://[::1]:1885"],
    ["", "-h bad:port", "bad:port"],
    ["mqtt://broker:1884", "-L mqtt://other/a/#", "mqtt://other"],
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
  const url = "mqtt://ann:secret@broker";
  const same = await read(url, "-u", "ann");
  assertEquals([same.host, same.password], [url, undefined]);
  const other = await read(url, "-u", "bob");
  assertEquals([other.host, other.password], ["mqtt://bob@broker", "typed"]);
  const both = await read("", "-u", "a@b", "-P", "%20 -x");
  assertEquals([both.username, both.password], ["a@b", "%20 -x"]);
  assertEquals((await read(url, "-P", "new")).password, "new");
});

Deno.test("readConnection() reads session, keepalive, version, will and authorities", async () => {
  assertEquals(await read(""), {
    host: "mqtt://localhost",
    clean: true,
    protocolVersion: 4,
  });
  const args = "-i me -c -k 7 -V mqttv5 --will-topic gone --will-retain";
  assertEquals(
    await read("", ...args.split(" "), "--cafile", CA_FILE, "--will-qos", "1"),
    {
      host: "mqtt://localhost",
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
    ["-L mqtt://a", "URL of -L can't be read: it must be mqtt[s]://[USER"],
    ["-c", "Session is to outlive its client: -c needs -i"],
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

Deno.test("readConnection() refuses a file without certificates", async () => {
  const file = await Deno.makeTempFile();
  try {
    for (const text of ["", "rubbish", LOCALHOST.key]) {
      await Deno.writeTextFile(file, text);
      await assertRejects(
        () => read("", "--cafile", file),
        TypeError,
        `File "${file}" holds no certificate: it must be text in PEM form`,
      );
    }
  } finally {
    await Deno.remove(file);
  }
});
