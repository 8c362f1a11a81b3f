/**
 * @title Keep what the line doesn't take
 * @difficulty advanced
 * @tags bridge, store and forward, QoS 0, QoS 1, mosquitto
 * @run deno run --allow-env --allow-net=127.0.0.1 --allow-write=dist --allow-run=/usr/sbin/mosquitto,mosquitto lessons/18_cluster/bridge.ts 1
 *
 * A classroom's broker passes its readings on to a central one, which goes away for
 * a while. The QoS of the bridge decides what becomes of the readings meanwhile.
 */
import { assertQos, connect, exitWithError } from "../../lib/mod.ts";
import { type OnMessage, subscribe } from "../../lib/mod.ts";
import { startMosquitto } from "./_mosquitto.ts";

const STATE = "$SYS/broker/connection/classroom1/state";
const qos = Number(Deno.args[0] ?? 1);
const arrived = new Set<number>();
let [bridged, ended] = [Promise.withResolvers(), Promise.withResolvers()];

const count: OnMessage = ({ topic, text }) => {
  if (topic !== STATE) arrived.add(Number(text));
  else if (text === "1") bridged.resolve(undefined);
  if (arrived.has(299)) ended.resolve(undefined);
};

try {
  assertQos(qos);
  // The bridge makes the classroom's broker a client of the central one.
  await using central = await startMosquitto("central");
  await using classroom = await startMosquitto("classroom", [
    "connection central",
    `address ${central.address}`,
    `topic iot/# out ${qos} "" classroom1/`,
    "remote_clientid classroom1",
    "cleansession false",
    "restart_timeout 1",
  ]);

  // Count at the centre. The bridge tells there whether it stands.
  const topics = ["classroom1/#", STATE];
  const options = { qos: 1, clientId: "recorder", clean: false } as const;
  const { url } = central;
  await using _recorder = await subscribe(url, topics, count, false, options);
  await bridged.promise;

  // Publish in the classroom. A hundred readings find the centre away.
  await using sensor = await connect(classroom.url);
  for (let number = 0; number < 300; number++) {
    if (number === 100) await central.stop();
    if (number === 200) {
      bridged = Promise.withResolvers();
      await central.start();
      await bridged.promise;
    }
    await sensor.publishAsync("iot/temp", `${number}`, { qos: 1 });
  }
  await ended.promise;
  console.log(`QoS ${qos}: 300 published, ${300 - arrived.size} lost`);
} catch (error) {
  exitWithError(error);
}
