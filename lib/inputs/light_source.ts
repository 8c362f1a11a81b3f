/** What a light sensor reads. */
export interface LightSource {
  /** Gives the luminosity: 0 is dark and 1 is full light, give or take noise. */
  read(): number | Promise<number>;
  /** Lets go of all. */
  close(): void | Promise<void>;
}
