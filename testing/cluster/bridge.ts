/**
 * The bridge of `cluster/mosquitto_bridge`, from its own files: the central broker
 * goes away, the classroom's is killed meanwhile, and what was acknowledged is
 * counted at the centre.
 *
 * @module
 */
import { setTimeout as pause } from "node:timers/promises";
import { type ConnectOptions, Publisher, subscribe } from "../../lib/mod.ts";
import { setPassword } from "../../workbook/broker/password_file.ts";
import {
  type Mosquitto,
  type MosquittoPlace,
  startMosquitto,
} from "../brokers/mosquitto.ts";
import {
  CA,
  CA_FILE,
  CERT_FILE,
  KEY_FILE,
} from "../certificates/certificates.ts";
import { within } from "../deadline.ts";
import { temporaryFolder } from "../temporary_folder.ts";

/** How much is to cross the bridge, and how long it is broken. */
interface BridgeOptions {
  /** How many readings are published in the classroom. */
  readings: number;
  /** Seconds that the central broker is away, at least. */
  awaySeconds: number;
}

/** What became of the readings. */
interface BridgeResult {
  /** How many the classroom's broker has acknowledged. */
  acknowledged: number;
  /** How many of these have not arrived at the centre. */
  lost: number;
  /** How many have arrived there more than once. */
  repeated: number;
}

const RECIPE = new URL("../../cluster/mosquitto_bridge/", import.meta.url);
const PASSWORD = "CHANGE-ME";
const CONNECTION: ConnectOptions = {
  tls: { ca: CA },
  retryDelay: [0.1, 1],
  log: () => {},
};

/**
 * Sends readings over the bridge. When a tenth is through, the central broker is
 * stopped; when half of all is acknowledged, the classroom's broker is killed with
 * SIGKILL and started again; the last tenth follows once the centre is back.
 *
 * @throws {Error} If mosquitto isn't installed, or doesn't take the recipe's files.
 */
export async function runBridge(
  { readings, awaySeconds }: BridgeOptions,
): Promise<BridgeResult> {
  await using central = await startCentral();
  await using classroom = await startClassroom(central.port);
  const arrivals = new Map<number, number>();
  /** Acknowledged in the classroom, and not yet at the centre. */
  const missing = new Set<number>();
  let acknowledged = 0;
  let wake = () => {};
  await using _recorder = await subscribe(
    `mqtts://recorder:${PASSWORD}@localhost:${central.port}`,
    ["classroom1/iot/#", 1],
    ({ number }) => {
      arrivals.set(number, (arrivals.get(number) ?? 0) + 1);
      missing.delete(number);
      wake();
    },
    false,
    { ...CONNECTION, clientId: "recorder", clean: false },
  );
  await using publisher = await Publisher.connect(
    `wss://sensors:${PASSWORD}@localhost:${portOf(classroom.websocketUrl)}`,
    CONNECTION,
  );
  let published = 0;
  const publishUntil = async (end: number) => {
    while (published < end) {
      await publisher.ready;
      const reading = published++;
      publisher.publish("iot/user1/temp", reading, { qos: 1 }).then(() => {
        acknowledged++;
        if (!arrivals.has(reading)) missing.add(reading);
        wake();
      }, () => {}); // `flush` tells of it.
    }
    await publisher.flush();
  };
  const until = async (what: string, holds: () => boolean) => {
    while (!holds()) {
      const more = new Promise<void>((resolve) => wake = resolve);
      await within(what, more);
    }
  };

  await publishUntil(readings * 0.1);
  await central.stop();
  const away = pause(awaySeconds * 1000);
  const publishing = publishUntil(readings * 0.9);
  await until("half of the readings", () => acknowledged >= readings / 2);
  await classroom.kill();
  await classroom.start();
  await Promise.all([publishing, away]);
  await central.start();
  await publishUntil(readings);
  // What doesn't come for so long is lost.
  await until("all readings", () => missing.size === 0).catch(() => {});
  return {
    acknowledged,
    lost: missing.size,
    repeated: [...arrivals.values()].filter((times) => times > 1).length,
  };
}

function portOf(url = ""): string {
  return new URL(url).port;
}

function startCentral(): Promise<Mosquitto> {
  return startRecipe("central", ["classroom1", "recorder"], ({ port }) => ({
    "listener 8883": `listener ${port} 127.0.0.1`,
  }));
}

function startClassroom(centralPort: number): Promise<Mosquitto> {
  return startRecipe("classroom", ["sensors"], ({ port, websocketPort }) => ({
    "listener 1883": `listener ${port}`,
    "listener 8084": `listener ${websocketPort} 127.0.0.1`,
    "central.lan:8883": `localhost:${centralPort}`,
    "/etc/mosquitto/certs/ca.crt": CA_FILE,
  }));
}

/**
 * Starts a broker of the recipe, with this machine's places for the recipe's.
 *
 * @param users Those that it knows, each with the recipe's password.
 * @param places What takes the place of what in its file, besides what all have.
 */
async function startRecipe(
  name: "central" | "classroom",
  users: string[],
  places: (place: MosquittoPlace) => Record<string, string>,
): Promise<Mosquitto> {
  const folder = await temporaryFolder();
  const { path } = folder;
  for (const user of users) {
    await setPassword(`${path}/passwords`, user, PASSWORD);
  }
  await Deno.copyFile(new URL("rules", RECIPE), `${path}/rules`);
  const text = await Deno.readTextFile(new URL(`${name}.conf`, RECIPE));
  const common = {
    "/etc/mosquitto/certs/broker.crt": CERT_FILE,
    "/etc/mosquitto/certs/broker.key": KEY_FILE,
    "/etc/mosquitto/": `${path}/`,
    "/var/lib/mosquitto/": `${path}/`,
  };
  const broker = await startMosquitto({
    websocket: true,
    file: (place) => fit(text, { ...places(place), ...common }),
  });
  return {
    ...broker,
    async [Symbol.asyncDispose]() {
      await broker[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

function fit(text: string, parts: Record<string, string>): string {
  for (const [part, replacement] of Object.entries(parts)) {
    if (!text.includes(part)) throw new Error(`Recipe lacks "${part}"`);
    text = text.replaceAll(part, replacement);
  }
  return text;
}
