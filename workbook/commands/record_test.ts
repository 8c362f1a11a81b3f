import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readReadings } from "../../lib/csv.ts";
import { publishMany, startBroker } from "../../lib/mod.ts";
import { within } from "../../testing/deadline.ts";
import { startMosquitto } from "../../testing/brokers/mosquitto.ts";
import { PAHO } from "../../testing/clients/paho.ts";
import { findPeer, peerTest } from "../../testing/peers.ts";
import type { Process } from "../../testing/processes.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import { smallDiskTest } from "../../testing/small_disk.ts";
import { runCommand, startCommand } from "../../testing/project/commands.ts";
import { temporaryFile } from "../../testing/temporary_file.ts";
import { test } from "../../testing/test_programs.ts";

async function values(file: string): Promise<number[]> {
  // A recorder that mends the file meanwhile is no business of this reader's.
  const rows = (await Deno.readTextFile(file)).matchAll(/,([\d.-]+)\r\n/g);
  return Array.from(rows, ([, value]) => Number(value));
}

/** Waits until the values in the file are enough. */
async function untilValues(
  file: string,
  isEnough: (values: number[]) => boolean,
): Promise<void> {
  const wait = async () => {
    const watcher = Deno.watchFs(file);
    try {
      if (isEnough(await values(file))) return;
      for await (const _ of watcher) {
        if (isEnough(await values(file))) return;
      }
    } finally {
      watcher.close();
    }
  };
  await within("the rows", wait(), 60_000);
}

/** Waits until the file has this many rows. */
function untilRows(file: string, count: number): Promise<void> {
  return untilValues(file, ({ length }) => length >= count);
}

/** Ends a recorder as Ctrl-C does, where that can be done: not on Windows. */
async function stopped(
  record: Process,
): Promise<{ code: number; stderr: string }> {
  record.kill(Deno.build.os === "windows" ? "SIGKILL" : "SIGTERM");
  return await record.end();
}

for (const qos of [0, 1, 2] as const) {
  test.unix(`record writes readings at QoS ${qos}, and all of them before SIGTERM ends it`, async () => {
    await using temporary = await temporaryFile();
    const { file } = temporary;
    await using broker = await startBroker({ port: 0 });
    const args = [
      "-h",
      broker.url,
      "-q",
      `${qos}`,
      "-t",
      "a/+",
      "-t",
      "b",
      "--out",
      file,
    ];
    await using record = startCommand("record", args);
    await record.untilLogged("Subscribed");
    const numbers = Array.from({ length: 500 }, (_, index) => index);
    await publishMany(
      broker.url,
      numbers.map((payload) => ({
        topic: payload % 2 === 0 ? "a/x" : "b",
        payload,
        qos,
      })),
    );
    await publishMany(broker.url, [{
      topic: "b",
      payload: "no number",
      qos,
    }]);
    await record.untilLogged("no number");
    const { code, stderr } = await record.stop();
    assertEquals(code, 0);
    assertStringIncludes(stderr, `Wrote 500 rows to ${file}`);
    assertEquals(await values(file), numbers);
  });
}

smallDiskTest(
  "record leaves messages unacknowledged when the disk is full, and says so once",
  async (folder) => {
    const file = `${folder}/sensorvalues.csv`;
    await using broker = await startScriptedBroker((packet, { send }) => {
      if (packet.cmd !== "subscribe") return;
      send({ cmd: "suback", messageId: packet.messageId!, granted: [1] });
      for (let messageId = 1; messageId <= 1000; messageId++) {
        send({
          cmd: "publish",
          topic: "iot/user1/temp",
          payload: `${messageId}`,
          qos: 1,
          messageId,
          retain: false,
          dup: false,
        });
      }
      return "answered";
    });
    const args = ["-h", broker.url, "-q", "1", "--out", file];
    const { code, stderr } = await runCommand("record", args);
    assertEquals(code, 1, stderr);
    const acknowledged = broker.packets.filter(({ cmd }) => cmd === "puback");
    assert(acknowledged.length > 0 && acknowledged.length < 1000);
    assertEquals((await values(file)).length, acknowledged.length);
    assertEquals(broker.packets.at(-1)?.cmd, "disconnect");
    const [subscribed, wrote, error, ...rest] = stderr.trim().split("\n");
    assertStringIncludes(subscribed!, "Subscribed");
    assertStringIncludes(wrote!, `Wrote ${acknowledged.length} rows`);
    assertStringIncludes(error!, file);
    assertEquals(rest, []);
  },
);

peerTest(
  ["mosquitto", "paho"],
  "record -c loses nothing when it is killed and started again",
  async () => {
    const count = 3000;
    await using temporary = await temporaryFile();
    const { file } = temporary;
    await using mosquitto = await startMosquitto({
      config: "allow_anonymous true\nmax_queued_messages 0\n",
    });
    const args = [
      "-h",
      mosquitto.url,
      "-q",
      "1",
      "-i",
      "recorder",
      "-c",
      "--out",
      file,
    ];
    const first = startCommand("record", args);
    await first.untilLogged("Subscribed");
    const script = `${PAHO}
client = new_client()
client.max_queued_messages_set(0)
client.connect("127.0.0.1", ${mosquitto.port})
client.loop_start()
sent = [client.publish("iot/user1/temp", str(n), 1) for n in range(${count})]
for info in sent:
    info.wait_for_publish()
client.disconnect()
`;
    const paho = new Deno.Command(findPeer("paho")!, { args: ["-c", script] })
      .spawn();
    await untilRows(file, 300);
    first.kill("SIGKILL");
    await first.end();
    await using second = startCommand("record", args);
    assert((await within("paho", paho.status, 60_000)).success);
    // What was delivered twice counts as a row, but for nothing more.
    const missingIn = (values: number[]) => {
      const seen = new Set(values);
      return Array.from({ length: count }, (_, n) => n)
        .filter((n) => !seen.has(n));
    };
    try {
      await untilValues(file, (values) => missingIn(values).length === 0);
    } catch (error) {
      const { message } = error as Error;
      const left = `${missingIn(await values(file))} are missing`;
      throw new Error(`${message}: ${left}; it says ${second.logged()}`);
    }
    assertEquals((await second.stop()).code, 0);
    assertEquals(missingIn(await values(file)), []);
  },
);

Deno.test("record -R leaves out retained readings, and --guard guards topics", async () => {
  await using temporary = await temporaryFile();
  const { file } = temporary;
  await using broker = await startBroker({ port: 0 });
  const kept = { topic: "=kept", payload: 1, qos: 1, retain: true } as const;
  await publishMany(broker.url, [kept]);
  const args = ["-h", broker.url, "-q", "1", "-t", "#", "--out", file];
  await using record = startCommand("record", [...args, "-R", "--guard"]);
  await record.untilLogged("Subscribed");
  await publishMany(broker.url, [{ ...kept, payload: 2 }]);
  await untilRows(file, 1);
  await stopped(record);
  const topics = await Array.fromAsync(readReadings(file), (reading) => [
    reading.topic,
    reading.value,
  ]);
  assertEquals(topics, [["'=kept", 2]]);
});
