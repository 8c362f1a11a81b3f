import { assertEquals, assertStringIncludes } from "@std/assert";
import { openClient } from "../../testing/clients/clients.ts";
import { listLessons } from "../lessons/lessons.ts";
import { runCommand, startCommand } from "../../testing/project/commands.ts";
import { temporaryFolder } from "../../testing/temporary_folder.ts";
import { test } from "../../testing/test_programs.ts";

const NO_BROKER = { WORKBOOK_LOCAL_BROKER: "127.0.0.1:1" };

/** What a person would type, for the lessons that ask. */
const TYPED: Record<string, string> = { "12": "0\n4\n" };

/** Lessons that take long, and are run by their own tests. */
const ALONE = { "18": "lessons/18_cluster/lesson_test.ts" };

Deno.test("lesson runs each lesson to a good end", async () => {
  await using folder = await temporaryFolder();
  const failures: string[] = [];
  const lessons = listLessons()
    .filter(({ number }) => !(number in ALONE)).values();
  // Two at a time, because most of a lesson is waiting.
  const runSome = async () => {
    for (const { number, programs } of lessons) {
      const goesOn = programs.every(({ stays }) => stays);
      await using lesson = startCommand(
        `lesson:${number}`,
        goesOn ? ["--seconds", "3"] : [],
        NO_BROKER,
        folder.path,
      );
      await lesson.write(TYPED[number] ?? "");
      // A lesson starts many programs, one after the other.
      const { code, stdout, stderr } = await lesson.end(120_000);
      if (code !== 0 || !stdout.includes(" | ")) {
        failures.push(`Lesson ${number} ended with ${code}:`, stdout, stderr);
      }
    }
  };
  await Promise.all([runSome(), runSome()]);
  assertEquals(failures, []);
});

Deno.test("lesson runs its programs on an embedded broker if none answers", async () => {
  const { code, stdout, stderr } = await runCommand(
    "lesson:01",
    [],
    NO_BROKER,
  );
  assertEquals({ code, stdout }, { code: 0, stdout: "publisher | Connecté\n" });
  assertStringIncludes(stderr, "Using an embedded broker at mqtt://127.0.0.1:");
  assertEquals(stderr.trim().split("\n").length, 2, stderr);
});

test.broker("lesson uses the broker at MQTT_URL if it answers", async (broker) => {
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe("#");
  const { code, stderr } = await runCommand(
    "lesson:01",
    [],
    { MQTT_URL: broker.url },
  );
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const received = await subscriber.untilReceived(2);
  assertEquals(received.map(({ text }) => text), ["allo", "Hello world!"]);
});

Deno.test("lesson --trace shows the packets of each program", async () => {
  const { stderr } = await runCommand("lesson:01", ["--trace"], NO_BROKER);
  for (const program of ["publisher", "greeting "]) {
    const packets = stderr.split("\n")
      .filter((line) => line.startsWith(`${program} |`))
      .map((line) => /[→←] (\w+)/.exec(line)?.[1]);
    assertEquals(packets, ["CONNECT", "CONNACK", "PUBLISH", "DISCONNECT"]);
  }
});

test.unix("lesson ends well on SIGTERM", async () => {
  await using lesson = startCommand("lesson:13", [], NO_BROKER);
  await lesson.untilPrinted("payload: noop");
  const { code, stdout } = await lesson.stop();
  assertEquals(code, 0);
  assertStringIncludes(stdout, "exit program\n");
});

test.broker("lesson with a program's name runs that one, with its arguments", async (broker) => {
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe("#");
  const { code, stdout, stderr } = await runCommand(
    "lesson:13",
    ["command", "close", "--trace"],
    { MQTT_URL: broker.url },
  );
  assertEquals({ code, stdout }, { code: 0, stdout: "" });
  assertStringIncludes(stderr, "→ PUBLISH     tw/rocksaying/command qos 1");
  const [message] = await subscriber.untilReceived(1);
  assertEquals(message?.text, "close");
});

Deno.test("lessons lists each lesson with its title, difficulty and documents", async () => {
  const { code, stdout } = await runCommand("lessons", []);
  assertEquals(code, 0);
  const lines = stdout.trimEnd().split("\n");
  assertEquals(
    lines.map((line) => line.trim().split(/ {2,}/)),
    listLessons().map(({ number, title, difficulty, documents }) => [
      `lesson:${number}`,
      title,
      difficulty,
      ...documents.length > 0 ? [documents.join(", ")] : [],
    ]),
  );
});
