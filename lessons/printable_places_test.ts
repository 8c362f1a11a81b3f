/**
 * Where lessons and solutions print what strangers have written: a row for each
 * program.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { fileURLToPath } from "node:url";
import { type Process, startProcess } from "../testing/processes.ts";
import { temporaryFolder } from "../testing/temporary_folder.ts";
import {
  type PrintingPlace,
  startTextBroker,
  testPlaces,
  type TextMessage,
} from "../testing/unprintable.ts";
import { denoFlags } from "../testing/deno_flags.ts";
import { lessonAt } from "../testing/project/lessons.ts";

const LESSONS = [
  "02_subscribe/receiver",
  "02_subscribe/subscriber",
  "03_network_loop/background",
  "03_network_loop/forever",
  "03_network_loop/lost_connection",
  "03_network_loop/one_turn",
  "04_complete_client/complete_client",
  "04_complete_client/first_client",
  "04_complete_client/unsubscribe",
  "07_subscriber_service/subscriber",
  "13_gate_service/gate",
  "16_connection_options/mqtt5_expiry",
  "16_connection_options/mqtt5_properties",
  "16_connection_options/mqtt5_request_response",
  "16_connection_options/mqtt5_will_delay",
  "16_connection_options/retained",
  "16_connection_options/session",
  "16_connection_options/will",
];

/** A solution, and the messages that let it print a text. */
interface Solution {
  name: string;
  messages: (text: string) => TextMessage[];
}

const GATE = "tw/rocksaying/status";
const SOLUTIONS: Solution[] = [
  {
    name: "01_presence/main",
    messages: (text) => [{ topic: "exercice1", payload: text }],
  },
  {
    name: "03_chat/main",
    messages: (text) => [{ topic: "exercice3", payload: text }],
  },
  {
    name: "04_luminosity/subscriber",
    messages: (text) => [{ topic: `/ex4/${text}`, payload: "50" }],
  },
  {
    name: "08_gate_client/main",
    messages: (text) => [
      { topic: GATE, payload: "opening" },
      { topic: GATE, payload: text },
    ],
  },
  {
    name: "10_fleet/main",
    messages: (text) => [{ topic: `fleet/${text}/battery`, payload: "10" }],
  },
];

/** A message whose every part is a text, also the names that lessons look for. */
function messageOf(text: string): TextMessage {
  return {
    topic: text,
    payload: text,
    properties: {
      contentType: text,
      correlationData: Buffer.from(text),
      userProperties: { sensor: text, unit: text },
    },
  };
}

/** What a program prints when it gets messages from a broker. */
async function printed(
  messages: TextMessage[],
  start: (url: string) => Process,
): Promise<string> {
  await using broker = await startTextBroker(messages);
  await using process = start(broker.url);
  await process.untilPrinted("t000");
  return process.printed() + process.logged();
}

function startSolution(name: string, args: string[], url: string): Process {
  const file = new URL(`../solutions/${name}.ts`, import.meta.url);
  return startProcess(
    Deno.execPath(),
    ["run", ...denoFlags(), "-A", fileURLToPath(file), ...args],
    { MQTT_URL: url, PERIOD: "0.1" },
  );
}

/** All characters in one text: nothing is cut here. */
const most = 1000;

testPlaces([
  ...LESSONS.map((name): PrintingPlace => ({
    name: `lesson ${name}`,
    most,
    print: ([text]) =>
      printed([messageOf(text!)], (url) => {
        const [folder, program] = name.split("/");
        const lesson = new URL(`${folder}/`, import.meta.url).href;
        return lessonAt(lesson).start(program!, { url });
      }),
  })),
  ...SOLUTIONS.map(({ name, messages }): PrintingPlace => ({
    name: `solution ${name}`,
    most,
    print: ([text]) =>
      printed(messages(text!), (url) => startSolution(name, [], url)),
  })),
  {
    name: "solution 06_csv_report/main",
    most,
    print: async ([text]) => {
      await using folder = await temporaryFolder();
      const file = `${folder.path}/a.csv`;
      await Deno.writeTextFile(file, `2026-01-01,"${text}",1\r\n`);
      await using process = startSolution("06_csv_report/main", [file], "");
      const { stdout, stderr } = await process.end();
      return stdout + stderr;
    },
  },
]);

/** Programs that print a topic or a text and have no row above, and why. */
const ELSEWHERE: Record<string, string> = {
  "lessons/10_sensors/four_sensors": "prints what it publishes itself",
  "lessons/10_sensors/one_sensor": "prints what it publishes itself",
  "lessons/10_sensors/own_sensor": "prints what it publishes itself",
  "lessons/14_gate_page/_broker": "prints a certificate's fault",
  "lessons/15_gate_dbus/call_open": "prints what comes over D-Bus",
  "lessons/15_gate_dbus/gate_dbus": "needs D-Bus: its row is in its folder",
  "lessons/16_connection_options/websocket": "is alone on a broker of its own",
};

Deno.test("each lesson and solution that prints a topic or a payload has a row", () => {
  const rows = [
    ...LESSONS.map((name) => `lessons/${name}`),
    ...SOLUTIONS.map(({ name }) => `solutions/${name}`),
    "solutions/06_csv_report/main",
    ...Object.keys(ELSEWHERE),
  ];
  const programs = ["lessons", "solutions"].flatMap(programsThatPrint);
  assertEquals(programs.sort(), rows.sort());
});

function programsThatPrint(root: string): string[] {
  const place = new URL(`../${root}/`, import.meta.url);
  return Array.from(Deno.readDirSync(place))
    .filter(({ isDirectory }) => isDirectory)
    .flatMap(({ name: folder }) =>
      Array.from(
        Deno.readDirSync(new URL(folder, place)),
        ({ name: file }) => `${folder}/${file}`,
      )
    )
    .filter((file) => {
      if (!file.endsWith(".ts") || file.endsWith("_test.ts")) return false;
      const source = Deno.readTextFileSync(new URL(file, place));
      return source.includes("printable(") || source.includes("(printable)") ||
        /console\.\w+\([^;]*\b(topic|text|payload)\b/.test(source);
    })
    .map((file) => `${root}/${file.slice(0, -".ts".length)}`);
}
