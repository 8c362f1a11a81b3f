import {
  ConnectionRefusedError,
  type ConnectOptions,
  type Message,
  SubscriptionRefusedError,
} from "../../lib/mod.ts";
import {
  type OpenSubscription,
  openSubscription,
} from "../../lib/client/subscription.ts";
import { packetNews } from "./news.ts";
import type {
  BrokerState,
  Outage,
  PacketNews,
  PublishRequest,
} from "./protocol.ts";
import { Ring } from "./collections.ts";

const MOST_OUTAGES = 100;
const MOST_PACKETS = 2_000;
/** MQTT 3.1.1 section 3.2.2.3 and MQTT 5.0 section 3.2.2.2. */
const UNACCEPTABLE_VERSION = [1, 132];

/** Where to connect to, and what for. */
interface LinkOptions {
  host: string;
  filters: string[];
  /** How to connect; MQTT 5 unless a version is given, and 3.1.1 where it is refused. */
  connection: ConnectOptions;
  onMessage: (message: Message) => void;
  /** Lines about the connection are added to these. */
  log: Ring<string>;
  /** The time, in milliseconds since 1970. */
  now: () => number;
}

/** The dashboard's connection to the broker, and what is to be told of it. */
export class BrokerLink implements AsyncDisposable {
  readonly #now: () => number;
  #subscription!: OpenSubscription;
  #isPacketsWanted = false;
  /** The last line of the log since it was connected. */
  #reason: string | undefined;
  /** How the connection is. */
  state: BrokerState;
  /** Filters that the broker refused at the beginning. */
  refusedFilters: readonly string[] = [];
  /** Times without connection that are over. */
  readonly outages = new Ring<Outage>(MOST_OUTAGES);
  /** Packets, while they are wanted. */
  readonly packets = new Ring<PacketNews>(MOST_PACKETS);
  /** Lines about the connection. */
  readonly log: Ring<string>;

  private constructor({ now, log }: LinkOptions) {
    this.#now = now;
    this.log = log;
    this.state = { isConnected: false, since: now() };
  }

  /**
   * Connects and subscribes.
   *
   * @throws {ConnectionRefusedError | BrokerUnreachableError} If there is no connection.
   * @throws {SubscriptionRefusedError} If the broker refuses every filter.
   */
  static async open(options: LinkOptions): Promise<BrokerLink> {
    const link = new BrokerLink(options);
    try {
      await link.#subscribe(options, 5);
    } catch (error) {
      const isOld = error instanceof ConnectionRefusedError &&
        UNACCEPTABLE_VERSION.includes(error.code);
      if (!isOld || options.connection.protocolVersion) throw error;
      await link.#subscribe(options, 4);
    }
    link.#watch();
    return link;
  }

  async #subscribe(
    { host, filters, connection, onMessage }: LinkOptions,
    latest: 4 | 5,
  ): Promise<void> {
    const { protocolVersion = latest } = connection;
    // At QoS 2, each message comes at the quality that it was published with.
    const wanted = protocolVersion === 5
      ? { qos: 2, retainAsPublished: true } as const
      : 2;
    const log = (line: string) => {
      this.#log(line);
      // A page can't be told before there is one.
      (connection.log ?? console.error)(line);
    };
    this.#subscription = await openSubscription(
      host,
      filters.map((filter) => [filter, wanted] as const),
      onMessage,
      {
        ...connection,
        protocolVersion,
        log,
        // What is granted lower comes all the same.
        onLowerGrant: () => {},
        callerTellsRefused: true,
      },
    );
    const { refused } = this.#subscription;
    this.refusedFilters = refused.map(({ filter }) => filter);
    if (refused.length > 0) log(new SubscriptionRefusedError(refused).message);
  }

  /** Whether packets are noted, which costs something for each of them. */
  set isPacketsWanted(isWanted: boolean) {
    if (isWanted === this.#isPacketsWanted) return;
    this.#isPacketsWanted = isWanted;
    const { client } = this.#subscription;
    if (isWanted) {
      client.on("packetsend", this.#noteSent);
      client.on("packetreceive", this.#noteReceived);
    } else {
      client.off("packetsend", this.#noteSent);
      client.off("packetreceive", this.#noteReceived);
    }
  }

  /** Resolves when the broker has the message; rejects if it never will. */
  async publish(
    { topic, payload, qos, retain, properties }: PublishRequest,
  ): Promise<void> {
    const { client } = this.#subscription;
    if (!client.connected) throw new Error("Broker is not connected");
    const isMqtt5 = client.options.protocolVersion === 5;
    const { correlationData, ...others } = properties ?? {};
    await client.publishAsync(topic, payload, {
      qos,
      retain,
      ...isMqtt5 && properties && {
        properties: {
          ...others,
          ...correlationData !== undefined && {
            correlationData: Buffer.from(correlationData),
          },
        },
      },
    });
  }

  /** Rejects if the broker doesn't take the client back. */
  get refused(): Promise<never> {
    return this.#subscription.client.refused;
  }

  /** Disconnects. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#subscription.close();
  }

  #watch(): void {
    const { client } = this.#subscription;
    this.state = { isConnected: true, since: this.#now() };
    this.#reason = undefined;
    client.on("connect", () => {
      if (this.state.isConnected) return;
      this.outages.push({ from: this.state.since, to: this.#now() });
      this.state = { isConnected: true, since: this.#now() };
      this.#reason = undefined;
    });
    client.on("close", () => {
      if (!this.state.isConnected) return;
      this.#setLost(this.#now());
    });
  }

  #log(line: string): void {
    this.log.push(line);
    this.#reason = line;
    if (!this.state.isConnected) this.#setLost(this.state.since);
  }

  #setLost(since: number): void {
    const reason = this.#reason;
    this.state = {
      ...{ isConnected: false, since },
      ...reason !== undefined && { reason },
    };
  }

  readonly #noteSent = (packet: Parameters<typeof packetNews>[0]) => {
    this.packets.push(packetNews(packet, true, this.#now()));
  };
  readonly #noteReceived = (packet: Parameters<typeof packetNews>[0]) => {
    this.packets.push(packetNews(packet, false, this.#now()));
  };
}
