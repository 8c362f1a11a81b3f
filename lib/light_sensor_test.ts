import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { PigpioConnection } from "./inputs/pigpio.ts";
import { parsePigpioUrl } from "./inputs/pigpio_url.ts";
import { LightSensor } from "./light_sensor.ts";
import { startPigpioDaemon } from "../workbook/checking/raspberry_pi/pigpio_daemon.ts";
import { rejection, within } from "../testing/deadline.ts";
import { startProcess } from "../testing/processes.ts";

/** The ADS1115's smallest step, in percent of 3.3 V, in its range of 4.096 V. */
const STEP = 100 * 4.096 / 3.3 / 2 ** 15;

Deno.test("LightSensor simulates light that wanders smoothly between 0 and 100", async () => {
  await using sensor = await LightSensor.open({ source: "" });
  const readings: number[] = [];
  while (readings.length < 5_000) readings.push(await sensor.read());
  assert(readings.every((reading) => reading >= 0 && reading <= 100));
  const steps = readings.slice(1)
    .map((reading, index) => Math.abs(reading - readings[index]!));
  assert(Math.max(...steps) <= 5);
  // It turns back where it would leave the range, and doesn't rest there.
  assert(Math.min(...steps) > 0);
  assert(Math.min(...readings) < 20 && Math.max(...readings) > 80);
  assert(readings.some((reading) => !Number.isInteger(reading)));
});

for (const channel of [0, 1, 2, 3]) {
  Deno.test(`LightSensor reads channel ${channel} of an ADS1115`, async () => {
    await using daemon = startPigpioDaemon();
    for (const other of [0, 1, 2, 3]) daemon.setLight(other, 0.9);
    daemon.setLight(channel, 0.25);
    await using sensor = await LightSensor.open({
      source: `${daemon.url}/ads1115/${channel}`,
    });
    for (const light of [0.25, 0.604, 0, 1]) {
      daemon.setLight(channel, light);
      const reading = await within("a reading", sensor.read());
      assertAlmostEquals(reading, light * 100, STEP);
    }
  });
}

for (
  const [fullScale, volts, expected] of [
    [5, 2.5, 50],
    [4.096, 2.048, 50],
    [1, 0.25, 25],
    [0.2, 0.05, 25],
    // More than full light, and less than none
    [1, 1.5, 100],
    [3.3, -0.1, 0],
  ] as const
) {
  Deno.test(`LightSensor reads ${volts} V as ${expected} % of ${fullScale} V`, async () => {
    await using daemon = startPigpioDaemon();
    daemon.setLight(0, volts / 3.3);
    const source = `${daemon.url}/ads1115/0`;
    await using sensor = await LightSensor.open({ source, fullScale });
    assertAlmostEquals(await sensor.read(), expected, 0.005);
  });
}

Deno.test("LightSensor reads each channel rightly when two are read at once", async () => {
  await using daemon = startPigpioDaemon();
  daemon.setLight(0, 0.25);
  daemon.setLight(3, 0.75);
  const open = (channel: number) =>
    LightSensor.open({ source: `${daemon.url}/ads1115/${channel}` });
  await using first = await open(0);
  await using second = await open(3);
  for (let count = 0; count < 5; count++) {
    const readings = await Promise.all([first.read(), second.read()]);
    assertAlmostEquals(readings[0], 25, STEP);
    assertAlmostEquals(readings[1], 75, STEP);
  }
});

Deno.test("LightSensor asks for one conversion at 128 samples a second, without comparator", async () => {
  await using daemon = startPigpioDaemon();
  const source = `${daemon.url}/ads1115/2`;
  await using _sensor = await LightSensor.open({ source });
  using other = await PigpioConnection.open(
    parsePigpioUrl("Test", source, source),
  );
  const { result: handle } = await other
    .command("I2CO", [1, 0x48], new Uint8Array(4));
  await other.command("I2CWD", [handle], Uint8Array.of(1));
  const { data } = await other.command("I2CRD", [handle, 2]);
  // Ready; channel 2 to ground, 4.096 V, single shot; 128 a second, no comparator
  assertEquals([...data], [0b1_110_001_1, 0b100_000_11]);
});

Deno.test("LightSensor gives its I²C handle and its connection back", async () => {
  await using daemon = startPigpioDaemon();
  const source = `${daemon.url}/ads1115/0`;
  {
    await using _sensor = await LightSensor.open({ source });
    assertEquals([daemon.openDevices(), daemon.connections()], [1, 1]);
  }
  await within("its connection to end", daemon.left());
  assertEquals(daemon.openDevices(), 0);
});

Deno.test("LightSensor takes the channel of the variable LIGHT", async () => {
  await using daemon = startPigpioDaemon();
  daemon.setLight(2, 1);
  const module = new URL("./light_sensor.ts", import.meta.url).href;
  const program = `
    import { LightSensor } from "${module}";
    await using sensor = await LightSensor.open();
    console.log(Math.round(await sensor.read()));`;
  const args = ["eval", "--quiet", "--no-lock", "--ext=ts", program];
  await using process = startProcess(Deno.execPath(), args, {
    LIGHT: `${daemon.url}/ads1115/2`,
    NO_COLOR: "1",
  });
  assertEquals(await process.end(), { code: 0, stdout: "100\n", stderr: "" });
});

Deno.test("LightSensor says that the ADS1115 doesn't answer, from the start and later", async () => {
  await using daemon = startPigpioDaemon();
  const source = `${daemon.url}/ads1115/0`;
  const { host } = new URL(daemon.url);
  const message =
    `ADS1115 at I²C address 0x48 of the pigpio daemon at ${host} does not answer: writing on the I²C bus failed (code -82)`;
  await using sensor = await LightSensor.open({ source });
  daemon.unplugAds1115();
  await rejection(sensor.read(), Error, message);
  await rejection(LightSensor.open({ source }), Error, message);
});

Deno.test("LightSensor says that the daemon went away", async () => {
  const daemon = startPigpioDaemon();
  const source = `${daemon.url}/ads1115/0`;
  await using sensor = await LightSensor.open({ source });
  await daemon[Symbol.asyncDispose]();
  await rejection(
    sensor.read(),
    Error,
    `Pigpio daemon at 127.0.0.1:${daemon.port} went away`,
  );
});

for (
  const [path, message] of [
    ["", 'Light sensor "pigpio://pi:8888/" is not a URL such as '],
    ["ads1115", 'Light sensor "pigpio://pi:8888/ads1115" is not a URL such as'],
    ["ads1115/0/1", '" is not a URL such as pigpio://localhost:8888/ads1115/0'],
    ["mcp3008/0", 'Light sensor "mcp3008" is not known: use ads1115'],
    ["ads1115/4", 'Channel "4" is not 0, 1, 2 or 3'],
    ["ads1115/", 'Channel "" is not 0, 1, 2 or 3'],
    ["ads1115/00", 'Channel "00" is not 0, 1, 2 or 3'],
  ] as const
) {
  Deno.test(`LightSensor rejects the path "${path}"`, async () => {
    const opening = LightSensor.open({ source: `pigpio://pi:8888/${path}` });
    await rejection(opening, TypeError, message);
  });
}

for (const fullScale of [0, -1, NaN, 6.2]) {
  Deno.test(`LightSensor rejects the full scale ${fullScale}`, async () => {
    const source = "pigpio://pi:8888/ads1115/0";
    await rejection(
      LightSensor.open({ source, fullScale }),
      RangeError,
      `Full scale is ${fullScale}: it must be a number of volts above 0, and 6.144 at most`,
    );
  });
}
