/**
 * What `peer_tests.ts` has, and the same for tests that start programs.
 *
 * @module
 */
import { startBroker } from "../lib/broker.ts";
import { type Mosquitto, startMosquitto } from "./brokers/mosquitto.ts";
import { test as peerTests } from "./peer_tests.ts";
import { peerTest } from "./peers.ts";
import { copyExercises, type ExerciseProject } from "./project/exercises.ts";

/** `Deno.test`, with something at hand. */
export const test = {
  ...peerTests,
  /** mosquitto, which runs. */
  overMosquitto,
  /** The same, and the Python that has paho. */
  pahoOverMosquitto,
  /** The embedded broker and, in a test of its own, mosquitto. */
  brokers,
  /** A copy of the project with one exercise, untouched. */
  exercise,
  /** What Windows hasn't got, such as signals. */
  unix,
};

function overMosquitto(
  name: string,
  run: (mosquitto: Mosquitto) => Promise<void>,
): void {
  peerTest(["mosquitto"], name, async () => {
    await using mosquitto = await startMosquitto();
    await run(mosquitto);
  });
}

function pahoOverMosquitto(
  name: string,
  run: (mosquitto: Mosquitto, commands: { paho: string }) => Promise<void>,
): void {
  peerTest(["mosquitto", "paho"], name, async (commands) => {
    await using mosquitto = await startMosquitto();
    await run(mosquitto, commands);
  });
}

function brokers(
  name: string,
  run: (broker: { url: string }) => Promise<void>,
): void {
  Deno.test(`${name} on the embedded broker`, async () => {
    await using broker = await startBroker({ port: 0 });
    await run(broker);
  });
  overMosquitto(`${name} on mosquitto`, run);
}

function exercise(
  name: string,
  run: (project: ExerciseProject) => Promise<void>,
): void {
  Deno.test(name, async () => {
    await using project = await copyExercises();
    await run(project);
  });
}

function unix(name: string, fn: () => Promise<void>): void {
  const ignore = Deno.build.os === "windows";
  Deno.test({ name: ignore ? `${name} (not on Windows)` : name, ignore, fn });
}
