import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { setImmediate } from "node:timers/promises";
import { CsvRecorder } from "./csv_recorder.ts";
import { Message } from "./message.ts";
import { readReadings } from "./readings.ts";
import { RecordingError } from "./recording_error.ts";
import { rejection, within } from "../testing/deadline.ts";
import { smallDiskTest } from "../testing/small_disk.ts";
import { logged, times } from "../testing/test.ts";

const FULL = "No space left on device (os error 28)";
const CANNOT_WRITE = `Cannot write to "/dev/full": ${FULL}`;

/** A disk that is soon full, or read-only. */
interface Disk {
  folder: string;
  remount: (option: string) => Promise<boolean>;
}

const test = {
  /** On the device that is always full. */
  fullDevice(name: string, fn: () => Promise<void>): void {
    const ignore = Deno.build.os !== "linux";
    const reason = ignore ? " (needs Linux's /dev/full)" : "";
    Deno.test({ name: `${name}${reason}`, ignore, fn });
  },
  smallDisk: (name: string, run: (disk: Disk) => Promise<void>): void =>
    smallDiskTest(name, (folder, remount) => run({ folder, remount })),
};

test.fullDevice("CsvRecorder says once, at QoS 0, that the disk is full", async () => {
  const { lines, log } = logged();
  const recorder = await CsvRecorder.open("/dev/full", { log });
  for (const value of ["1", "2", "on", "3"]) {
    recorder.record(Message.from("iot/x", value));
  }
  await setImmediate();
  const late = Message.from("iot/x", "4");
  const error = assertThrows(() => recorder.record(late), RecordingError);
  assertEquals(error.message, CANNOT_WRITE);
  assertEquals(error.path, "/dev/full");
  assertEquals((error.cause as Error).message.includes(FULL), true);

  const lateAtQos1 = Message.from("iot/x", "5", { qos: 1 });
  const recording = Promise.resolve(recorder.record(lateAtQos1));
  for (const late of [recording, recorder.flush(), recorder.close()]) {
    assertStrictEquals(await rejection(late, RecordingError), error);
  }
  assertStrictEquals(await rejection(recorder.close(), RecordingError), error);
  assertEquals(recorder.rows, 0);
  assertEquals(recorder.lost, 4);
  assertEquals(lines, [
    'Payload that is not a number is ignored: "on" on "iot/x"',
    CANNOT_WRITE,
    "In all, 1 payload was ignored",
    'Readings lost at QoS 0, not in "/dev/full": 4',
  ]);
});

test.fullDevice("CsvRecorder.record() rejects at QoS 1, and loses nothing", async () => {
  const { lines, log } = logged();
  const failures: RecordingError[] = [];
  const onFailure = (error: RecordingError) => failures.push(error);
  const recorder = await CsvRecorder.open("/dev/full", { log, onFailure });
  const message = Message.from("iot/x", "1", { qos: 1 });
  for (let delivery = 0; delivery < 3; delivery++) {
    const recording = Promise.resolve(recorder.record(message));
    await rejection(recording, RecordingError, CANNOT_WRITE);
  }
  await rejection(recorder.close(), RecordingError, CANNOT_WRITE);
  assertEquals(failures.length, 1);
  assertEquals(recorder.lost, 0);
  assertEquals(lines, []);
});

test.fullDevice("CsvRecorder calls onFailure instead of the log", async () => {
  const { lines, log } = logged();
  const failure = Promise.withResolvers<RecordingError>();
  {
    const options = { log, onFailure: failure.resolve };
    await using recorder = await CsvRecorder.open("/dev/full", options);
    recorder.record(Message.from("iot/x", "1"));
    const { message } = await within("the failure", failure.promise);
    assertEquals(message, CANNOT_WRITE);
  }
  assertEquals(lines, ['Readings lost at QoS 0, not in "/dev/full": 1']);
});

test.fullDevice("CsvRecorder says it to the caller at QoS 1, and not to the log too", async () => {
  const { lines, log } = logged();
  const recorder = await CsvRecorder.open("/dev/full", { log });
  recorder.record(Message.from("iot/x", "1"));
  const message = Message.from("iot/x", "2", { qos: 1 });
  await assertRejects(async () => await recorder.record(message));
  await setImmediate();
  await rejection(recorder.close(), RecordingError, CANNOT_WRITE);
  assertEquals(recorder.lost, 1);
  assertEquals(lines, ['Readings lost at QoS 0, not in "/dev/full": 1']);
});

test.fullDevice("CsvRecorder swallows nothing that onFailure throws", async () => {
  const uncaught = Promise.withResolvers<unknown>();
  const listener = (event: ErrorEvent) => {
    event.preventDefault();
    uncaught.resolve(event.error);
  };
  addEventListener("error", listener);
  try {
    await using recorder = await CsvRecorder.open("/dev/full", {
      log: () => {},
      onFailure: () => {
        throw new TypeError("Handler failed");
      },
    });
    recorder.record(Message.from("iot/x", "1"));
    const error = await within("the error", uncaught.promise);
    assertEquals((error as Error).message, "Handler failed");
    await rejection(recorder.close(), RecordingError, CANNOT_WRITE);
  } finally {
    removeEventListener("error", listener);
  }
});

test.fullDevice("CsvRecorder rejects its disposal only with what nobody was told", async () => {
  const log = () => {};
  for (const turns of [0, 1]) {
    await assertRejects(
      async () => {
        await using recorder = await CsvRecorder.open("/dev/full", { log });
        recorder.record(Message.from("iot/x", "1"));
        for (let turn = 0; turn < turns; turn++) await setImmediate();
      },
      RecordingError,
      CANNOT_WRITE,
    );
  }
  await assertRejects(
    async () => {
      await using recorder = await CsvRecorder.open("/dev/full", { log });
      await recorder.record(Message.from("iot/x", "1", { qos: 1 }));
    },
    RecordingError,
    CANNOT_WRITE,
  );
});

test.smallDisk("CsvRecorder fills a disk with whole rows at QoS 0", async ({ folder }) => {
  const path = `${folder}/x.csv`;
  const { lines, log } = logged();
  const recorder = await CsvRecorder.open(path, { log });
  for (let value = 0; value < 1_000; value++) {
    recorder.record(Message.from('iot/"\n', `${value}`));
  }
  const error = await rejection(recorder.close(), RecordingError);
  assertEquals(error.message, `Cannot write to "${path}": ${FULL}`);

  const readings = await Array.fromAsync(readReadings(path));
  assert(readings.length > 300, `${readings.length} rows fit on the disk`);
  assert((await Deno.readTextFile(path)).endsWith("\r\n"));
  assertEquals(recorder.rows, readings.length);
  assertEquals(recorder.lost, 1_000 - readings.length);
  assertEquals(lines, [
    `Readings lost at QoS 0, not in "${path}": ${recorder.lost}`,
  ]);
});

test.smallDisk("CsvRecorder has each row in the file that it acknowledged", async ({ folder }) => {
  const path = `${folder}/x.csv`;
  const recorder = await CsvRecorder.open(path, { log: () => {} });
  let acknowledged = 0;
  await assertRejects(async () => {
    for (;;) {
      const text = `${acknowledged}`;
      await recorder.record(Message.from("iot/x", text, { qos: 2 }));
      acknowledged++;
    }
  }, RecordingError);
  await rejection(recorder.close(), RecordingError);

  const readings = await Array.fromAsync(readReadings(path));
  const values = readings.map(({ value }) => value);
  assertEquals(values, times(acknowledged, (index) => index));
  assertEquals(recorder.lost, 0);
});

test.smallDisk("CsvRecorder.open() says that the disk is read-only", async ({ folder, remount }) => {
  const path = `${folder}/x.csv`;
  await Deno.writeTextFile(path, "time,topic,value\r\n");
  assert(await remount("ro"));
  for (const file of [path, `${folder}/new.csv`]) {
    const { message } = await rejection(CsvRecorder.open(file), RecordingError);
    const reason = "Read-only file system (os error 30)";
    assertEquals(message, `Cannot open "${file}": ${reason}`);
  }
});

const MAY_ALL = Deno.build.os !== "windows" && Deno.uid() === 0;

Deno.test({
  name: "CsvRecorder.open() says that the file is read-only" +
    (MAY_ALL ? " (needs another user than root, who may write to any)" : ""),
  ignore: MAY_ALL,
  fn: async () => {
    const path = await Deno.makeTempFile({ suffix: ".csv" });
    try {
      await Deno.chmod(path, 0o444);
      const error = await rejection(CsvRecorder.open(path), RecordingError);
      assert(error.message.startsWith(`Cannot open "${path}": `));
      assert(error.cause instanceof Deno.errors.PermissionDenied);
    } finally {
      await Deno.chmod(path, 0o644);
      await Deno.remove(path);
    }
  },
});

Deno.test({
  name: "CsvRecorder.open() says which permission Deno lacks",
  permissions: { read: true },
  fn: async () => {
    const opening = CsvRecorder.open("sensorvalues.csv");
    const error = await rejection(opening, RecordingError);
    assertEquals(
      error.message,
      'Cannot open "sensorvalues.csv": Requires write access to "sensorvalues.csv", run again with the --allow-write flag',
    );
  },
});
