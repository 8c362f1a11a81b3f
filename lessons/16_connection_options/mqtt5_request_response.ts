/**
 * @title Ask, and tell the answers apart
 * @difficulty advanced
 * @tags MQTT 5, response topic, correlation data
 * @run deno run --allow-env --allow-net lessons/16_connection_options/mqtt5_request_response.ts
 *
 * A message has no answer. In MQTT 5 it can say on which topic one is expected,
 * and carry a mark by which the one who asked knows the answer again.
 */
import { brokerUrl, exitWithError } from "../../lib/mod.ts";
import { printable, publishMany, subscribe } from "../../lib/mod.ts";

const MQTT5 = { protocolVersion: 5 } as const;
const ANSWERS = "iot/user1/answers";
const ROOMS: Record<string, string> = { 1: "kitchen", 2: "bath" };

try {
  // Two thermometers answer where they are asked to, with the mark. One is slow.
  await using _thermometers = await subscribe(
    brokerUrl(),
    "iot/+/temp/get",
    ({ topic, properties }, client) => {
      const { responseTopic, correlationData } = properties;
      if (!responseTopic || !correlationData) return; // Nobody wants to know.
      const [text, delay] = topic.includes("bath") ? ["24", 0] : ["21", 300];
      const answer = { properties: { correlationData } };
      setTimeout(() => client.publish(responseTopic, text, answer), delay);
    },
    false,
    MQTT5,
  );

  // Whoever asks, listens first. The mark tells which question is answered.
  let open = 2;
  const allCame = Promise.withResolvers<void>();
  await using _answers = await subscribe(
    brokerUrl(),
    ANSWERS,
    ({ text, properties }) => {
      const mark = String(properties.correlationData);
      const answer = `answer ${mark}: ${text} °C in the ${ROOMS[mark]}`;
      console.log(printable(answer));
      if (--open === 0) allCame.resolve();
    },
    false,
    MQTT5,
  );

  // Ask both. The answers come in the order in which they are ready.
  const questions = Object.entries(ROOMS).map(([mark, room]) => {
    console.log(`question ${mark}: how warm is the ${room}?`);
    const properties = { responseTopic: ANSWERS, correlationData: mark };
    return { topic: `iot/${room}/temp/get`, properties };
  });
  await publishMany(brokerUrl(), questions, MQTT5);
  await allCame.promise;
} catch (error) {
  exitWithError(error);
}
