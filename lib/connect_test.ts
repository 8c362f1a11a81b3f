import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStringIncludes,
} from "@std/assert";
import { fileURLToPath } from "node:url";
import { startBroker } from "./broker.ts";
import { connect } from "./connect.ts";
import { BrokerUnreachableError, ConnectionRefusedError } from "./errors.ts";
import { messages } from "./messages.ts";
import type { ConnectOptions } from "./client/options.ts";
import { rejection, within } from "../testing/deadline.ts";
import { freePort, startMosquitto } from "../testing/brokers/mosquitto.ts";
import { inOwnProcess, startProcess } from "../testing/processes.ts";
import { startScriptedBroker } from "../testing/brokers/scripted_broker.ts";
import {
  connack,
  QUICK,
  silent,
  startSilentOn,
} from "../testing/brokers/scripts.ts";
import { test } from "../testing/peer_tests.ts";
import { times } from "../testing/test.ts";

test.scripted("connect() sends what the options say, and DISCONNECT at the end", async (broker) => {
  const client = await connect(broker.url, {
    clientId: "gate",
    clean: false,
    keepalive: 7,
    username: "info",
    password: "Password1234",
    will: { topic: "gate/status", payload: "lost", qos: 1, retain: true },
  });
  await client.close();
  const [hello, goodbye] = broker.packets;
  assert(hello?.cmd === "connect");
  const { clientId, clean, keepalive, username, password, will } = hello;
  assertEquals([clientId, clean, keepalive], ["gate", false, 7]);
  assertEquals([username, String(password)], ["info", "Password1234"]);
  assertEquals(
    [will?.topic, String(will?.payload), will?.qos, will?.retain],
    ["gate/status", "lost", 1, true],
  );
  assertEquals(goodbye?.cmd, "disconnect");
});

test.scripted("connect() takes user and password from the URL", async (broker) => {
  const url = broker.url.replace("//", "//info:p%40ss@");
  await using _client = await connect(url);
  const [hello] = broker.packets;
  assert(hello?.cmd === "connect");
  assertEquals([hello.username, String(hello.password)], ["info", "p@ss"]);
});

Deno.test("connect() waits for a broker that starts later", async () => {
  const port = freePort();
  const lines: string[] = [];
  const connecting = connect(`127.0.0.1:${port}`, {
    retryDelay: QUICK,
    log: (line) => {
      lines.push(line);
      failed.resolve();
    },
  });
  const failed = Promise.withResolvers<void>();
  await within("the first attempt to fail", failed.promise);
  await using _broker = await startBroker({ port });
  await using client = await within("the connection", connecting);
  assert(client.connected);
  assertEquals(lines.length, 2);
  assertStringIncludes(lines[0]!, `127.0.0.1:${port} can't be reached`);
  assertEquals(lines[1], `Connected to 127.0.0.1:${port}`);
});

Deno.test("connect() gives up after its timeout, naming address and cause", async () => {
  const port = freePort();
  const error = await rejection(
    connect(`127.0.0.1:${port}`, { timeout: 0.2, log: silent }),
    BrokerUnreachableError,
    `Broker at 127.0.0.1:${port} can't be reached: connection refused`,
  );
  assertInstanceOf(error.cause, Error);
});

Deno.test("connect() says of a broker that hangs up that it did", async () => {
  await using broker = await startScriptedBroker((_packet, { socket }) => {
    socket.end();
    return "answered";
  });
  await rejection(
    connect(broker.url, { retry: false }),
    BrokerUnreachableError,
    "can't be reached: the broker closed the connection",
  );
});

Deno.test("connect() stops trying when its signal aborts", async () => {
  const port = freePort();
  const controller = new AbortController();
  const connecting = connect(`127.0.0.1:${port}`, {
    signal: controller.signal,
    log: () => controller.abort(),
  });
  await rejection(connecting, DOMException);
});

for (const code of [1, 2, 3, 4, 5]) {
  Deno.test(`connect() rejects at once if the broker refuses with code ${code}`, async () => {
    await using broker = await startScriptedBroker((packet) => {
      if (packet.cmd !== "connect") return;
      return connack(code);
    });
    const error = await rejection(
      connect(broker.url, { retryDelay: QUICK }),
      ConnectionRefusedError,
      `refused the connection: `,
    );
    assertEquals(error.code, code);
    assertStringIncludes(error.message, `${error.reason} (code ${code})`);
    assertEquals(broker.connections.length, 1);
  });
}

test.mosquitto("connect() gives the reason code of MQTT 5", async () => {
  await using mosquitto = await startMosquitto({
    config: ({ directory }) => {
      Deno.writeTextFileSync(`${directory}/users`, "");
      return `password_file ${directory}/users\nallow_anonymous false\n`;
    },
  });
  const error = await rejection(
    connect(mosquitto.url, { protocolVersion: 5, username: "x" }),
    ConnectionRefusedError,
    "not authorized (code 135)",
  );
  assertEquals(error.code, 135);
});

const MISUSES: [ConnectOptions, typeof TypeError, message: string, string?][] =
  [
    [{ clean: false }, TypeError, "client"],
    [{ keepalive: -1 }, RangeError, "-1"],
    [{ inflightWindow: 0 }, RangeError, "In-flight window is 0"],
    [{ will: { topic: "a/#", payload: "" } }, TypeError, '"a/#"'],
    [{ retryDelay: [0, 1] }, RangeError, "Retry delay is [0,1]"],
    [{ password: "s3cret" }, TypeError, "Password is given without a user"],
    [{}, TypeError, "it needs a username", ":s3cret@x"],
  ];
Deno.test("connect() checks its options before it tries them", async () => {
  for (const [options, errorClass, message, host = "x"] of MISUSES) {
    await rejection(connect(host, options), errorClass, message);
  }
});

Deno.test("connect() speaks WebSocket, and carries 3 MB over it", async () => {
  await using broker = await startBroker({ port: 0, websocketPort: 0 });
  const url = broker.websocketUrl!;
  await using client = await connect(
    broker.url.replace(/\d+$/, String(new URL(url).port)),
    {
      transport: "websocket",
    },
  );
  const payload = "x".repeat(3_000_000);
  await client.publishAsync("big", payload, { qos: 1, retain: true });
  for await (const { text } of messages(url, "big", { qos: 1 })) {
    assertEquals(text.length, payload.length);
    break;
  }
});

test.scripted("connect() takes a transport together with the broker of MQTT_URL", async (broker) => {
  const toolkit = JSON.stringify(import.meta.resolve("./mod.ts"));
  const printed = await inOwnProcess(
    `import { connect } from ${toolkit};
    await using client = await connect(undefined, { transport: "tcp" });
    console.log(client.connected);`,
    { MQTT_URL: broker.url.replace("mqtt:", "ws:") },
  );
  assertEquals(printed, "true\n");
});

Deno.test("connect() gives up at once without the permission, and names it", async () => {
  const module = JSON.stringify(import.meta.resolve("./connect.ts"));
  const config = fileURLToPath(import.meta.resolve("../deno.json"));
  const program = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(
    program,
    `import { connect } from ${module};
    const options = { timeout: Infinity, log: (line) => console.error(line) };
    await connect(Deno.args[0], options).catch(({ name, message }) =>
      console.log(name + ": " + message)
    );`,
  );
  // For a name it is the lookup that fails, for an address the connection.
  for (const address of ["localhost:1883", "127.0.0.1:1883"]) {
    const flags = ["--no-prompt", "--no-check", "--allow-env"];
    const args = ["run", `--config=${config}`, ...flags, program, address];
    await using process = startProcess(Deno.execPath(), args);
    const { stdout, stderr } = await process.end();
    const words = "Deno does not permit it (run the program with --allow-net)";
    assertEquals({ stdout, stderr }, {
      stdout:
        `BrokerUnreachableError: Broker at ${address} can't be reached: ${words}\n`,
      stderr: "",
    });
  }
  await Deno.remove(program);
});

test.broker("close() lets what is in flight finish", async (broker) => {
  const client = await connect(broker.url);
  const publishing = Promise.all(
    times(100, (index) => client.publishAsync("iot/x", `${index}`, { qos: 2 })),
  );
  await client.close();
  assertEquals((await publishing).length, 100);
});

Deno.test("close() ends in time while offline, and settles what is pending", async () => {
  const port = freePort();
  const broker = await startBroker({ port });
  const client = await connect(broker.url, { log: silent });
  const lost = new Promise<void>((resolve) => client.once("close", resolve));
  await broker.close();
  await within("the loss", lost);
  const pending = [
    client.publishAsync("iot/x", "0"),
    client.publishAsync("iot/x", "1", { qos: 1 }),
    client.publishAsync("iot/x", "2", { qos: 2 }),
    client.subscribeAsync("iot/#"),
    client.unsubscribeAsync("iot/#"),
  ];
  const settled = Promise.allSettled(pending);
  await within("close()", client.close(), 3000);
  const outcomes = await within("the promises", settled);
  assertEquals(outcomes.map(({ status }) => status), Array(5).fill("rejected"));
  await rejection(client.publishAsync("iot/x", "3"), Error, "closed");
});

Deno.test("close() ends in time although the broker acknowledges nothing", async () => {
  await using broker = await startSilentOn("publish");
  const client = await connect(broker.url);
  const publishing = client.publishAsync("iot/x", "1", { qos: 1 });
  const outcome = Promise.allSettled([publishing]);
  await within("close()", client.close({ timeout: 0.1 }), 3000);
  assertEquals((await outcome)[0].status, "rejected");
  assertEquals(broker.packets.at(-1)?.cmd, "disconnect");
});

Deno.test("close() ends in time although the peer never closes its side", async () => {
  await using broker = await startScriptedBroker((packet, { send, socket }) => {
    if (packet.cmd !== "connect") return;
    send({ cmd: "connack", returnCode: 0, sessionPresent: false });
    socket.pause();
    return "answered";
  });
  const client = await connect(broker.url);
  await within("close()", client.close({ timeout: 0.2 }), 2000);
});

Deno.test("close() waits no longer once the connection is lost", async () => {
  await using broker = await startSilentOn("publish");
  const client = await connect(broker.url, { log: () => {} });
  const outcome = Promise.allSettled([
    client.publishAsync("iot/x", "1", { qos: 1 }),
  ]);
  await broker.received("publish");
  const closing = client.close({ timeout: 60 });
  broker.connections[0]!.socket.destroy();
  await within("close()", closing, 2000);
  assertEquals((await outcome)[0].status, "rejected");
});
