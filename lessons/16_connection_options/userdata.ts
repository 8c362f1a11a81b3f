/**
 * @title Give a handler data of its own
 * @difficulty beginner
 * @tags userdata, closure
 * @run deno run --allow-env --allow-net lessons/16_connection_options/userdata.ts
 *
 * paho hands a userdata to each callback. JavaScript needs none: a function sees
 * the variables around it, also later. Such a function is called a closure.
 */
import { brokerUrl, connect, exitWithError } from "../../lib/mod.ts";
import { type OnMessage, subscribe } from "../../lib/mod.ts";

const ROOMS = ["kitchen", "bath"];
const allCame = Promise.withResolvers<void>();
let missing = 4;

/** Makes a handler for a room. Each has a sum of its own. */
function addUp(room: string): OnMessage {
  // Where paho would keep these two in the userdata, they stand around the
  // handler, and nobody else can change them.
  let sum = 0;
  return ({ number }) => {
    sum += number;
    console.log(`${room}: ${number}, sum ${sum}`);
    if (--missing === 0) allCame.resolve();
  };
}

try {
  // One function, two handlers, each with its own room and sum.
  await using subscriptions = new AsyncDisposableStack();
  for (const room of ROOMS) {
    const topic = `iot/${room}/visitors`;
    subscriptions.use(
      await subscribe(brokerUrl(), topic, addUp(room), false),
    );
  }

  await using client = await connect(brokerUrl());
  for (const room of [...ROOMS, ...ROOMS]) {
    await client.publishAsync(`iot/${room}/visitors`, "1", { qos: 1 });
  }
  await allCame.promise;
} catch (error) {
  exitWithError(error);
}
