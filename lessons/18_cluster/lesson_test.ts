import { assert, assertEquals, assertMatch } from "@std/assert";
import { startBroker } from "../../lib/mod.ts";
import { openClient } from "../../testing/clients/clients.ts";
import { startCommand } from "../../testing/project/commands.ts";
import { lessonAt } from "../../testing/project/lessons.ts";
import { test } from "../../testing/test_programs.ts";
import { findPeer, peerTest } from "../../testing/peers.ts";
import { temporaryFolder } from "../../testing/temporary_folder.ts";

const lesson = lessonAt(import.meta.url);
const NO_BROKER = { WORKBOOK_LOCAL_BROKER: "127.0.0.1:1" };

/** What `readings` says at its end. */
const SUMMARY = /(\d+) confirmed, after ([\d.]+) s at most; (\d+) lost\n/g;

/** Runs all of it, and checks what needs no cluster. */
async function runLesson(): Promise<{ stdout: string; stderr: string }> {
  await using folder = await temporaryFolder();
  await using run = startCommand("lesson:18", [], NO_BROKER, folder.path);
  const { code, stdout, stderr } = await run.end(240_000);
  assertEquals(code, 0, stderr);
  assertMatch(stdout, /two_recorders \| 0 missing, 0 recorded twice\n/);
  if (findPeer("mosquitto") !== undefined) {
    const [, lost] = /bridge 0 +\| QoS 0: 300 published, (\d+) lost\n/
      .exec(stdout) ?? [];
    assert(Number(lost) >= 100 && Number(lost) < 200, stdout);
    assertMatch(stdout, /bridge 1 +\| QoS 1: 300 published, 0 lost\n/);
    assertMatch(stderr, /bridge 0 +\| .*lost: .*; connecting again\n/);
    assertMatch(stderr, /bridge 0 +\| Connected to \S+ again/);
  }
  return { stdout, stderr };
}

peerTest(
  ["nats_server", "mosquitto"],
  "lesson 18 loses readings with one address, and none with three",
  async () => {
    const { stdout, stderr } = await runLesson();
    const [one, three] = Array.from(
      stdout.matchAll(SUMMARY),
      (found) => found.slice(1).map(Number),
    );
    assert(one![0]! > 0 && one![2]! > 0, stdout);
    assert(three![0]! > 100, stdout);
    assertEquals(three![2], 0, stdout);
    const kills = stdout.matchAll(/cluster +\| Node (\d) is killed\n/g);
    assertEquals(Array.from(kills, ([, node]) => node), ["1", "1", "2", "3"]);
    assertMatch(
      stderr,
      /Connection to 127.0.0.1:\d+ lost: .*; connecting again/,
    );
  },
);

Deno.test({
  name: "lesson 18 says what is left out where there is no nats-server",
  ignore: findPeer("nats_server") !== undefined,
  fn: async () => {
    const { stderr } = await runLesson();
    assertMatch(
      stderr,
      /^Program "nats-server" is missing: .*; without it, readings\.ts is left out$/m,
    );
  },
});

test.unix("readings confirms all on a broker that stays", async () => {
  await using broker = await startBroker({ port: 0 });
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe("iot/user1/temp", 1);
  await using readings = lesson.start("readings", { url: broker.url });
  const received = await subscriber.untilReceived(5);
  assertEquals(received.map(({ text }) => text), ["0", "1", "2", "3", "4"]);
  assertEquals(received.map(({ qos }) => qos), [1, 1, 1, 1, 1]);
  const { code, stdout, stderr } = await readings.stop();
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertMatch(
    stdout,
    /^publishing, addresses: 1\n\d+ confirmed, after 0\.\d s at most; 0 lost\n$/,
  );
});

test.brokers("two_recorders share, and one takes over", async ({ url }) => {
  const { code, stdout, stderr } = await lesson.run("two_recorders", { url });
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertEquals(stdout.split("\n"), [
    "both: first 10, second 10",
    "second away: first 20, second 0",
    "both again: first 10, second 10",
    "0 missing, 0 recorded twice",
    "",
  ]);
});

Deno.test("bridge says what it was called wrongly with", async () => {
  await using folder = await temporaryFolder();
  for (const argument of ["3", "once"]) {
    const { code, stdout, stderr } = await lesson.run("bridge", {
      args: [argument],
      folder: folder.path,
    });
    assertEquals({ code, stdout }, { code: 2, stdout: "" });
    assertMatch(stderr, /^QoS is (?:3|NaN): it must be 0, 1 or 2\n$/);
  }
});
