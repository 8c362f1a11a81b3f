/**
 * @title Keep what the line doesn't take
 * @difficulty advanced
 * @tags bridge, store and forward, QoS 0, QoS 1, mosquitto
 * @run deno run --allow-env --allow-net=127.0.0.1 --allow-write=dist --allow-run=/usr/sbin/mosquitto,mosquitto lessons/18_cluster/bridge.ts 1
 *
 * A classroom's broker passes its readings on to a central one, which goes away for
 * a while. The QoS of the bridge decides what becomes of the readings meanwhile.
 */
import { assertQos, connect, exitWithError, subscribe } from "../../lib/mod.ts";
import { startMosquitto } from "./_mosquitto.ts";

const qos = Number(Deno.args[0] ?? 1);
const STATE = "$SYS/broker/connection/classroom1/state";
const arrived = new Set<number>();
let published = 0;
let [bridged, ended] = [Promise.withResolvers(), Promise.withResolvers()];

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
  await using _recorder = await subscribe(
    central.url,
    topics,
    (message) => {
      if (message.topic !== STATE) arrived.add(message.number);
      else if (message.text === "1") bridged.resolve(undefined);
      if (arrived.has(299)) ended.resolve(undefined);
    },
    false,
    { qos: 1, clientId: "recorder", clean: false, log: () => {} },
  );
  await bridged.promise;

  await using sensor = await connect(classroom.url);
  async function publishHundred() {
    for (const end = published + 100; published < end; published++) {
      await sensor.publishAsync("iot/temp", `${published}`, { qos: 1 });
    }
  }
  // A hundred readings while the bridge stands, as it is broken, and afterwards.
  await publishHundred();
  await central.stop();
  await publishHundred();
  bridged = Promise.withResolvers();
  await central.start();
  await bridged.promise;
  await publishHundred();
  await ended.promise;
  const lost = published - arrived.size;
  console.log(`QoS ${qos}: ${published} published, ${lost} lost`);
} catch (error) {
  exitWithError(error);
}
