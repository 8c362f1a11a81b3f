import uPlot from "uplot"; export const x: uPlot | undefined = undefined;
