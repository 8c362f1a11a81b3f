import { assertEquals } from "@std/assert";
import { startPigpioDaemon } from "../../workbook/checking/raspberry_pi/pigpio_daemon.ts";
import { PigpioConnection, PigpioError, readExactly } from "./pigpio.ts";
import { parsePigpioUrl } from "./pigpio_url.ts";
import { rejection, within } from "../../testing/deadline.ts";

const at = (address: string) =>
  parsePigpioUrl("Test", `${address}/26`, "pigpio://localhost:8888/26");

function answerWith(text: string) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const serving = (async () => {
    for await (const connection of listener) {
      await connection.read(new Uint8Array(16));
      await connection.write(new TextEncoder().encode(text));
      connection.close();
    }
  })();
  return {
    label: `127.0.0.1:${port}`,
    url: at(`pigpio://127.0.0.1:${port}`),
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
    },
  };
}

Deno.test("parsePigpioUrl() takes a URL apart", () => {
  assertEquals(at("pigpio://pi.local:8889"), {
    hostname: "pi.local",
    port: 8889,
    label: "pi.local:8889",
    path: ["26"],
  });
  assertEquals(at("pigpio://pi").port, 8888);
  assertEquals(at("pigpio://[::1]:80").label, "[::1]:80");
});

Deno.test("readExactly() puts pieces together, and tells an end that comes too early", async () => {
  const pieces = [[1], [2, 3], [4]];
  const connection = {
    read(buffer: Uint8Array) {
      const piece = pieces.shift();
      buffer.set(piece ?? []);
      return Promise.resolve(piece?.length ?? null);
    },
  };
  assertEquals(await readExactly(connection, 3), Uint8Array.of(1, 2, 3));
  assertEquals(await readExactly(connection, 2), null);
});

Deno.test("PigpioConnection gives results, and refusals with their reason", async () => {
  await using daemon = startPigpioDaemon();
  using connection = await PigpioConnection.open(at(daemon.url));
  assertEquals((await connection.command("PUD", [26, 2])).result, 0);
  assertEquals(daemon.settings(26).pull, 2);
  const cases = [
    [[26, 3], "it failed (code -6)"],
    [[54, 2], "there is no such GPIO (code -3)"],
  ] as const;
  for (const [parameters, reason] of cases) {
    await rejection(
      connection.command("PUD", parameters),
      PigpioError,
      `Pigpio daemon at 127.0.0.1:${daemon.port} refused PUD ${
        parameters.join(", ")
      }: ${reason}`,
    );
  }
  // A refusal leaves the connection as it was.
  assertEquals((await connection.command("PUD", [26, 0])).result, 0);
});

Deno.test("PigpioConnection.open() says that no daemon is there", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const address = `127.0.0.1:${listener.addr.port}`;
  listener.close();
  await rejection(
    PigpioConnection.open(at(`pigpio://${address}`)),
    Error,
    `Pigpio daemon at ${address} can't be reached: connection refused (is pigpiod running there?)`,
  );
});

Deno.test("PigpioConnection.open() says that the host is unknown, in one line", async () => {
  const error = await rejection(
    PigpioConnection.open(at("pigpio://nowhere.invalid")),
    Error,
    "Pigpio daemon at nowhere.invalid:8888 can't be reached: ",
  );
  assertEquals(error.message.split("\n").length, 1);
});

Deno.test("PigpioConnection tells what isn't pigpio, or leaves in the middle of an answer", async () => {
  const cases = [
    [
      "HTTP/1.1 400 Bad Request\r\n",
      "does not answer as pigpio does (is this its port?)",
    ],
    ["\x02\0\0", "went away"],
    ["", "went away"],
  ] as const;
  for (const [text, message] of cases) {
    await using other = answerWith(text);
    using connection = await PigpioConnection.open(other.url);
    const refused = await rejection(connection.command("PUD", [26, 2]), Error);
    assertEquals(refused.message, `Pigpio daemon at ${other.label} ${message}`);
    // The first reason stays.
    const again = await rejection(connection.command("PUD"), Error);
    assertEquals(again.message, refused.message);
  }
});

Deno.test("PigpioConnection tells a daemon that is silent for too long", async () => {
  await using daemon = startPigpioDaemon();
  using connection = await PigpioConnection.open(at(daemon.url));
  const { result: handle } = await connection.command("NOIB");
  using commands = await PigpioConnection.open(at(daemon.url));
  await commands.command("NB", [handle, 1 << 26]);
  daemon.press(17);
  daemon.press(26);
  assertEquals(await connection.report(10_000), {
    flags: 0,
    levels: 0xfbfdffff,
  });
  await rejection(
    connection.report(20),
    Error,
    `Pigpio daemon at 127.0.0.1:${daemon.port} does not answer`,
  );
});

Deno.test("PigpioConnection ends its notifications when it is disposed of", async () => {
  await using daemon = startPigpioDaemon();
  const reports = await PigpioConnection.open(at(daemon.url));
  const { result: handle } = await reports.command("NOIB");
  reports[Symbol.dispose]();
  await within("its end", daemon.left());
  using commands = await PigpioConnection.open(at(daemon.url));
  const attempt = commands.command("NB", [handle, 1]);
  await rejection(attempt, PigpioError, "it failed (code -25)");
});
