import { assertEquals } from "@std/assert";
import { connect } from "../connect.ts";
import { SubscriptionRefusedError } from "../errors.ts";
import { subscribe } from "../subscribe.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import { QUIET } from "../../testing/brokers/scripts.ts";
import { rejection } from "../../testing/deadline.ts";

const MQTT5 = { ...QUIET, protocolVersion: 5 } as const;

/** What a broker may lack, what needs it, and the code with which it is refused. */
const LACKING: [
  property: string,
  topics: string | [string, { subscriptionIdentifier: number }],
  code: number,
][] = [
  ["sharedSubscriptionAvailable", "$share/recorders/iot/x", 158],
  ["wildcardSubscriptionAvailable", "iot/#", 162],
  ["wildcardSubscriptionAvailable", "iot/+/x", 162],
  [
    "subscriptionIdentifiersAvailable",
    ["iot/x", { subscriptionIdentifier: 1 }],
    161,
  ],
];

for (const [property, topics, code] of LACKING) {
  Deno.test(`subscribe() asks for nothing that ${property} excludes: ${topics}`, async () => {
    await using broker = await startScriptedBroker(({ cmd }) =>
      cmd !== "connect" ? undefined : {
        cmd: "connack",
        reasonCode: 0,
        sessionPresent: false,
        properties: { [property]: false },
      }
    );
    const subscribing = subscribe(broker.url, topics, () => {}, false, MQTT5);
    const error = await rejection(subscribing, SubscriptionRefusedError);
    assertEquals(error.codes, [code]);
    await using client = await connect(broker.url, MQTT5);
    const [filter, { subscriptionIdentifier }] = typeof topics === "string"
      ? [topics, { subscriptionIdentifier: undefined }] as const
      : topics;
    const asking = client.subscribeAsync(filter, {
      qos: 0,
      ...(subscriptionIdentifier &&
        { properties: { subscriptionIdentifier } }),
    });
    await rejection(asking, Error, "not supported");
    assertEquals(broker.all("subscribe"), []);
    await client.subscribeAsync("iot/y");
    assertEquals(broker.all("subscribe").length, 1);
  });
}
