import { assert, assertEquals } from "@std/assert";
import {
  nowInMicroseconds,
  parseMicroseconds,
  parseTime,
  timeFormatter,
} from "./local_time.ts";
import { times } from "../../testing/test.ts";

const ZONE = Temporal.Now.timeZoneId();

/** An hour of each month, so that summer and winter time both occur. */
const INSTANTS = times(
  12,
  (month) => Date.UTC(2026, month, 21, month * 2, 30, 59) * 1000 + 7 * month,
);

Deno.test("nowInMicroseconds() follows the wall clock", () => {
  const before = Date.now() * 1000;
  const now = nowInMicroseconds();
  const after = (Date.now() + 1) * 1000;
  assert(before <= now && now <= after, `${before} <= ${now} <= ${after}`);
  assertEquals(now, Math.floor(now));
});

Deno.test("timeFormatter() writes local time as Python prints it", () => {
  const format = timeFormatter("local");
  for (const microseconds of INSTANTS) {
    assertEquals(format(microseconds), zoned(microseconds, " ").slice(0, 26));
  }
});

Deno.test("timeFormatter() writes RFC 3339 with the zone's offset", () => {
  const format = timeFormatter("rfc3339");
  for (const microseconds of INSTANTS) {
    assertEquals(format(microseconds), zoned(microseconds, "T"));
  }
});

Deno.test("timeFormatter() keeps six digits, and follows a clock that jumps", () => {
  const format = timeFormatter("local");
  const second = Date.UTC(2026, 10, 21) * 1000;
  const times = [999_999, 1_000_000, 1_000_001, 0, 10, -1, 86_400_000_000];
  for (const time of times) {
    const text = format(second + time);
    assertEquals(text, zoned(second + time, " ").slice(0, 26));
    assertEquals(text.length, 26);
  }
});

Deno.test("parseTime() reads back what timeFormatter() wrote", () => {
  for (const form of ["local", "rfc3339"] as const) {
    const format = timeFormatter(form);
    for (const microseconds of INSTANTS) {
      assertEquals(
        parseTime(format(microseconds))?.getTime(),
        Math.floor(microseconds / 1000),
      );
    }
  }
});

Deno.test("parseTime() reads other fractions, separators and offsets", () => {
  const local = new Date(2026, 10, 21, 9, 30, 0);
  assertEquals(parseTime("2026-11-21 09:30:00"), local);
  assertEquals(parseTime("2026-11-21T09:30:00"), local);
  assertEquals(
    parseTime("2026-11-21 09:30:00.5"),
    new Date(2026, 10, 21, 9, 30, 0, 500),
  );
  const cases = [
    ["2026-11-21T09:30:00Z", "2026-11-21T09:30:00.000Z"],
    ["2026-11-21T09:30:00.123456789+09:00", "2026-11-21T00:30:00.123Z"],
    ["2026-11-21 09:30:00.999999-03:30", "2026-11-21T13:00:00.999Z"],
    ["2026-11-21T09:30:00-00:30", "2026-11-21T10:00:00.000Z"],
    ["2024-02-29T00:00:00+00:00", "2024-02-29T00:00:00.000Z"],
  ] as const;
  for (const [text, utc] of cases) {
    assertEquals(parseTime(text)?.toISOString(), utc, text);
  }
});

Deno.test("parseTime() refuses what isn't a time", () => {
  const cases = [
    "",
    "time",
    "2026-11-21",
    "2026-11-21 9:30:00",
    "2026-11-21 09:30",
    "2026-11-21 09:30:00.",
    "2026-11-21 24:00:00",
    "2026-11-21 09:60:00",
    "2026-11-21 09:30:60",
    "2026-02-30 09:30:00",
    "2025-02-29 09:30:00",
    "2026-13-01 09:30:00",
    "2026-00-01 09:30:00",
    "2026-11-00 09:30:00",
    "2026-11-21 09:30:00+9",
    "2026-11-21 09:30:00 ",
    "0000-01-01 00:00:00",
    "0001-01-01T00:00:00Z",
    "0099-12-31T23:59:59Z",
    "1795228753040",
  ];
  for (const text of cases) {
    assertEquals(parseTime(text), undefined, text);
  }
});

Deno.test("parseMicroseconds() reads each time to the microsecond, or refuses it", () => {
  const cases = [
    ["1970-01-01T00:00:00Z", 0],
    ["1969-12-31T23:59:59.999999Z", -1],
    ["2026-11-21T09:30:00.123456789+09:00", 1795221000123456],
    ["2026-11-21T09:30:00.1Z", 1795253400100000],
    ["2255-06-05T23:47:34.740991Z", Number.MAX_SAFE_INTEGER],
    ["1684-07-28T00:12:25.259009Z", Number.MIN_SAFE_INTEGER],
    ["2255-06-05T23:47:34.740992Z", undefined],
    ["9999-12-31T23:59:59.999999Z", undefined],
    ["0001-01-01T00:00:00Z", undefined],
    ["2026-06-30T23:59:60Z", undefined],
  ] as const;
  for (const [text, microseconds] of cases) {
    assertEquals(parseMicroseconds(text), microseconds, text);
  }
});

const NO_ZONES = Deno.build.os === "windows";

Deno.test({
  name: "timeFormatter() and parseTime() obey the zone that they run in" +
    (NO_ZONES ? " (Windows has no TZ variable)" : ""),
  ignore: NO_ZONES,
  fn: async () => {
    const winter = Date.UTC(2026, 10, 21, 9, 30) * 1000;
    const summer = Date.UTC(2026, 6, 21, 9, 30) * 1000;
    const cases = [
      ["Asia/Seoul", "21 18:30", "21 18:30", "21T18:30:00.000000+09:00"],
      ["Europe/Paris", "21 10:30", "21 11:30", "21T10:30:00.000000+01:00"],
      [
        "America/St_Johns",
        "21 06:00",
        "21 07:00",
        "21T06:00:00.000000-03:30",
      ],
      ["UTC", "21 09:30", "21 09:30", "21T09:30:00.000000+00:00"],
    ];
    for (const [zone, inWinter, inSummer, inRfc3339] of cases) {
      const program = `
        import { parseTime, timeFormatter } from "${
        import.meta.resolve("./local_time.ts")
      }";
        const local = timeFormatter("local");
        const texts = [local(${winter}), local(${summer})];
        texts.push(timeFormatter("rfc3339")(${winter}));
        texts.push("2026-11-21T09:30:00Z", "2026-11-21T09:30:00-03:30");
        const times = texts.map((text) => parseTime(text)?.getTime());
        console.log(JSON.stringify({ texts, times }));
      `;
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["eval", "--no-config", "--no-lock", program],
        env: { TZ: zone! },
        stderr: "inherit",
      }).output();
      const { texts, times } = JSON.parse(new TextDecoder().decode(stdout));
      assertEquals(texts.slice(0, 3), [
        `2026-11-${inWinter}:00.000000`,
        `2026-07-${inSummer}:00.000000`,
        `2026-11-${inRfc3339}`,
      ]);
      const utc = winter / 1000;
      assertEquals(times, [utc, summer / 1000, utc, utc, utc + 12_600_000]);
    }
  },
});

/** The same by other means: `2026-11-21T09:30:00.123456+09:00`. */
function zoned(microseconds: number, separator: string): string {
  return Temporal.Instant
    .fromEpochNanoseconds(BigInt(microseconds) * 1000n)
    .toZonedDateTimeISO(ZONE)
    .toString({ fractionalSecondDigits: 6, timeZoneName: "never" })
    .replace("T", separator);
}
