import type { MqttClient } from "mqtt";
import type { BrokerAddress } from "./address.ts";
import { isCutByBroker } from "./cut_by_broker.ts";
import { describeCause } from "./describe_cause.ts";
import { RetryPace } from "./retry_pace.ts";
import { ConnectionRefusedError, DisconnectedError } from "../errors.ts";

// A refusal that time may mend: server unavailable, and MQTT 5's server busy, quota
// exceeded and connection rate exceeded.
const TEMPORARY_REFUSALS = [3, 136, 137, 151, 159];

type CodedError = Error & { code?: unknown };

type Watched = MqttClient & { report(line: string): void };

/** The hosts that are tried in turn. */
export type Addresses = readonly [BrokerAddress, ...BrokerAddress[]];

/**
 * What is known of a client's connections: where and when the next one goes, what
 * becomes of the session, and how the last one ended. Tells of losses and returns.
 */
export class ConnectionWatch {
  /** Where the last attempt went. */
  address: BrokerAddress;
  /** Whether the broker has resumed a session. */
  sessionPresent = false;
  /** Whether the session is surely the one that was, with all that it knew. */
  isSessionKept = false;
  /** Whether the last attempt to connect has failed. */
  isAway = false;
  /** When it was last connected again after that. */
  backSince = 0;
  readonly #client: Watched;
  readonly #addresses: Addresses;
  readonly #pace: RetryPace;
  #lastError: CodedError | undefined;
  /** Why the broker has ended the connection, if it says so. */
  #farewell: DisconnectedError | undefined;
  /** The reason in the words of the last CONNACK. */
  #reasonString: string | undefined;
  /** How many CONNECTs have gone out since a connection stood. */
  #connects = 0;
  /** Goes up with each attempt that fails: the next of several hosts has its turn. */
  #turn = 0;
  #failures = 0;
  /** Whether the next attempt is to come without a pause. */
  #isHasty = false;
  #lostAt: number | undefined;

  constructor(
    client: Watched,
    addresses: Addresses,
    retryDelay: readonly [shortest: number, longest: number],
  ) {
    this.#client = client;
    this.#addresses = addresses;
    this.address = addresses[0];
    this.#pace = new RetryPace(retryDelay);
    client.on("packetsend", ({ cmd }) => {
      if (cmd !== "connect") return;
      client.stream.once("connect", () => this.#connects++);
    });
    client.on("packetreceive", (packet) => {
      // Before `connect`, which follows a few turns later.
      if (packet.cmd !== "connack") return;
      this.sessionPresent = packet.sessionPresent;
      // What was refused has made no session.
      if (packet.returnCode || packet.reasonCode) this.#connects--;
      // A CONNECT whose answer was lost may have made a session that knows
      // nothing, and is present now.
      this.isSessionKept = packet.sessionPresent && this.#connects <= 1;
      this.#reasonString = packet.properties?.reasonString;
    });
    client.on("disconnect", ({ reasonCode = 0, properties }) => {
      this.#farewell = new DisconnectedError(reasonCode, properties);
    });
  }

  /** The last attempt's error; what the broker has said of it is what caused it. */
  get lastError(): CodedError | undefined {
    return this.#farewell ?? this.#lastError;
  }

  /** Notes an error. */
  fail(error: CodedError): void {
    this.#lastError = error;
  }

  /** Begins an attempt, and says where it goes. */
  begin(): BrokerAddress {
    this.#lastError = this.#farewell = undefined;
    const next = this.#addresses[this.#turn % this.#addresses.length];
    return this.address = next ?? this.#addresses[0];
  }

  /** Lets the next attempt follow without a pause. */
  hurry(): void {
    this.#isHasty = true;
  }

  /** Notes that the connection stands. */
  stand(): void {
    this.#pace.begin();
    if (this.#lostAt !== undefined) {
      const seconds = Math.round((performance.now() - this.#lostAt) / 1000);
      this.#lostAt = undefined;
      this.#report(
        `Connected to ${this.address.label} again after ${seconds} s`,
      );
    }
    if (this.isAway) this.backSince = performance.now();
    this.isAway = false;
    this.#connects = 0;
  }

  /**
   * Notes the end of the connection, or of an attempt.
   *
   * @param stood Whether it stood.
   * @returns The milliseconds until the next attempt, whether a connection was lost,
   *   and whether the broker has cut it, for which a message may be the reason.
   */
  end(stood: boolean): { pause: number; isLoss: boolean; isCut: boolean } {
    if (stood) {
      this.#failures = 0;
    } else {
      this.#turn++;
      // It is time for a pause once each host has had its turn.
      this.#isHasty ||= ++this.#failures % this.#addresses.length !== 0;
    }
    const seconds = this.#pace.end();
    const isHasty = this.#isHasty;
    const isLoss = stood && !this.#client.disconnecting;
    const isCut = isLoss && !isHasty && isCutByBroker(this.lastError);
    this.isAway = !stood;
    this.#isHasty = false;
    return { pause: isHasty ? 1 : seconds * 1000, isLoss, isCut };
  }

  /** Tells of a loss; MQTT 3.1.1 has no word for why a broker cuts a connection. */
  tellLoss(isCut: boolean): void {
    this.#lostAt = performance.now();
    const { label } = this.address;
    const cause = describeCause(this.lastError);
    this.#report(`Connection to ${label} lost: ${cause}; connecting again`);
    // If it said why, that has just been told.
    const losses = isCut && !this.#farewell && this.#pace.countLoss();
    if (!losses) return;
    const { clientId } = this.#client.options;
    this.#report(
      `Connection to ${label} was lost ${losses} times within seconds: another client may have the same id ("${clientId}"), or the broker may refuse a topic or a message of this one`,
    );
  }

  /**
   * Says whether an error is a refusal.
   *
   * @returns The refusal; whether it comes after a loss, and may pass then.
   */
  refusalIn(
    error: CodedError,
  ):
    | { refusal: ConnectionRefusedError; isLater: boolean; mayPass: boolean }
    | undefined {
    const { message, code } = error;
    if (!message.startsWith("Connection refused:")) return undefined;
    if (typeof code !== "number") return undefined;
    const { label } = this.address;
    const reasonString = this.#reasonString;
    const isLater = this.#lostAt !== undefined;
    return {
      refusal: new ConnectionRefusedError(label, code, { reasonString }),
      isLater,
      mayPass: isLater && TEMPORARY_REFUSALS.includes(code),
    };
  }

  #report(line: string): void {
    this.#client.report(line);
  }
}
