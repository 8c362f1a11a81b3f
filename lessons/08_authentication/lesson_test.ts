import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { type Broker, startBroker } from "../../lib/mod.ts";
import { startMosquitto } from "../../testing/brokers/mosquitto.ts";
import { peerTest } from "../../testing/peers.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import { lessonAt } from "../../testing/project/lessons.ts";
import { publishWithPaho } from "../../testing/clients/paho.ts";

const lesson = lessonAt(import.meta.url);
const CONNECTED = { code: 0, stdout: "Connecté\n", stderr: "" };
const ALICE = { MQTT_USER: "alice", MQTT_PASSWORD: "abc-123" };
const PROJECT = fileURLToPath(new URL("../../", import.meta.url));
// What `mosquitto_passwd -c -b users alice abc-123` wrote.
const MOSQUITTO_USERS =
  "alice:$7$101$bX4A0jd5w0cB8HLC$ygAGr9M9GHdyF1+jY1cq+5/b5kLqPB3vuy9IW3Oc035" +
  "sAJDbYKdNMGqzKBadzMFEeGmeHUE2Azzdo0lF/izgug==\n";

async function startBrokerOfAlice(
  log: (line: string) => void = () => {},
): Promise<Broker> {
  return await startBroker({ port: 0, users: { alice: "abc-123" }, log });
}

/** The URL with a user and a password in it. */
function withLogin(url: string, login: string): string {
  return url.replace("//", `//${login}@`);
}

Deno.test("login and environment log in as alice", async () => {
  const lines: string[] = [];
  await using broker = await startBrokerOfAlice((line) => lines.push(line));
  const login = await lesson.run("login", broker);
  assertEquals(login, CONNECTED);
  // The variables are those of alice.env, which is named from the project.
  const environment = await lesson.run("environment", {
    url: broker.url,
    folder: PROJECT,
  });
  assertEquals(environment, CONNECTED);
  const arrivals = lines.filter((line) => line.endsWith(' as "alice"'));
  assertEquals(arrivals.length, 2);
});

Deno.test("environment prefers the terminal's variables, and says which are missing", async () => {
  await using broker = await startBrokerOfAlice();
  const run = (variables: Record<string, string>) =>
    lesson.run("environment", { url: broker.url, folder: PROJECT, variables });
  const wrong = await run({ ...ALICE, MQTT_PASSWORD: "abc-321" });
  assertEquals([wrong.code, wrong.stdout], [1, ""]);
  assertStringIncludes(wrong.stderr, "bad user name or password (code 4)\n");
  assert(!wrong.stderr.includes("abc-321"));
  for (const missing of Object.keys(ALICE)) {
    assertEquals(await run({ ...ALICE, [missing]: "" }), {
      code: 2,
      stdout: "",
      stderr: "User or password is missing: set MQTT_USER and MQTT_PASSWORD\n",
    });
  }
});

Deno.test("try_login prints 4 for a wrong login, 5 for none, and Connecté for the right one", async () => {
  await using broker = await startBrokerOfAlice();
  const { url } = broker;
  const run = (url: string, args: string[]) =>
    lesson.run("try_login", { url, args });
  for (
    const [args, code] of [
      [["alice", "abc-321"], 4],
      [["bob", "abc-123"], 4],
      [["alice"], 4],
      [[], 5],
    ] as const
  ) {
    const ended = await run(url, [...args]);
    assertEquals([ended.code, ended.stdout], [1, `Erreur code ${code}\n`]);
    assertEquals(ended.stderr.trimEnd().split("\n").length, 1);
    assertStringIncludes(ended.stderr, `(code ${code})`);
  }
  assertEquals(await run(url, ["alice", "abc-123"]), CONNECTED);
  assertEquals(await run(withLogin(url, "alice:abc-123"), []), CONNECTED);
});

for (const program of ["login", "environment", "try_login"]) {
  Deno.test(`${program} is refused once, doesn't try again, and keeps its password out of what it prints`, async () => {
    await using broker = await startScriptedBroker((packet, { send }) => {
      if (packet.cmd !== "connect") return;
      send({ cmd: "connack", returnCode: 4, sessionPresent: false });
      return "answered";
    });
    const { code, stdout, stderr } = await lesson.run(program, {
      url: broker.url,
      args: ["alice", "abc-123"],
      variables: ALICE,
      trace: true,
    });
    assertEquals(code, 1);
    assertEquals(stdout, program === "environment" ? "" : "Erreur code 4\n");
    assertStringIncludes(stderr, "user alice");
    assert(!stderr.includes("abc-123"), stderr);
    assertEquals(broker.connections.length, 1);
    // The packet itself has it, in plain text.
    const [connect] = broker.packets;
    assert(connect?.cmd === "connect");
    assertEquals(`${connect.username} ${connect.password}`, "alice abc-123");
  });
}

peerTest(
  ["mosquitto", "paho"],
  "mosquitto lets in alice, ours and paho's, and answers 5 to all others",
  async () => {
    await using mosquitto = await startMosquitto({
      config: ({ directory }) => {
        const file = `${directory}/users`;
        Deno.writeTextFileSync(file, MOSQUITTO_USERS, { mode: 0o600 });
        return `password_file ${file}\nallow_anonymous false\n`;
      },
    });
    const { url } = mosquitto;
    const login = await lesson.run("login", { url });
    assertEquals(login, CONNECTED);
    const environment = await lesson.run("environment", {
      url,
      variables: ALICE,
    });
    assertEquals(environment.stdout, "Connecté\n");
    await publishWithPaho(withLogin(url, "alice:abc-123"), [["test", "allo"]]);
    for (const args of [["alice", "abc-321"], ["bob", "abc-123"], []]) {
      const ended = await lesson.run("try_login", { url, args });
      assertEquals([ended.code, ended.stdout], [1, "Erreur code 5\n"]);
    }
  },
);
