/**
 * One GPIO of a Raspberry Pi, with a button that connects it to ground.
 *
 * @module
 */

/** A level, and for how many microseconds it lasts. */
export type Step = readonly [level: 0 | 1, microseconds: number];

/** A change that the daemon tells, and when. */
interface Edge {
  level: 0 | 1;
  tick: number;
}

/** A GPIO. */
export class FakeGpio {
  /** 0 is input, 1 output. */
  mode = 0;
  /** 0 is off, 1 down, 2 up. */
  pull = 0;
  /** How many microseconds a level must last to be told: the glitch filter. */
  steady = 0;
  /** The level now; a resistor holds it up while the button is up. */
  level: 0 | 1 = 1;
  /** The level that was told last. */
  told: 0 | 1 = 1;

  /**
   * Goes through some levels.
   *
   * @param steps The levels; the last one must outlast the glitch filter.
   * @param start The tick at which the first begins.
   * @returns The edges that pass the glitch filter.
   */
  play(steps: readonly Step[], start: number): Edge[] {
    const edges: Edge[] = [];
    let changed = start;
    let now = start;
    for (const [level, microseconds] of steps) {
      if (level !== this.level) changed = now;
      this.level = level;
      now += microseconds;
      if (level === this.told || now - changed < this.steady) continue;
      this.told = level;
      edges.push({ level, tick: changed + this.steady });
    }
    return edges;
  }
}
