import type { MqttClient } from "mqtt";
import type { BrokerAddress } from "./address.ts";
import { type Addresses, AddressTurns } from "./address_turns.ts";
import { isCutByBroker, RetryPace } from "./connection_end.ts";
import { describeCause } from "./describe_cause.ts";
import { SessionWatch } from "./session_watch.ts";
import { ConnectionRefusedError, DisconnectedError } from "../errors.ts";

// A refusal that time may mend: server unavailable, and MQTT 5's server busy, quota
// exceeded and connection rate exceeded.
const TEMPORARY_REFUSALS = [3, 136, 137, 151, 159];
// Use another server, and server moved (MQTT 5.0 section 4.11).
const MOVED = 157;
const REDIRECTIONS = [156, MOVED];
// Reasons of a DISCONNECT with which a node wants the client elsewhere: unavailable,
// busy, shutting down, and those.
const UNWILLING = [136, 137, 139, ...REDIRECTIONS];

type CodedError = Error & { code?: unknown };

type Watched = MqttClient & { report(line: string): void };

/**
 * What is known of a client's connections: where and when the next one goes, what
 * becomes of the session, and how the last one ended. Tells of losses and returns.
 */
export class ConnectionWatch {
  /** Where the last attempt went, or the first will go. */
  address: BrokerAddress;
  /** What becomes of the session. */
  readonly session = new SessionWatch();
  /** Whether the last attempt to connect has failed. */
  isAway = false;
  /** When it was last connected again after that. */
  backSince = 0;
  /** Whether each address has had its turn, and the last one failed, too. */
  isRoundOver = false;
  readonly #client: Watched;
  readonly #turns: AddressTurns;
  readonly #pace: RetryPace;
  #lastError: CodedError | undefined;
  /** Why the broker has ended the connection, if it says so. */
  #farewell: DisconnectedError | undefined;
  /** The reason in the words of the last CONNACK. */
  #reasonString: string | undefined;
  /** Where the last CONNACK says that the client should go. */
  #reference: string | undefined;
  /** Whether a node has sent the client to another. */
  #isSent = false;
  /** Whether the next attempt is to come without a pause. */
  #isHasty = false;
  /** When and where a connection was lost, until the next one stands. */
  #lost: { at: number; label: string } | undefined;

  constructor(
    client: Watched,
    addresses: Addresses,
    retryDelay: readonly [shortest: number, longest: number],
  ) {
    this.#client = client;
    this.#turns = new AddressTurns(addresses);
    this.address = this.#turns.current;
    this.#pace = new RetryPace(retryDelay);
    client.on("packetsend", ({ cmd }) => {
      if (cmd !== "connect") return;
      client.stream.once("connect", () => this.session.noteConnect());
    });
    client.on("packetreceive", (packet) => {
      // Before `connect`, which follows a few turns later.
      if (packet.cmd !== "connack") return;
      const isClean = client.options.clean!;
      this.session.noteAnswer(packet, { address: this.address, isClean });
      const { reasonString, serverReference } = packet.properties ?? {};
      this.#reasonString = reasonString;
      this.#reference = serverReference;
    });
    client.on("disconnect", ({ reasonCode = 0, properties = {} }) => {
      this.#farewell = new DisconnectedError(reasonCode, properties);
      const isSent = this.#follow(reasonCode, properties.serverReference);
      // Another node may have time.
      if (!isSent && UNWILLING.includes(reasonCode)) this.#turns.pass();
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
    return this.address = this.#turns.current;
  }

  /** Lets the next attempt follow without a pause. */
  hurry(): void {
    this.#isHasty = true;
  }

  /** Notes that the connection stands. */
  stand(): void {
    this.#pace.begin();
    this.#turns.stand();
    if (this.#lost !== undefined) {
      const { at, label } = this.#lost;
      const seconds = Math.round((performance.now() - at) / 1000);
      this.#lost = undefined;
      const now = this.address.label;
      const where = now === label
        ? `${now} again`
        : `${now} instead of ${label}`;
      this.#report(`Connected to ${where} after ${seconds} s`);
    }
    if (this.isAway) this.backSince = performance.now();
    this.isAway = false;
    this.session.stand(this.address);
  }

  /**
   * Notes the end of the connection, or of an attempt.
   *
   * @param stood Whether it stood.
   * @returns The milliseconds until the next attempt, whether a connection was lost,
   *   and whether the broker has cut it, for which a message may be the reason.
   */
  end(stood: boolean): { pause: number; isLoss: boolean; isCut: boolean } {
    this.isRoundOver = !stood && !this.#isSent && this.#turns.fail();
    this.#isHasty ||= !stood && !this.#isSent && !this.isRoundOver;
    this.#isSent = false;
    const seconds = this.#pace.end();
    // One that says why it ends the connection has been heard.
    const isFutile = this.#pace.isFutile && this.#farewell === undefined;
    // An address that fell silent is asked last, and so is one that keeps no connection.
    if (stood && (isSilent(this.lastError) || isFutile)) this.#turns.pass();
    const isHasty = this.#isHasty;
    const isLoss = stood && !this.#client.disconnecting;
    const isCut = isLoss && !isHasty && isCutByBroker(this.lastError);
    this.isAway = !stood;
    this.#isHasty = false;
    return { pause: isHasty ? 1 : seconds * 1000, isLoss, isCut };
  }

  /** Tells of a loss; MQTT 3.1.1 has no word for why a broker cuts a connection. */
  tellLoss(isCut: boolean): void {
    const { label } = this.address;
    this.#lost = { at: performance.now(), label };
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
   * @returns The refusal, whether it comes after a loss, and what follows in words,
   *   unless it is final.
   */
  refusalIn(
    error: CodedError,
  ):
    | { refusal: ConnectionRefusedError; isLater: boolean; next?: string }
    | undefined {
    const { message, code } = error;
    if (!message.startsWith("Connection refused:")) return undefined;
    if (typeof code !== "number") return undefined;
    const { label } = this.address;
    const reasonString = this.#reasonString;
    const isLater = this.#lost !== undefined;
    const refusal = new ConnectionRefusedError(label, code, { reasonString });
    const next = this.#afterRefusal(code, isLater);
    return { refusal, isLater, ...(next !== undefined && { next }) };
  }

  #afterRefusal(code: number, isLater: boolean): string | undefined {
    this.#isSent = this.#follow(code, this.#reference);
    if (this.#isSent) return `trying ${this.#turns.current.label}`;
    const mayPass = TEMPORARY_REFUSALS.includes(code);
    const isForOthers = mayPass || REDIRECTIONS.includes(code);
    if (isForOthers && this.#turns.hasMore) return "trying the next address";
    const isSentAway = this.#reference !== undefined;
    return isLater && (mayPass || isSentAway) ? "trying again" : undefined;
  }

  /** Goes where a node says, if it does. */
  #follow(code: number, reference: string | undefined): boolean {
    if (!REDIRECTIONS.includes(code) || reference === undefined) return false;
    return this.#turns.follow(reference, code === MOVED);
  }

  #report(line: string): void {
    this.#client.report(line);
  }
}

function isSilent(error: CodedError | undefined): boolean {
  return error?.message === "Keepalive timeout";
}
