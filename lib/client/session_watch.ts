import type { IConnackPacket } from "mqtt";
import type { BrokerAddress } from "./address.ts";

/**
 * What is known of a client's session: whether the broker that has just answered
 * CONNECT still has it, and all that it knew.
 */
export class SessionWatch {
  /** Whether the broker has resumed a session. */
  isPresent = false;
  /** Whether it is surely the one that was, with all that it knew. */
  isKept = false;
  /** Whether another node answers than before. */
  hasMoved = false;
  /** How many CONNECTs have gone out since a connection stood. */
  #connects = 0;
  /** Where the last connection stood. */
  #home: string | undefined;
  /** Whether a node was seen to know nothing of the session that another had. */
  #areApart = false;

  /** Notes that a CONNECT has gone out. */
  noteConnect(): void {
    this.#connects++;
  }

  /**
   * Notes the answer.
   *
   * @param connection Where it comes from, and whether the session ends with it.
   */
  noteAnswer(
    { sessionPresent, returnCode, reasonCode }: IConnackPacket,
    { address: { label }, isClean }: {
      address: BrokerAddress;
      isClean: boolean;
    },
  ): void {
    this.isPresent = sessionPresent;
    // What was refused has made no session.
    if (returnCode || reasonCode) this.#connects--;
    else if (this.#home !== undefined) {
      this.hasMoved = label !== this.#home;
      this.#areApart ||= this.hasMoved && !isClean && !sessionPresent;
    }
    // A CONNECT whose answer was lost may have made a session that knows nothing,
    // and is present now; so may be one from before, on a node that stands alone.
    this.isKept = sessionPresent && this.#connects <= 1 &&
      !(this.hasMoved && this.#areApart);
  }

  /** Notes that a connection stands. */
  stand({ label }: BrokerAddress): void {
    this.#connects = 0;
    this.#home = label;
  }
}
