import type { Mistakes } from "../../workbook/checking/mistake.ts";

/** Typical wrong answers to exercise 07. */
export const mistakes: Mistakes = {
  blocks_on_input: {
    breaks: "background",
    words: "Waits for the input in a way that stops all else",
    edits: [
      ["exitWithError, Menu }", "exitWithError }"],
      [
        "const menu = new Menu();\n" +
        "  for (const [name, key] of SENSORS) menu.add(name, () => printMean(name, key));\n" +
        '  menu.add("종료", menu.exit);\n' +
        "  await Promise.race([menu.run(), feed.client.refused]);",
        `const buffer = new Uint8Array(100);
  for (;;) {
    console.log("0)온도 1)습도 2)조도 3)미세먼지 4)종료");
    const length = Deno.stdin.readSync(buffer);
    if (length === null) break;
    const choice = new TextDecoder().decode(buffer.subarray(0, length));
    const [name, key] = SENSORS[Number(choice)] ?? [];
    if (name === undefined || key === undefined) break;
    printMean(name, key);
    // What has come meanwhile is taken now, after the answer.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }`,
      ],
    ],
  },
  canned: {
    breaks: "means",
    words: "Shows a menu and a mean, and listens to nobody",
    edits: [[
      'count === 0 ? "아직 측정값이 없습니다" : sum / count',
      "6.361138613737779",
    ]],
  },
  divides_by_zero: {
    breaks: "nothing-yet",
    words: "Divides 0 by 0, and prints NaN",
    edits: [['count === 0 ? "아직 측정값이 없습니다" : ', ""]],
  },
  empty_is_zero: {
    breaks: "bad-payload",
    words: 'Number("") is 0, and so an empty payload counts as one',
    edits: [[
      "message.number;",
      "Number(message.text);\n  if (isNaN(value)) return;",
    ]],
  },
  ends_at_text: {
    breaks: "bad-payload",
    words: "Ends at a payload that isn't a number",
    edits: [[
      "message.number;",
      "Number(message.text);\n" +
      '  if (message.text === "" || isNaN(value)) {\n' +
      '    console.error(`Payload is not a number: "${message.text}"`);\n' +
      "    Deno.exit(1);\n" +
      "  }",
    ]],
  },
  ignores_end: {
    breaks: "end-of-input",
    words: "No longer reads, but stays connected",
    edits: [
      [
        'menu.add("종료", menu.exit);',
        "const left = Promise.withResolvers<void>();\n" +
        '  menu.add("종료", left.resolve);\n' +
        "  menu.run();",
      ],
      ["[menu.run(), ", "[left.promise, "],
    ],
  },
  last_value: {
    breaks: "means",
    words: "Keeps the last value, and prints it as the mean",
    edits: [["sum += value", "sum = value"], ["count++", "count = 1"]],
  },
  leaves_silently: {
    breaks: "quit",
    words: "Ends without DISCONNECT",
    edits: [["menu.exit", "() => Deno.exit(0)"]],
  },
  mean_of_all: {
    breaks: "means",
    words: "Adds up the values of all sensors",
    edits: [[
      "total.sum += value;\n  total.count++;",
      "for (const each of totals.values()) {\n" +
      "    each.sum += value;\n" +
      "    each.count++;\n" +
      "  }",
    ]],
  },
  one_user: {
    breaks: "means",
    words: "Takes the values of one user only",
    edits: [[
      'message.topic.split("/").at(-1)!',
      'message.topic.replace("iot/user1/", "")',
    ]],
  },
};
