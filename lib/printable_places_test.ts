import type { Packet } from "mqtt-packet";
import { connack, listen } from "../testing/brokers/scripts.ts";
import type { ConnectOptions } from "./client/options.ts";
/**
 * Where the toolkit prints what strangers have written: a row for each place.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { fileURLToPath } from "node:url";
import { describePacket } from "./client/describe_packet.ts";
import { connect } from "./connect.ts";
import { CsvRecorder } from "./csv_recorder.ts";
import { Menu } from "./menu.ts";
import { Message } from "./message.ts";
import { readReadings } from "./readings.ts";
import { within } from "../testing/deadline.ts";
import { connect5, subscribe5 } from "../testing/clients/packets5.ts";
import { openRaw } from "../testing/clients/raw_client.ts";
import { startScriptedBroker } from "../testing/brokers/scripted_broker.ts";
import { temporaryFolder } from "../testing/temporary_folder.ts";
import {
  startTextBroker,
  testPlaces,
  UNPRINTABLE,
} from "../testing/unprintable.ts";
import { httpRequest, UPGRADE } from "../testing/clients/websocket_frames.ts";
import { openBroker } from "../testing/brokers/embedded_broker.ts";
import { logged } from "../testing/test.ts";

/** What a function throws for each text. */
function messagesOf(texts: readonly string[], fail: (text: string) => unknown) {
  return texts.map((text) => {
    try {
      fail(text);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  }).join("\n");
}

/** What the broker takes in no name and no topic. */
const REFUSED = UNPRINTABLE.filter((character) =>
  /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u.test(character)
);

/** What an HTTP header can't hold. */
const NO_HEADER = UNPRINTABLE.filter((character) =>
  !/[\x80-\xff]/.test(character)
);

/** Gives what some packets of a text look like, each in a line. */
function described(text: string): string {
  const connect = { cmd: "connect", protocolId: "MQTT" } as const;
  const properties = {
    contentType: text,
    reasonString: text,
    userProperties: { [text]: text },
    correlationData: Buffer.from(text),
  };
  return [
    describePacket({ ...connect, clientId: text, username: text }),
    describePacket({
      ...connect,
      clientId: "",
      will: { topic: text, payload: Buffer.from(text), qos: 0, retain: false },
    }),
    describePacket({
      ...{ cmd: "publish", topic: text, payload: text, qos: 0 },
      ...{ retain: false, dup: false, properties },
    }),
    describePacket({
      cmd: "subscribe",
      messageId: 1,
      subscriptions: [{ topic: text, qos: 0 }],
    }),
    describePacket({
      cmd: "unsubscribe",
      messageId: 1,
      unsubscriptions: [text],
    }),
  ].join("\n");
}

testPlaces([
  {
    name: "Message.number",
    print: (texts) =>
      messagesOf(texts, (text) => Message.from(text, text).number),
  },
  {
    name: "Message.json",
    print: (texts) =>
      messagesOf(texts, (text) => Message.from(text, text).json),
  },
  {
    name: "exitWithError()",
    most: 1000,
    print: async ([text]) => {
      const module = import.meta.resolve("./mod.ts");
      const program = `import { exitWithError } from ${JSON.stringify(module)};
        exitWithError(new Error(JSON.parse(Deno.env.get("TEXT"))));`;
      const config = fileURLToPath(new URL("../deno.json", import.meta.url));
      const command = new Deno.Command(Deno.execPath(), {
        args: ["eval", `--config=${config}`, program],
        env: { TEXT: JSON.stringify(text) },
      });
      const { stderr } = await within("the program", command.output(), 30_000);
      return String(Buffer.from(stderr));
    },
  },
  {
    name: "describePacket()",
    print: (texts) => texts.map(described).join("\n"),
  },
  {
    name: "subscribe(), when a handler fails",
    print: (texts) =>
      logOf(texts, (url, log, done) =>
        listen({ url }, ({ topic, text }) => {
          if (topic === texts.at(-1)) queueMicrotask(done);
          throw new Error(text);
        }, { topics: "#", log })),
  },
  {
    name: "connect(), when MQTT 5 refuses it",
    print: (texts) =>
      Promise.all(texts.map(async (reasonString) => {
        await using broker = await startScriptedBroker(({ cmd }) => {
          if (cmd !== "connect") return;
          return { ...connack(135), properties: { reasonString } } as Packet;
        });
        const attempt = connect(broker.url, { protocolVersion: 5 });
        const error = await within("a refusal", attempt).catch((one) => one);
        return (error as Error).message;
      })).then((lines) => lines.join("\n")),
  },
  {
    name: "connect(), when MQTT 5 ends it",
    print: async (texts) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const reasons = texts.values();
      const { lines, log } = logged();
      await using broker = await startScriptedBroker(({ cmd }, connection) => {
        if (cmd !== "connect") return;
        const { send, socket } = connection;
        const { value: reasonString } = reasons.next();
        if (reasonString === undefined) return resolve() as undefined;
        queueMicrotask(() => {
          const properties = { reasonString };
          send({ cmd: "disconnect", reasonCode: 139, properties });
          socket.end();
        });
      });
      const options: ConnectOptions = {
        protocolVersion: 5,
        retryDelay: [0.01, 0.01],
        log,
      };
      await using _client = await connect(broker.url, options);
      await within("all connections", promise, 60_000);
      return lines.join("\n");
    },
  },
  {
    name: "CsvRecorder, when it ignores payloads",
    most: 100, // Only the first of them are told.
    print: async (texts) => {
      await using folder = await temporaryFolder();
      const { lines, log } = logged();
      for (const text of texts) {
        const path = `${folder.path}/a.csv`;
        await using recorder = await CsvRecorder.open(path, { log });
        await recorder.record(Message.from(text, text));
      }
      return lines.join("\n");
    },
  },
  {
    name: "readReadings()",
    print: async (texts) => {
      await using folder = await temporaryFolder();
      const path = `${folder.path}/a.csv`;
      const rows = texts.map((text) => `"${text}","${text}","${text}"\r\n`);
      rows.unshift("time,topic,value\r\n");
      await Deno.writeTextFile(path, rows.join(""));
      const reasons: string[] = [];
      const onInvalid = (_line: number, reason: string) => reasons.push(reason);
      await Array.fromAsync(readReadings(path, { onInvalid }));
      return reasons.join("\n");
    },
  },
  {
    name: "Menu, when a choice fails",
    print: async (texts) => {
      const { lines, log } = logged();
      const menu = new Menu({
        input: new Blob(texts.map((_, index) => `${index}\n`)).stream(),
        output: () => {},
        log,
      });
      for (const text of texts) {
        menu.add("", () => Promise.reject(new Error(text)));
      }
      await menu.run();
      return lines.join("\n");
    },
  },
  {
    name: "startBroker(), which logs names and topics",
    without: REFUSED,
    print: async (texts) => {
      const rules = [{ subscribe: ["iot"] }];
      await using broker = await openBroker({ rules });
      for (const text of texts) {
        const clientId = text;
        await using client = await openRaw(broker);
        await client.send(connect5({ clientId, user: text, password: "" }));
        await client.next();
        await client.send(subscribe5({ [text]: 0 }));
        await client.publish({ topic: text });
        await client.next();
      }
      return broker.lines.join("\n");
    },
  },
  {
    name: "startBroker(), which refuses a page",
    without: NO_HEADER,
    print: async (texts) => {
      const { lines, log } = logged();
      await using broker = await openBroker({ websocketPort: 0, log });
      const port = Number(new URL(broker.websocketUrl!).port);
      for (const text of texts) {
        using client = await Deno.connect({ hostname: "127.0.0.1", port });
        const request = httpRequest([...UPGRADE, `Origin: ${text}`]);
        await client.write(Buffer.from(String(Buffer.from(request)), "latin1"));
        await within("the refusal", client.read(new Uint8Array(100)));
      }
      return lines.join("\n");
    },
  },
]);

/** What is logged of messages with each text as topic and payload. */
async function logOf(
  texts: readonly string[],
  run: (
    url: string,
    log: (line: string) => void,
    done: () => void,
  ) => Promise<AsyncDisposable>,
): Promise<string> {
  const lines: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  await using broker = await startTextBroker(
    texts.map((text) => ({ topic: text, payload: text })),
  );
  await using _running = await run(
    broker.url,
    (line) => lines.push(line),
    resolve,
  );
  await within("all messages", promise);
  return lines.join("\n");
}
