import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { parse, stringify } from "@std/csv";

Deno.test("stringify() ends each row with CRLF", () => {
  strictEqual(stringify([["a", 1], ["b", 2.5]]), "a,1\r\nb,2.5\r\n");
  strictEqual(stringify([]), "");
  strictEqual(stringify([[]]), "\r\n");
});

Deno.test("stringify() quotes what would be misread, and nothing else", () => {
  const fields = ["a,b", 'say "hi"', "two\nlines", " space ", "é", "", "\r"];
  strictEqual(
    stringify([fields]),
    '"a,b","say ""hi""","two\nlines", space ,é,,\r\r\n',
  );
});

Deno.test("stringify() writes each type of value as a text", () => {
  const fields = [true, false, null, undefined, 10n, -0, NaN, { a: 1 }, [1]];
  strictEqual(
    stringify([fields]),
    'true,false,,,10,0,NaN,"{""a"":1}",[1]\r\n',
  );
});

Deno.test("stringify() writes objects by columns, with headers", () => {
  const data = [{ name: "temp", range: { low: 3 } }, { name: "humi" }];
  strictEqual(
    stringify(data, { columns: ["name", ["range", "low"]] }),
    "name,low\r\ntemp,3\r\nhumi,\r\n",
  );
  const columns = [{ prop: "name", header: "Sensor, or room" }];
  strictEqual(
    stringify(data, { columns }),
    '"Sensor, or room"\r\ntemp\r\nhumi\r\n',
  );
  strictEqual(
    stringify(data, { columns: ["name"], headers: false }),
    "temp\r\nhumi\r\n",
  );
  strictEqual(stringify([["a", "b"]], { columns: [1] }), "1\r\nb\r\n");
});

Deno.test("stringify() takes another separator and a byte-order mark", () => {
  strictEqual(stringify([["a;b", "c,d"]], { separator: ";" }), '"a;b";c,d\r\n');
  strictEqual(stringify([["a"]], { bom: true }), "\ufeffa\r\n");
});

Deno.test("stringify() refuses what it can't write", () => {
  throws(() => stringify([["a"]], { separator: '"' }), TypeError);
  throws(() => stringify([["a"]], { separator: "\r\n" }), TypeError);
  throws(() => stringify([{ a: 1 }]), TypeError);
  throws(() => stringify([["a"]], { columns: ["a"] }), TypeError);
});

Deno.test("parse() reads LF, CRLF, quotes and a byte-order mark", () => {
  const rows = [["a", "1"], ["b", "2"]];
  deepStrictEqual(parse("a,1\nb,2"), rows);
  deepStrictEqual(parse("a,1\r\nb,2\r\n"), rows);
  deepStrictEqual(parse("\ufeffa,1\nb,2\n"), rows);
  deepStrictEqual(
    parse('"a,b","say ""hi""","two\r\nlines", x ,\n'),
    [["a,b", 'say "hi"', "two\nlines", " x ", ""]],
  );
});

Deno.test("parse() leaves blank lines out, and no others", () => {
  deepStrictEqual(parse(""), []);
  deepStrictEqual(parse('\na\n\r\n""\n \n#b\n\n'), [["a"], [""], [" "], [
    "#b",
  ]]);
});

Deno.test("parse() reads rows of any length unless told otherwise", () => {
  deepStrictEqual(parse("a\nb,c\n"), [["a"], ["b", "c"]]);
  deepStrictEqual(parse("a\n,c", { fieldsPerRecord: -1 }), [["a"], ["", "c"]]);
  throws(() => parse("a,b\n\nc", { fieldsPerRecord: 2 }), {
    name: "SyntaxError",
    message: "Syntax error on line 3: expected 2 fields but got 1",
  });
  throws(() => parse("a,b\nc", { fieldsPerRecord: 0 }), {
    name: "SyntaxError",
    message: "Syntax error on line 2: expected 2 fields but got 1",
  });
});

Deno.test("parse() names the columns by the first row or by option", () => {
  const text = "time,value\n1,2\n3,4\n";
  const byFirstRow: Record<string, string>[] = parse(text, {
    skipFirstRow: true,
  });
  deepStrictEqual(byFirstRow, [{ time: "1", value: "2" }, {
    time: "3",
    value: "4",
  }]);
  const byOption: Record<"t" | "v", string>[] = parse(text, {
    skipFirstRow: true,
    columns: ["t", "v"],
  });
  deepStrictEqual(byOption, [{ t: "1", v: "2" }, { t: "3", v: "4" }]);
  const plain: string[][] = parse(text, { separator: ";" });
  deepStrictEqual(plain, [["time,value"], ["1,2"], ["3,4"]]);
});

Deno.test("parse() refuses a row that doesn't fit the columns", () => {
  throws(() => parse("a,b\n1", { skipFirstRow: true }), {
    name: "Error",
    message:
      "Syntax error on line 2: The record has 1 fields, but the header has 2 fields",
  });
  throws(() => parse("", { skipFirstRow: true }), {
    name: "TypeError",
    message: "Cannot parse input: headers must be defined",
  });
});

Deno.test("parse() says on which line a quotation mark is out of place", () => {
  const bare = 'bare " in non-quoted-field';
  const extraneous = 'extraneous or missing " in quoted-field';
  const cases: [text: string, line: number, complaint: string][] = [
    ['a"b', 1, bare],
    ['ok\n\na"b\n', 3, bare],
    ['"a"b,c', 1, extraneous],
    ['ok\n"never closed\n', 2, extraneous],
  ];
  for (const [text, line, complaint] of cases) {
    throws(() => parse(text), (error) => {
      strictEqual(error instanceof SyntaxError, true);
      const { message } = error as SyntaxError;
      strictEqual(message.startsWith(`Syntax error on line ${line}`), true);
      strictEqual(message.endsWith(complaint), true, message);
      return true;
    });
  }
});
