/**
 * Clients of the access table, who do the same in MQTT 3.1.1 and 5.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import {
  acknowledge5,
  connect5,
  disconnect5,
  publish5,
  subscribe5,
  TYPE5,
} from "../clients/packets5.ts";
import { NEVER_EXPIRES, type Protocol } from "../clients/protocols.ts";
import { PROPERTY } from "../clients/properties5.ts";
import {
  acknowledgement,
  connectPacket,
  openRaw,
  publishPacket,
  rawPacket,
  readPublish,
  subscribePacket,
  TYPE,
} from "../clients/raw_client.ts";
import { connectRaw5, openRaw5 } from "../clients/raw_client5.ts";

/** What a client of the table says of itself. */
export interface TableFields {
  clientId?: string;
  user?: string;
  password?: string;
  will?: { topic: string; payload: string };
  /** Whether its session outlives the connection. */
  isKept?: boolean;
}

/** What a client of the table publishes. */
interface TableMessage {
  topic: string;
  payload: string;
  qos: 1 | 2;
  retain: boolean;
}

/** A client that can do what the table says. */
export interface TableClient extends AsyncDisposable {
  /** Publishes to the end, and gives the reason code: 0 in MQTT 3.1.1. */
  publish(message: TableMessage): Promise<number>;
  /** Subscribes, and gives SUBACK's codes. */
  subscribe(filters: Record<string, 0 | 1 | 2>): Promise<number[]>;
  /** The next message, which it acknowledges. */
  receive(): Promise<{ topic: string; payload: string }>;
  /** Says DISCONNECT, and closes. */
  disconnect(): Promise<void>;
  /** Closes without a DISCONNECT. */
  close(): void;
}

/** Connects a client that the broker must let in. */
export function openTableClient(
  place: { port: number; protocol: Protocol },
  fields: TableFields,
): Promise<TableClient> {
  return place.protocol === 5 ? open5(place, fields) : open4(place, fields);
}

/** The code with which a broker answers a CONNECT. */
export async function connackCode(
  { port, protocol }: { port: number; protocol: Protocol },
  fields: TableFields,
): Promise<number | undefined> {
  if (protocol === 5) {
    await using client = await openRaw5({ port });
    return (await client.ask(TYPE5.CONNACK, connect5(fields))).reason;
  }
  await using client = await openRaw({ port });
  await client.send(connectPacket(fields));
  return (await client.next())?.body[1];
}

async function open4(
  { port }: { port: number },
  { isKept = false, ...fields }: TableFields,
): Promise<TableClient> {
  const raw = await openRaw({ port }, { ...fields, clean: !isKept });
  const ask = async (header: number, packet: Uint8Array) => {
    await raw.send(packet);
    const answer = await raw.next();
    assertEquals(answer?.header, header);
    return answer!;
  };
  return {
    async publish(message) {
      const isAtQos1 = message.qos === 1;
      await ask(isAtQos1 ? TYPE.PUBACK : TYPE.PUBREC, publishPacket(message));
      if (!isAtQos1) await ask(TYPE.PUBCOMP, acknowledgement(TYPE.PUBREL, 1));
      return 0;
    },
    async subscribe(filters) {
      const { body } = await ask(TYPE.SUBACK, subscribePacket(filters));
      return [...body.subarray(2)];
    },
    async receive() {
      while (true) {
        const packet = (await raw.next())!;
        if (packet.header === TYPE.PUBREL) {
          await raw.send(acknowledgement(TYPE.PUBCOMP, packet.body[1]!));
          continue;
        }
        const { topic, payload, qos, id } = readPublish(packet);
        if (qos === 1) await raw.send(acknowledgement(TYPE.PUBACK, id!));
        if (qos === 2) await raw.send(acknowledgement(TYPE.PUBREC, id!));
        return { topic, payload };
      }
    },
    async disconnect() {
      await raw.send(rawPacket(TYPE.DISCONNECT));
      raw.close();
    },
    close: () => raw.close(),
    [Symbol.asyncDispose]: () => raw[Symbol.asyncDispose](),
  };
}

async function open5(
  { port }: { port: number },
  { isKept = false, ...fields }: TableFields,
): Promise<TableClient> {
  const raw = await connectRaw5({ port }, {
    ...fields,
    cleanStart: !isKept,
    ...isKept &&
      { properties: [[PROPERTY.sessionExpiryInterval, NEVER_EXPIRES]] },
  });
  return {
    async publish(message) {
      const isAtQos1 = message.qos === 1;
      const { reason } = await raw.ask(
        isAtQos1 ? TYPE5.PUBACK : TYPE5.PUBREC,
        publish5(message),
      );
      // What is refused ends with PUBREC (section 4.3.3).
      if (!isAtQos1 && reason < 0x80) {
        await raw.ask(TYPE5.PUBCOMP, acknowledge5(TYPE5.PUBREL, 1));
      }
      return reason;
    },
    async subscribe(filters) {
      return (await raw.ask(TYPE5.SUBACK, subscribe5(filters))).reasons;
    },
    async receive() {
      while (true) {
        const { type, id, qos, topic, payload } = (await raw.next())!;
        if (type === TYPE5.PUBREL) {
          await raw.send(acknowledge5(TYPE5.PUBCOMP, id));
          continue;
        }
        assertEquals(type, TYPE5.PUBLISH);
        if (qos === 1) await raw.send(acknowledge5(TYPE5.PUBACK, id));
        if (qos === 2) await raw.send(acknowledge5(TYPE5.PUBREC, id));
        return { topic, payload };
      }
    },
    async disconnect() {
      await raw.send(disconnect5());
      raw.close();
    },
    close: () => raw.close(),
    [Symbol.asyncDispose]: () => raw[Symbol.asyncDispose](),
  };
}
