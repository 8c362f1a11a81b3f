import {
  type BrokerAddress,
  formatAddresses,
  parseAddresses,
} from "./address.ts";

/** No login, list or path: a node only says where. */
const HOST_AND_PORT = /^[^@/?#,\\]{1,270}$/;
/** Nodes that name each other would else keep the client from those that the user named. */
const MOST_REFERENCES = 3;

/** The hosts that are tried in turn. */
export type Addresses = readonly [BrokerAddress, ...BrokerAddress[]];

/**
 * Which of a broker's addresses is tried next. Their order is one of chance, so that the
 * clients of a cluster spread over its nodes, and those of a dead node over the others.
 * The next has its turn when an attempt fails, and another one where a node names it.
 */
export class AddressTurns {
  readonly #addresses: BrokerAddress[];
  #turn = 0;
  /** How many attempts have failed since a connection stood. */
  #failures = 0;
  /** Where a node has sent the client. */
  #reference: BrokerAddress | undefined;
  /** How often it was sent on since one of the user's addresses had its turn. */
  #followed = 0;

  /** @param random Gives a number from 0 to 1. */
  constructor(addresses: Addresses, random: () => number = Math.random) {
    this.#addresses = [...addresses];
    for (let left = addresses.length; left > 1; left--) {
      const [chosen] = this.#addresses.splice(Math.floor(random() * left), 1);
      this.#addresses.push(chosen!);
    }
  }

  /** The address whose turn it is. */
  get current(): BrokerAddress {
    const { length } = this.#addresses;
    return this.#reference ?? this.#addresses[this.#turn % length]!;
  }

  /** Whether others are to be tried before the first one fails again. */
  get hasMore(): boolean {
    return (this.#failures + 1) % this.#addresses.length !== 0;
  }

  /** Gives the turn to the next address. */
  pass(): void {
    // A reference counts once: after it come those that the user named.
    this.#turn++;
    this.#reference = undefined;
    this.#followed = 0;
  }

  /**
   * Notes that an attempt has failed.
   *
   * @returns Whether it is time for a pause: each address has had its turn.
   */
  fail(): boolean {
    this.pass();
    return ++this.#failures % this.#addresses.length === 0;
  }

  /** Notes that a connection stands. */
  stand(): void {
    this.#failures = 0;
  }

  /**
   * Goes where a node says (MQTT 5.0 sections 4.11 and 3.2.2.3.16).
   *
   * @param reference Hosts with their ports, with blanks between them.
   * @param isForGood Whether it stands for the node's own address from now on.
   * @returns Whether it names a host, and it isn't time for the next address.
   */
  follow(reference: string, isForGood: boolean): boolean {
    const { current } = this;
    const isCircle = this.#followed >= MOST_REFERENCES;
    if (isCircle && this.#addresses.length > 1) return false;
    const next = readReference(reference, current);
    if (next === undefined) return false;
    this.#followed++;
    const index = this.#addresses.indexOf(current);
    if (isForGood && index >= 0) this.#addresses[index] = next;
    else this.#reference = next;
    return true;
  }
}

/** Reads the first host of a reference; login, path and protocol stay. */
function readReference(
  reference: string,
  current: BrokerAddress,
): BrokerAddress | undefined {
  const [host = ""] = reference.trim().split(/\s+/);
  if (!HOST_AND_PORT.test(host)) return undefined;
  try {
    const [{ hostname, port }] = parseAddresses(
      `${current.protocol}://${host}`,
    );
    const [next] = parseAddresses(
      formatAddresses([{ ...current, hostname, port }]),
    );
    return next;
  } catch {
    return undefined;
  }
}
