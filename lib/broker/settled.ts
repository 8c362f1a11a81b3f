/**
 * A promise that has settled already, whose callbacks run at once.
 *
 * aedes handles all messages that have come in together in one go, and waits
 * for those that are stored on their way (retained, or of QoS 1 or 2). With real
 * promises the others would overtake them. It waits for its storage with
 * `then(resolve, reject)` alone, which this offers.
 */
export interface Settled<T> {
  /** Calls one of the two before it returns. */
  then(resolve: (value: T) => void, reject: (error: Error) => void): void;
}

/** A {@linkcode Settled} that has a value. */
export function settled<T>(value: T): Settled<T> {
  return { then: (resolve) => resolve(value) };
}

/** A {@linkcode Settled} that has failed. */
export function failed(message: string): Settled<never> {
  return { then: (_, reject) => reject(new Error(message)) };
}
