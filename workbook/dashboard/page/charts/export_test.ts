import { assertEquals } from "@std/assert";
import { readReadings } from "../../../../lib/csv.ts";
import { exportCsv } from "./export.ts";

/** Half past nine here. */
const START = new Date(2026, 10, 21, 9, 30).getTime();
const ALL = { from: -Infinity, to: Infinity };

Deno.test("exportCsv() writes rows as CsvRecorder does", () => {
  const points = { times: [START + 123, START + 1000.5], values: [20, -0.5] };
  assertEquals(
    exportCsv([{ topic: "iot/user1/temp", path: "$", points }], ALL),
    "2026-11-21 09:30:00.123000,iot/user1/temp,20\r\n" +
      "2026-11-21 09:30:01.000500,iot/user1/temp,-0.5\r\n",
  );
});

Deno.test("exportCsv() leaves out gaps and what isn't in the range", () => {
  const points = { times: [1, 2, 3, 4, 5], values: [1, 2, null, 4, 5] };
  const text = exportCsv([{ topic: "a", path: "$", points }], {
    from: 2,
    to: 4,
  });
  assertEquals(
    text.split("\r\n").map((row) => row.split(",")[2]),
    ["2", "4", undefined],
  );
});

Deno.test("exportCsv() writes what readReadings reads back", async () => {
  const series = [
    {
      topic: 'iot/"5", inches',
      path: "$",
      points: { times: [START, START + 20], values: [1e21, 2] },
    },
    {
      topic: "=iot/room",
      path: '$["a b"][0]',
      points: { times: [START + 10, START + 20], values: [-7.25, null] },
    },
  ];
  const path = await Deno.makeTempFile({ suffix: ".csv" });
  try {
    await Deno.writeTextFile(path, exportCsv(series, ALL));
    assertEquals(await Array.fromAsync(readReadings(path)), [
      { time: new Date(START), topic: 'iot/"5", inches', value: 1e21 },
      {
        time: new Date(START + 10),
        topic: '=iot/room $["a b"][0]',
        value: -7.25,
      },
      { time: new Date(START + 20), topic: 'iot/"5", inches', value: 2 },
    ]);
  } finally {
    await Deno.remove(path);
  }
});
