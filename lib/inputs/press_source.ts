/** Where a button's presses come from. */
export interface PressSource {
  /** How many presses have come, each time that some have; ends with its input. */
  readonly presses: AsyncIterable<number>;
  /** Ends the presses and lets go of all. */
  close(): void;
}
