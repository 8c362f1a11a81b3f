import { assertEquals } from "@std/assert";
import {
  callsNothing,
  exitsAfterPublish,
  findSlip,
  forgetsAwait,
  isPython,
  loopsOverNothing,
  loopsWithoutAwait,
  namesAddress,
  neverCalls,
  quotesPlaceholder,
  readsWithPrompt,
  waitsForEver,
} from "./slips.ts";

const FINDS = {
  callsNothing,
  exitsAfterPublish,
  forgetsAwait,
  isPython,
  loopsOverNothing,
  loopsWithoutAwait,
  namesAddress,
  neverCalls,
  quotesPlaceholder,
  readsWithPrompt,
  waitsForEver,
};

/** Which slips a text has, and in which line. */
function slipsIn(text: string): Record<string, number> {
  const found = Object.entries(FINDS).flatMap(([name, find]) => {
    const slip = findSlip(text, [find]);
    return slip === undefined ? [] : [[name, slip.line] as const];
  });
  return Object.fromEntries(found);
}

Deno.test("findSlip() finds nothing in the solutions", () => {
  const solutions = new URL("../../solutions/", import.meta.url);
  for (const { name } of Deno.readDirSync(solutions)) {
    const folder = new URL(`${name}/`, solutions);
    if (!/^\d\d_/.test(name)) continue;
    for (const { name: file } of Deno.readDirSync(folder)) {
      if (!file.endsWith(".ts")) continue;
      const text = Deno.readTextFileSync(new URL(file, folder));
      // A loop that ends is none, and only a program that hangs is asked.
      const { loopsWithoutAwait: _, ...slips } = slipsIn(text);
      assertEquals(slips, {}, `${name}/${file}`);
    }
  }
});

Deno.test("findSlip() finds slips where they are, and not in comments", () => {
  const texts: [string, Record<string, number>][] = [
    ["\n\nsubscribe(brokerUrl(), TOPIC, print, false);", { forgetsAwait: 3 }],
    ["const client = connect(brokerUrl()).catch(exitWithError);", {}],
    ["// subscribe(brokerUrl());\n/* while (true) {} */", {}],
    ["while (true) { await pause(); }\nfor (;;) { break; }", {}],
    ["\nwhile (true) {\n  check({ a: 1 });\n}", { loopsWithoutAwait: 2 }],
    ["await subscribe(a, b, (m) => f(m, 1));\npublish();", { waitsForEver: 1 }],
    ["await subscribe(a, b, f, false);\npublish();", {}],
    ["await subscribe(a, b, f);\nclearInterval(timer);", {}],
    ["let a = 1;\nlet b = prompt('?');", { readsWithPrompt: 2 }],
    ["await subscribe(a, b, () => onMessage);", { callsNothing: 1 }],
    ["await subscribe(a, b, (m) => onMessage(m));", {}],
    ["await connect('mqtt://localhost');", { namesAddress: 1 }],
    ["await connect('broker.lan:1884');", { namesAddress: 1 }],
    ["const own = address ?? '127.0.0.1';\nlog('localhost');", {}],
    ["import mqtt\nprint(1)", { isPython: 1 }],
    ["const help = 'prompt() or while (true) {}';", {}],
    ["await subscribe(a, ')', f, false);\npublish();", {}],
    ["const a = `${prompt('?')}`;", { readsWithPrompt: 1 }],
    ["while (!done) {}", { loopsOverNothing: 1, loopsWithoutAwait: 1 }],
    ["client.publish(a, `b`);\n\nDeno.exit(0);", { exitsAfterPublish: 3 }],
    ["client.publishAsync(a, b); process.exit();", { exitsAfterPublish: 1 }],
    ["await client.publishAsync(a, b); Deno.exit();", {}],
    ["client.publish(a, b, () => { log(1); Deno.exit(); });", {}],
    ["async function main() {\n  await connect(a);\n}", { neverCalls: 1 }],
    ["const main = async () => {\n  await connect(a);\n};", { neverCalls: 1 }],
    ["function main() { connect2(); }\nmain();", {}],
    ["function pause() { return setTimeout; }", {}],
    ["\nconst text = '${name} connecté';", { quotesPlaceholder: 2 }],
    ['const text = `${f("a")} and ${f("b")}`;', {}],
  ];
  for (const [text, expected] of texts) {
    assertEquals(slipsIn(text), expected, text);
  }
});
