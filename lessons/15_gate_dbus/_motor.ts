/**
 * The gate's motor, which moves as the gate of lesson 13 does.
 *
 * @module
 */
const MOVES = new Map([
  ["open", ["opening", "opened"]],
  ["close", ["closing", "closed"]],
  ["alarm", ["alarm"]],
]);

/** Carries out one command after the other, however many ask at once. */
export class Motor {
  readonly #report: (status: string) => void;
  /** Whether it moves now. */
  isMoving = false;
  /** Resolves once it has carried out all that it was told. */
  lastMove: Promise<void> = Promise.resolve();

  /** Makes a motor. `report` is run with each state that it goes through. */
  constructor(report: (status: string) => void) {
    this.#report = report;
  }

  /** Takes a command; resolves once this and all before it are carried out. */
  carryOut(command: string): Promise<void> {
    const unknown = [`unknown command: ${command.slice(0, 60)}`];
    return this.lastMove = this.lastMove.then(async () => {
      this.isMoving = true;
      for (const state of MOVES.get(command) ?? unknown) {
        this.#report(state);
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      this.isMoving = false;
    });
  }
}
