import { assertEquals, assertRejects } from "@std/assert";
import { Button } from "./button.ts";
import { startPigpioDaemon } from "../workbook/checking/raspberry_pi/pigpio_daemon.ts";
import { rejection, within } from "../testing/deadline.ts";
import { type Process, startProcess } from "../testing/processes.ts";
import { times } from "../testing/test.ts";

const PROGRAM = `
  import { Button } from "${new URL("./button.ts", import.meta.url).href}";
  await using button = await Button.open();
  console.log("ready");
  let last = 0;
  for await (const press of button) {
    last = press;
    console.log("press " + press);
    await Promise.resolve();
  }
  console.log("over after " + last);
`;

/** A program with a button, whose standard input isn't a terminal. */
async function startProgram(
  variables: Record<string, string> = {},
  permissions: string[] = [],
): Promise<Process> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(file, PROGRAM);
  const run = ["run", "--quiet", "--no-lock", "--no-prompt", "--allow-env"];
  const process = startProcess(
    Deno.execPath(),
    [...run, ...permissions, file],
    { BUTTON: "", NO_COLOR: "1", ...variables },
  );
  return {
    ...process,
    async [Symbol.asyncDispose]() {
      await process[Symbol.asyncDispose]();
      await Deno.remove(file);
    },
  };
}

Deno.test("Button takes each line of standard input as a press, and ends with it", async () => {
  await using process = await startProgram();
  // All of it is there before the program has begun.
  await process.write("clic\n\n \r\n".repeat(333) + "the last one");
  const { code, stdout, stderr } = await process.end();
  assertEquals(stderr, "");
  const lines = stdout.trimEnd().split("\n");
  assertEquals(lines.length, 1 + 1_000 + 1);
  assertEquals(lines.slice(-2), ["press 1000", "over after 1000"]);
  assertEquals(code, 0);
});

Deno.test({
  name: "Button ends at a signal, though standard input goes on",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      await using process = await startProgram();
      await process.untilPrinted("ready");
      await process.write("\n");
      await process.untilPrinted("press 1");
      process.kill(signal);
      await process.untilPrinted("over after 1");
      // It has ended by itself: its input still stands.
      const more = process.untilPrinted("anything more");
      await rejection(more, Error, "ended without");
      assertEquals((await process.end()).code, 0);
    }
  },
});

Deno.test("Button takes the GPIO of the variable BUTTON, with no more permission than the network", async () => {
  await using daemon = startPigpioDaemon();
  const variables = { BUTTON: `${daemon.url}/26` };
  const network = [`--allow-net=127.0.0.1:${daemon.port}`];
  await using process = await startProgram(variables, network);
  await process.untilPrinted("ready");
  daemon.bounce(26);
  await process.untilPrinted("press 1");
  process.kill("SIGINT");
  assertEquals((await process.end()).stdout, "ready\npress 1\nover after 1\n");
});

/** A button on GPIO 26 of a daemon, both of which the test ends. */
async function openOnGpio() {
  const daemon = startPigpioDaemon();
  const stop = new AbortController();
  const source = `${daemon.url}/26`;
  const button = await Button.open({ source, signal: stop.signal });
  await within("NB", daemon.watched(26));
  return {
    daemon,
    button,
    stop,
    async [Symbol.asyncDispose]() {
      await button[Symbol.asyncDispose]();
      await daemon[Symbol.asyncDispose]();
    },
  };
}

type OnGpio = Awaited<ReturnType<typeof openOnGpio>>;

const test = {
  /** With a button on a GPIO. */
  onGpio(name: string, run: (opened: OnGpio) => unknown): void {
    Deno.test(name, async () => {
      await using opened = await openOnGpio();
      await run(opened);
    });
  },
};

test.onGpio("Button sets its GPIO up as an input that is pulled up and debounced", ({ daemon }) => {
  assertEquals(daemon.settings(26), { mode: 0, pull: 2, steady: 20_000 });
});

async function pressesUntilEnd(
  move: (daemon: ReturnType<typeof startPigpioDaemon>) => void,
): Promise<number[]> {
  await using opened = await openOnGpio();
  const { daemon, button } = opened;
  move(daemon);
  await daemon[Symbol.asyncDispose]();
  const presses: number[] = [];
  await assertRejects(
    async () => {
      for await (const press of button) presses.push(press);
    },
    Error,
    `Pigpio daemon at 127.0.0.1:${daemon.port} went away`,
  );
  return presses;
}

for (
  const [name, move, expected] of [
    ["each press once", (daemon) => {
      for (let press = 0; press < 20; press++) {
        daemon.press(26);
        daemon.release(26);
      }
    }, 20],
    ["a button that is held as one press", (daemon) => {
      daemon.press(26);
      daemon.play(26, [[0, 5_000_000]]);
    }, 1],
    ["presses and releases whose contacts bounce once", (daemon) => {
      for (let move = 0; move < 10; move++) daemon.bounce(26);
    }, 5],
    [
      "contacts that part for a moment while it is held as one press",
      (daemon) => {
        daemon.press(26);
        daemon.play(26, [[1, 5_000], [0, 30_000], [1, 200], [0, 400_000]]);
      },
      1,
    ],
    ["no press where only noise is", (daemon) => {
      daemon.play(26, [[0, 40], [1, 90_000], [0, 3_000], [1, 90_000]]);
    }, 0],
    ["a press as short as 30 ms, twice", (daemon) => {
      const click = [[0, 30_000], [1, 30_000]] as const;
      daemon.play(26, [...click, ...click]);
    }, 2],
    ["no press of another GPIO", (daemon) => {
      daemon.press(26);
      daemon.press(17);
      daemon.release(17);
    }, 1],
    ["no press from a daemon that says that it is alive", (daemon) => {
      daemon.stayAlive();
      daemon.press(26);
      daemon.stayAlive();
    }, 1],
  ] as [
    string,
    (daemon: ReturnType<typeof startPigpioDaemon>) => void,
    number,
  ][]
) {
  Deno.test(`Button on a GPIO takes ${name}`, async () => {
    const presses = await pressesUntilEnd(move);
    assertEquals(presses, times(expected, (n) => n + 1));
  });
}

test.onGpio("Button gives presses as they come, also to a second loop", async ({ daemon, button }) => {
  for (const expected of [1, 2, 3]) {
    const loop = button[Symbol.asyncIterator]();
    const next = loop.next();
    daemon.bounce(26);
    assertEquals((await within("a press", next)).value, expected);
    await loop.return();
    daemon.bounce(26);
  }
});

test.onGpio("Button keeps the presses from before the loop, for each who listens", async ({ daemon, button }) => {
  await using witness = await Button.open({ source: `${daemon.url}/26` });
  for (let move = 0; move < 10; move++) daemon.bounce(26);
  for (const listener of [witness, button]) {
    const loop = listener[Symbol.asyncIterator]();
    for (const expected of [1, 2, 3, 4, 5]) {
      const { value } = await within("a press", loop.next());
      assertEquals(value, expected);
    }
  }
});

test.onGpio("Button ends its loop when the signal aborts, with presses unread", async ({ daemon, button, stop }) => {
  await using witness = await Button.open({ source: `${daemon.url}/26` });
  for (let move = 0; move < 10; move++) daemon.bounce(26);
  for await (const press of witness) if (press === 5) break;
  const presses: number[] = [];
  for await (const press of button) {
    presses.push(press);
    stop.abort();
  }
  assertEquals(presses, [1]);
});

test.onGpio("Button ends its loop when the signal aborts while it waits", async ({ button, stop }) => {
  const loop = within("the loop", Array.fromAsync(button));
  stop.abort();
  assertEquals(await loop, []);
});

test.onGpio("Button leaves the daemon when it is disposed of, which ends its loop", async ({ daemon, button }) => {
  assertEquals(daemon.connections(), 2);
  const loop = within("the loop", Array.fromAsync(button));
  await button[Symbol.asyncDispose]();
  assertEquals(await loop, []);
  await within("its connections to end", daemon.left());
});

Deno.test("Button.open() gives up when the signal aborts", async () => {
  await using daemon = startPigpioDaemon();
  const source = `${daemon.url}/26`;
  const signal = AbortSignal.abort();
  const error = await rejection(Button.open({ source, signal }), DOMException);
  assertEquals(error.name, "AbortError");
});

Deno.test("Button.open() says that the daemon refuses the GPIO, and leaves it", async () => {
  await using daemon = startPigpioDaemon();
  await rejection(
    Button.open({ source: `${daemon.url}/28` }),
    Error,
    `Pigpio daemon at 127.0.0.1:${daemon.port} refused MODES 28, 0: there is no permission to use this GPIO (code -41)`,
  );
  await within("its connections to end", daemon.left());
});

const WRONG_SOURCES = [
  "26",
  "keyboard",
  "http://localhost:8888/26",
  "pigpio://localhost:8888",
  "pigpio://localhost:8888/26/1",
  "pigpio:///26",
  "pigpio://localhost:99999/26",
  "pigpio://localhost:0/26",
  "pigpio://pi@localhost/26",
  "pigpio://localhost/26?pull=up",
];
for (const source of WRONG_SOURCES) {
  Deno.test(`Button rejects the source "${source}"`, async () => {
    await rejection(
      Button.open({ source }),
      TypeError,
      `Button "${source}" is not a URL such as pigpio://localhost:8888/26`,
    );
  });
}

for (const gpio of ["", "32", "-1", "2.5", "x", "0x1a"]) {
  Deno.test(`Button rejects the GPIO "${gpio}"`, async () => {
    await rejection(
      Button.open({ source: `pigpio://localhost:8888/${gpio}` }),
      TypeError,
      `GPIO "${gpio}" is not a number from 0 to 31`,
    );
  });
}
