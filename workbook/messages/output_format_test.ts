import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import { Message } from "../../lib/mod.ts";
import { outputFormat } from "./output_format.ts";
import { UsageError } from "../options/program.ts";

const MESSAGE = Message.from("iot/user1/temp", "21.5", { qos: 1 });

function format(
  text: string,
  message: Message = MESSAGE,
  isTerminal = false,
): string {
  return Buffer.from(outputFormat(text, isTerminal)(message)).toString();
}

Deno.test("outputFormat() replaces each sequence", () => {
  assertEquals(
    format("%t %p %q %r %l %x %X %m %%|\\\\\\0\\a\\e\\n\\r\\t\\v|@@|é"),
    "iot/user1/temp 21.5 1 0 4 32312e35 32312E35 0 %|\\\0\x07\x1b\n\r\t\v|@|é",
  );
  assertEquals(format("[%A%C%D%E%F%P%R%S]"), "[]");
});

Deno.test("outputFormat() shows MQTT 5's properties", () => {
  const message = Message.from("x", "", {
    properties: {
      contentType: "text/plain",
      correlationData: Buffer.from("id 1"),
      messageExpiryInterval: 60,
      payloadFormatIndicator: true,
      responseTopic: "answers",
      userProperties: { unit: "°C", tag: ["a", "b"] },
    },
  });
  assertEquals(
    format("%C|%D|%E|%F|%P|%R", message),
    "text/plain|id 1|60|1|unit:°C tag:a tag:b|answers",
  );
});

Deno.test("outputFormat() fills a value up to its width, and cuts it", () => {
  assertEquals(
    format("%20t|%-20t|%.3t|%5.3t|%06l|%-06l|%010x|%6p|%3q|%06t|%2l"),
    "      iot/user1/temp|iot/user1/temp      |iot|  iot|000004|4     |0032312e35|  21.5|1|iot/user1/temp| 4",
  );
});

Deno.test("outputFormat() tells the time", () => {
  const second = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d";
  assertMatch(format("%I"), new RegExp(`^${second}[+-]\\d{4}$`));
  assertEquals(
    Math.abs(Number(format("%U")) * 1000 - Date.now()) < 60_000,
    true,
  );
  const times = "%I=@Y-@m-@dT@H:@M:@S@z %I=@FT@T@z %U=@s.@N @R=@H:@M";
  for (const pair of format(times).split(" ")) {
    const [one, other] = pair.split("=");
    assertEquals(one, other);
  }
});

Deno.test("outputFormat() writes JSON", () => {
  const { tst, ...rest } = JSON.parse(format("%j"));
  assertMatch(tst, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}[+-]\d{4}$/);
  assertEquals(rest, {
    topic: "iot/user1/temp",
    qos: 1,
    retain: 0,
    payloadlen: 4,
    mid: 0,
    payload: "21.5",
  });
  const number = Message.from("x", '{"id":\r\n 12345678901234567890}');
  assertMatch(
    format("%J", number),
    /"payload":\{"id": {2}12345678901234567890\}\}$/,
  );
  const empty = Message.from("x", "");
  for (const sequence of ["%j", "%J"]) {
    assertEquals(JSON.parse(format(sequence, empty)).payload, null);
  }
});

Deno.test("outputFormat() leaves bytes as they are, except for a terminal", () => {
  const bytes = Uint8Array.of(0x1b, 0xff, 0x0a);
  const text = "\x1b]0;x\x07\x9b2J\u2028\u202e";
  const message = Message.from(`a${text}`, bytes, {
    properties: { contentType: text, userProperties: { [text]: text } },
  });
  assertEquals(
    Buffer.from(outputFormat("\\e%p", false)(message)).toString("hex"),
    "1b1bff0a",
  );
  const shown = format("\\e[1m%t%p%C%P%D%R%j\\n", message, true);
  assertEquals(shown.startsWith("\x1b[1ma\\x1b]0;x"), true);
  assertEquals(shown.endsWith("\n"), true);
  assertEquals(/[\p{Cc}\u2028\u202e]/u.test(shown.slice(4, -1)), false);
});

Deno.test("outputFormat() names a sequence that it doesn't know", () => {
  for (const sequence of ["%k", "%T", "%", "%10", "@q", "@", "\\x", "\\"]) {
    assertThrows(
      () => outputFormat(`a ${sequence}`, false),
      UsageError,
      `Sequence "${sequence}" of -F is unknown`,
    );
  }
});
