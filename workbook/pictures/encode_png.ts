import { crc32, deflateSync } from "node:zlib";

/** Colours of a picture: more hardly look better, and take more room. */
const MOST_COLORS = 64;

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const BIT_DEPTH = 8;
const PALETTE = 3;

/** A picture as a canvas has it. */
export interface Pixels {
  width: number;
  height: number;
  /** Red, green, blue and alpha of each pixel, row by row. All are opaque. */
  rgba: Uint8Array<ArrayBuffer>;
}

/**
 * Writes a picture of few colours as a small PNG file: the most frequent colours
 * stay as they are, and stand in for those that are similar.
 */
export function encodePng({ width, height, rgba }: Pixels): Uint8Array {
  const colors = new Uint32Array(rgba.buffer);
  const counts = new Map<number, number>();
  for (const color of colors) counts.set(color, (counts.get(color) ?? 0) + 1);
  const palette = [...counts].sort(([, one], [, other]) => other - one)
    .slice(0, MOST_COLORS).map(([color]) => partsOf(color));
  const places = new Map(
    Array.from(counts.keys(), (color) => [color, nearest(color, palette)]),
  );
  // Each row begins with 0: what follows is no difference to the row above.
  const rows = new Uint8Array((width + 1) * height);
  colors.forEach((color, index) => {
    rows[index + Math.floor(index / width) + 1] = places.get(color)!;
  });
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, BIT_DEPTH);
  header.setUint8(9, PALETTE);
  return new Uint8Array([
    ...SIGNATURE,
    ...chunk("IHDR", new Uint8Array(header.buffer)),
    ...chunk("PLTE", new Uint8Array(palette.flat())),
    ...chunk("IDAT", deflateSync(rows, { level: 9 })),
    ...chunk("IEND", new Uint8Array()),
  ]);
}

/** Red, green and blue: a colour's bytes, in the order of little-endian machines. */
function partsOf(color: number): number[] {
  return [color & 0xff, color >> 8 & 0xff, color >> 16 & 0xff];
}

/** The place in a palette of the colour that is most similar. */
function nearest(color: number, palette: readonly number[][]): number {
  const parts = partsOf(color);
  const distances = palette.map((other) =>
    parts.reduce((sum, part, index) => sum + (part - other[index]!) ** 2, 0)
  );
  return distances.indexOf(Math.min(...distances));
}

/** A part of a PNG file: its length, its name, what is in it, and a checksum. */
function chunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(name), 4);
  bytes.set(data, 8);
  view.setUint32(data.length + 8, crc32(bytes.subarray(4, data.length + 8)));
  return bytes;
}
