import type { IPublishPacket } from "mqtt";
import type { ToolkitClient } from "./client.ts";
import { internalsOf } from "./mqttjs.ts";
import { Message } from "../message.ts";

/** Takes a message; `settle` says whether its handler succeeded. */
type Deliver = (
  message: Message,
  settle: (handled: boolean) => void,
) => void;

/** Decides when MQTT.js may go on to the next packet. */
type Pace = (proceed: () => void) => void;

interface Delivery {
  qos: 1 | 2;
  /** Undefined while the handler runs. */
  handled?: boolean;
  /** Whether the broker may have forgotten it, and given its id to another. */
  isDoubtful?: boolean;
  /** Sends the acknowledgement that MQTT.js wanted to send. */
  acknowledge?: (() => void) | undefined;
}

/**
 * Acknowledges a message only once its handler has succeeded, without stopping
 * MQTT.js's packet loop in the meantime.
 *
 * MQTT.js reads nothing while `handleMessage` waits: a handler that awaits a
 * publish on its own client would wait for ever, and one that outlasts the
 * keepalive would lose its connection. So MQTT.js acknowledges at once, and the
 * PUBACK or PUBREC is held back here, by replacing `_sendPacket`.
 *
 * At QoS 2 the handler runs on PUBLISH, before PUBREC (MQTT 3.1.1 section 4.3.3,
 * method B), since PUBREC is what makes the broker forget the message.
 */
export function holdAcknowledgements(
  client: ToolkitClient,
  deliver: Deliver,
  pace: Pace,
): void {
  // By message id; not a Map, for the reason that Unsettled gives.
  let deliveries: Record<number, Delivery> = {};
  const internals = internalsOf(client);
  const send = internals._sendPacket.bind(client);

  function settled(delivery: Delivery, handled: boolean): void {
    delivery.handled = handled;
    if (handled) delivery.acknowledge?.();
  }

  function begin(packet: IPublishPacket, message: Message): void {
    const delivery: Delivery = { qos: packet.qos as 1 | 2 };
    deliveries[packet.messageId!] = delivery;
    deliver(message, (handled) => settled(delivery, handled));
  }

  client.on("message", (topic, payload, packet) => {
    const message = new Message(topic, payload, packet);
    if (packet.qos === 0) deliver(message, ignore);
    else if (packet.qos === 1) begin(packet, message);
  });

  client.options.customHandleAcks = (topic, payload, packet, proceed) => {
    if (packet.qos === 2) {
      const known = deliveries[packet.messageId];
      const isDuplicate = known?.qos === 2 && known.handled !== false &&
        (packet.dup || !known.isDoubtful);
      if (!isDuplicate) begin(packet, new Message(topic, payload, packet));
    }
    proceed(0);
  };

  client.handleMessage = (packet, proceed) =>
    packet.qos === 0 ? pace(proceed) : proceed();

  internals._sendPacket = (packet, done = ignore, ...rest) => {
    const isHeld = packet.cmd === "puback" || packet.cmd === "pubrec";
    // Of a lost connection, on which a few packets may still be read.
    if (isHeld && !client.connected) return done();
    const delivery = isHeld ? deliveries[packet.messageId!] : undefined;
    if (delivery === undefined) return send(packet, done, ...rest);
    delivery.acknowledge = () => {
      delivery.acknowledge = undefined;
      if (delivery.qos === 1) delete deliveries[packet.messageId!];
      send(packet);
    };
    if (delivery.handled) delivery.acknowledge();
    pace(done);
  };

  client.on("packetreceive", (packet) => {
    if (packet.cmd === "pubrel") delete deliveries[packet.messageId!];
    else if (packet.cmd === "connack") {
      if (!packet.sessionPresent) deliveries = {};
      else if (!client.watch.session.isKept) {
        for (const id in deliveries) deliveries[id]!.isDoubtful = true;
      }
    }
  });

  // What was held back belongs to the lost connection: the broker asks again.
  client.on("close", () => {
    for (const id in deliveries) {
      const delivery = deliveries[id]!;
      delivery.acknowledge = undefined;
      if (delivery.qos === 1) delete deliveries[id];
    }
  });
}

function ignore(): void {}
