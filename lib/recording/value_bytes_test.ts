import { assertEquals } from "@std/assert";
import { valueBytes } from "./value_bytes.ts";
import { Message } from "../message.ts";

function written(payload: string): string {
  return new TextDecoder().decode(valueBytes(Message.from("iot/x", payload)));
}

Deno.test("valueBytes() writes each number as JavaScript does", () => {
  const signs = ["", "-", "+"];
  const wholes = [
    "",
    "0",
    "00",
    "7",
    "10",
    "07",
    "123456789012",
    "1".repeat(15),
  ];
  const fractions = ["", ".", ".0", ".5", ".50", ".05", ".25"];
  for (const zeros of [4, 5, 6, 7, 12]) {
    fractions.push(`.${"0".repeat(zeros)}1`, `.${"0".repeat(zeros)}10`);
  }
  const exponents = ["", "e0", "e3", "E-9"];
  let count = 0;
  for (const sign of signs) {
    for (const whole of wholes) {
      for (const fraction of fractions) {
        if (whole === "" && !/\d/.test(fraction)) continue;
        for (const exponent of exponents) {
          const payload = sign + whole + fraction + exponent;
          const number = Number(payload);
          const expected = Object.is(number, -0) ? "-0" : String(number);
          // Whole numbers beyond 2^53 keep their digits.
          if (Math.abs(number) > Number.MAX_SAFE_INTEGER) continue;
          assertEquals(written(payload), expected, payload);
          count++;
        }
      }
    }
  }
  assertEquals(count > 1_000, true, `${count} numbers were tried`);
});

Deno.test("valueBytes() keeps all digits of a whole number beyond 2^53", () => {
  assertEquals(written("9007199254740993"), "9007199254740993");
  assertEquals(written("-9007199254740993.0"), "-9007199254740993");
  assertEquals(written("+009007199254740993"), "9007199254740993");
  assertEquals(written("1e21"), "1e+21");
});
