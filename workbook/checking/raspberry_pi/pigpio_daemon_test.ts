import { assert, assertEquals } from "@std/assert";
import { readExactly } from "../../../lib/inputs/pigpio.ts";
import { FakeAds1115 } from "./ads1115.ts";
import { within } from "../../../testing/deadline.ts";
import { FakeGpio } from "./gpio.ts";
import { peerTest } from "../../../testing/peers.ts";
import { startPigpioDaemon } from "./pigpio_daemon.ts";
import { startProcess } from "../../../testing/processes.ts";

/** Sets up GPIO 26, prints its edges, and at a line of input reads the light. */
const CLIENT = `
import pigpio, sys
pi = pigpio.pi("127.0.0.1", int(sys.argv[1]))
pi.set_mode(26, pigpio.INPUT)
pi.set_pull_up_down(26, pigpio.PUD_UP)
pi.set_glitch_filter(26, int(sys.argv[2]))
def edge(gpio, level, tick):
    print("edge", gpio, level, flush=True)
pi.callback(26, pigpio.EITHER_EDGE, edge)
pi.callback(17, pigpio.EITHER_EDGE, edge)
print("mode", pi.get_mode(26), "level", pi.read(26), "bank", pi.read_bank_1() == 0xffffffff)
print("version", pi.get_pigpio_version() > 0, pi.get_hardware_revision() > 0)
print("tick", pi.get_current_tick() > 0)
print("ready", flush=True)
sys.stdin.readline()
device = pi.i2c_open(1, 0x48)
pi.i2c_write_device(device, [1, 0xd3, 0x83])
def register(number):
    pi.i2c_write_device(device, [number])
    count, data = pi.i2c_read_device(device, 2)
    return int.from_bytes(data, "big")
while register(1) < 0x8000:
    pass
print("light", register(0))
pi.i2c_close(device)
def attempt(what, function, *arguments):
    try:
        print(what, function(*arguments))
    except pigpio.error as error:
        print(what, error)
attempt("mode:", pi.set_mode, 26, 8)
attempt("permission:", pi.set_mode, 28, 0)
attempt("gpio:", pi.read, 54)
attempt("pull:", pi.set_pull_up_down, 26, 3)
attempt("filter:", pi.set_glitch_filter, 26, 300001)
attempt("user gpio:", pi.set_glitch_filter, 32, 1)
attempt("bus:", pi.i2c_open, 7, 0x48)
attempt("address:", pi.i2c_open, 1, 0x80)
attempt("handle:", pi.i2c_close, 99)
attempt("unknown:", pi.wave_clear)
other = pi.i2c_open(1, 0x49)
attempt("write:", pi.i2c_write_device, other, [0])
print("read:", pi.i2c_read_device(other, 2)[0])
pi.i2c_close(other)
pi.stop()
`;

peerTest(
  ["pigpio"],
  "startPigpioDaemon() is a daemon for Debian's python3-pigpio",
  async ({ pigpio }) => {
    await using daemon = startPigpioDaemon();
    const args = ["-c", CLIENT, `${daemon.port}`, "0"];
    await using client = startProcess(pigpio, args);
    await client.untilPrinted("ready");
    await within("NB", daemon.watched(26));
    assertEquals(daemon.settings(26), { mode: 0, pull: 2, steady: 0 });
    daemon.press(26);
    daemon.press(18);
    daemon.release(26);
    daemon.bounce(26);
    daemon.press(17);
    await client.untilPrinted("edge 17 0");
    daemon.setLight(1, 0.5);
    await client.write("\n");
    const { code, stdout, stderr } = await client.end();
    assertEquals(stderr, "");
    assertEquals(stdout.split("\n").filter((line) => line.startsWith("edge")), [
      "edge 26 0",
      "edge 26 1",
      "edge 26 0",
      "edge 26 1",
      "edge 26 0",
      "edge 26 1",
      "edge 26 0",
      "edge 26 1",
      "edge 26 0",
      "edge 17 0",
    ]);
    assertEquals(
      stdout.split("\n").filter((line) => !line.startsWith("edge")),
      [
        "mode 0 level 1 bank True",
        "version True True",
        "tick True",
        "ready",
        // 1.65 V in the range of 4.096 V
        "light 13200",
        "mode: 'mode not 0-7'",
        "permission: 'no permission to update GPIO'",
        "gpio: 'GPIO not 0-53'",
        "pull: 'pud not 0-2'",
        "filter: 'bad filter parameter'",
        "user gpio: 'GPIO not 0-31'",
        `bus: "can't open I2C device"`,
        "address: 'bad I2C address'",
        "handle: 'unknown handle'",
        "unknown: 'unknown command'",
        "write: 'I2C write failed'",
        "read: -83",
        "",
      ],
    );
    assertEquals(code, 0);
    assertEquals(daemon.openDevices(), 0);
  },
);

peerTest(
  ["pigpio"],
  "startPigpioDaemon() filters glitches for python3-pigpio",
  async ({ pigpio }) => {
    await using daemon = startPigpioDaemon();
    const args = ["-c", CLIENT, `${daemon.port}`, "10000"];
    await using client = startProcess(pigpio, args);
    await client.untilPrinted("ready");
    daemon.bounce(26);
    daemon.bounce(26);
    daemon.press(17);
    await client.untilPrinted("edge 17 0");
    await client.write("\n");
    const { stdout } = await client.end();
    const edges = stdout.split("\n").filter((line) => line.startsWith("edge"));
    assertEquals(edges, ["edge 26 0", "edge 26 1", "edge 17 0"]);
  },
);

Deno.test("startPigpioDaemon() ends its connections when it is stopped, and forgets who leaves", async () => {
  const daemon = startPigpioDaemon();
  const connections = await Promise.all(
    [1, 2].map(() => Deno.connect({ port: daemon.port })),
  );
  for (const connection of connections) {
    // PIGPV
    await connection.write(Uint8Array.of(26, ...new Uint8Array(15)));
    const answer = await within("PIGPV", readExactly(connection, 16));
    assertEquals(new DataView(answer!.buffer).getInt32(12, true), 79);
  }
  assertEquals(daemon.connections(), 2);
  connections[0]!.close();
  await daemon[Symbol.asyncDispose]();
  assertEquals(daemon.connections(), 0);
  assertEquals(await within("the end", readExactly(connections[1]!, 1)), null);
  connections[1]!.close();
});

Deno.test("FakeGpio tells only levels that are steady, when they have been so", () => {
  const gpio = new FakeGpio();
  gpio.steady = 1_000;
  const bounces = [[0, 900], [1, 900], [0, 300], [1, 10]] as const;
  assertEquals(gpio.play([...bounces, [0, 5_000]], 0), [
    { level: 0, tick: 900 + 900 + 300 + 10 + 1_000 },
  ]);
  assertEquals(gpio.play([[1, 999], [0, 999], [1, 999], [0, 5_000]], 9e3), []);
  assertEquals(gpio.play([[0, 5_000], [1, 600], [1, 400]], 20_000), [
    { level: 1, tick: 26_000 },
  ]);
});

/** Reads a register of 16 bits. */
function read(converter: FakeAds1115, register: number): number {
  converter.write(Uint8Array.of(register));
  const [high = 0, low = 0] = converter.read(2);
  return high << 8 | low;
}

Deno.test("FakeAds1115 converts when it is told to, which takes its time", () => {
  const converter = new FakeAds1115();
  assertEquals(read(converter, 1), 0x8583);
  assertEquals([2, 3].map((register) => read(converter, register)), [
    0x8000,
    0x7fff,
  ]);
  converter.volts[2] = 1.024;
  const start = performance.now();
  // Channel 2 against ground, 4.096 V, 8 conversions a second
  converter.write(Uint8Array.of(1, 0xe3, 0x03));
  converter.volts[2] = 2.048;
  assertEquals(read(converter, 0), 0);
  while (read(converter, 1) < 0x8000);
  assert(performance.now() - start >= 125);
  assertEquals(read(converter, 1), 0xe303);
  assertEquals(read(converter, 0), 0x4000);
  // Another channel, but no start
  converter.write(Uint8Array.of(1, 0x43, 0x03));
  assertEquals(read(converter, 1), 0xc303);
  assertEquals(read(converter, 0), 0x4000);
});

Deno.test("FakeAds1115 converts in the range that it is told", () => {
  const ranges = [[0xc5, 0x7fff], [0xc1, 0x4000], [0xd1, 0x2000]] as const;
  for (const [config, expected] of ranges) {
    const converter = new FakeAds1115();
    converter.volts.splice(0, 2, 3.072, 1.536);
    converter.write(Uint8Array.of(1, config, 0xe3));
    while (read(converter, 1) < 0x8000);
    assertEquals(read(converter, 0), expected, config.toString(16));
  }
});

Deno.test("noticed() waits for a client that reads the GPIO, and not for one that is told of its changes", async () => {
  await using daemon = startPigpioDaemon();
  using reader = await Deno.connect({ port: daemon.port });
  const command = async (...fields: number[]) => {
    await reader.write(new Uint8Array(Uint32Array.from([...fields, 0]).buffer));
    await within("an answer", readExactly(reader, 16));
  };
  let isNoticed = false;
  const noticed = daemon.noticed(26).then(() => isNoticed = true);
  const READ = 3;
  await command(READ, 17, 0);
  assertEquals(isNoticed, false);
  await command(READ, 26, 0);
  await within("READ", noticed);

  const [NOIB, NB] = [99, 19];
  await command(NOIB, 0, 0);
  await command(NB, 0, 2 ** 26);
  await within("nothing", daemon.noticed(26));
});
