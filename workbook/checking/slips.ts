/**
 * Slips that one sees in the text of a program, and which no error tells of.
 * They are guesses: only a program that fails a check is looked at.
 *
 * @module
 */

/** Texts in the code of a program. */
const TEXTS = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;

/** Functions whose promise has to be awaited. */
const AWAITED =
  "subscribe|connect|publishOnce|publishMany|Button\\.open|LightSensor\\.open";

/**
 * Finds a slip in the code of a program: without its comments and texts, and
 * without its comments alone.
 */
type Find = (code: string, withTexts: string) => SlipAt | undefined;

/** Where a slip is, and what it is. */
interface SlipAt {
  at: number;
  words: string;
}

/** Reads nothing, in a program whose input is no terminal, and stops all else. */
export const readsWithPrompt: Find = (code) =>
  at(
    code,
    /\bprompt\(/,
    () =>
      "prompt() stops all else while it waits, and reads nothing where there is " +
      "no terminal: readLines() gives each line that is typed",
  );

/** Python, in a file that must be TypeScript. */
export const isPython: Find = (code) =>
  at(
    code,
    /^[ \t]*(?:import [\w.]+(?: as \w+)?[ \t]*$|from [\w.]+ import |def \w+\(.*\):|(?:if|while|for|else|try|except|class)\b[^{}]*:[ \t]*$|print\()/m,
    () =>
      "This is Python, and the file must be TypeScript: a program in Python " +
      'is checked with --command "python3 FILE.py"',
  );

/** A loop that never lets anything else happen. */
export const loopsWithoutAwait: Find = (code) =>
  findLoop(code, (body) => !/\b(?:await|break|return)\b/.test(body));

/** A loop that does nothing until something else happens, which it prevents. */
export const loopsOverNothing: Find = (code) =>
  findLoop(code, (body) => /^[{}\s]*$/.test(body));

function findLoop(
  code: string,
  isWrong: (body: string) => boolean,
): SlipAt | undefined {
  const loops = code.matchAll(
    /\bwhile\s*\(|\bfor\s*\((?=[^;()]*;\s*;)/g,
  );
  for (const loop of loops) {
    const open = loop.index + loop[0].length - 1;
    const start = open + block(code, open).length;
    const body = /^\s*\{/.test(code.slice(start))
      ? block(code, code.indexOf("{", start))
      : code.slice(start).split(/[;\n]/, 1)[0]!;
    if (!isWrong(body)) continue;
    return {
      at: loop.index,
      words:
        "The loop waits for nothing: while it runs, no message comes and " +
        "none leaves. It needs an await in it",
    };
  }
}

/** A promise that nobody waits for. */
export const forgetsAwait: Find = (code) => {
  const calls = code.matchAll(
    new RegExp(`(?:^|[;{}]|[^=]=)[ \\t\\n]*(${AWAITED})\\(`, "gm"),
  );
  for (const call of calls) {
    const open = call.index + call[0].length - 1;
    const rest = code.slice(open + block(code, open).length);
    if (/^\s*\.(?:then|catch|finally)\b/.test(rest)) continue;
    return {
      at: open,
      words: `An await is missing before ${call[1]}(…): the program goes on ` +
        "before that is done",
    };
  }
};

/** What a program does, other than to tidy up. */
const WORK = /\b(?:publish\w*|connect|subscribe|readLines|setInterval)\(/;

/** Code that waits behind a `subscribe` that never comes back. */
export const waitsForEver: Find = (code) => {
  for (const call of code.matchAll(/\bawait\s+subscribe\(/g)) {
    const open = call.index + call[0].length - 1;
    const inside = block(code, open);
    const forever = topLevelArguments(inside.slice(1, -1))[3] ?? "true";
    const rest = code.slice(open + inside.length).replace(/^[\s;]+/, "");
    if (forever !== "true" || !WORK.test(rest)) continue;
    return {
      at: open,
      words:
        "subscribe(…) with true, or without a fourth argument, comes back " +
        "only when the program ends: what follows it is too late. With false " +
        "as its fourth argument, the program goes on",
    };
  }
};

/** A handler that gives back a function, and never calls it. */
export const callsNothing: Find = (code) =>
  at(
    code,
    /\([^()]*\)\s*=>\s*(onMessage|handle\w*|printMessage)\b(?!\s*[(.])/,
    ([, name]) =>
      `"=> ${name}" doesn't call ${name}: give ${name} itself, or write ` +
      `(message) => ${name}(message)`,
  );

/** An address that a program names itself. */
export const namesAddress: Find = (_code, withTexts) =>
  at(
    withTexts,
    /(["'`])(?:mqtts?|wss?|tcp):\/\/[^"'`]*\1|(?<=\b(?:connect(?:Async)?|subscribe|messages|publish(?:Once|Many))\(\s*)(["'`])[\w.:-]+\2/,
    ([text]) =>
      `The broker's address is written into the program, as ${text}: the ` +
      "check has a broker of its own, and brokerUrl() names it",
  );

/** An end that doesn't wait for what is under way. */
export const callsExit: Find = (code) =>
  at(
    code,
    /\b(?:Deno|process)\.exit\(/,
    () => "Deno.exit() ends it, and what is still under way is lost",
  );

/** A message that is still under way when the program ends itself. */
export const exitsAfterPublish: Find = (code) => {
  const calls = code.matchAll(
    /(?<!\bawait\s+[\w.]*)\bpublish(?:Async)?\(|\.publish\(/g,
  );
  for (const call of calls) {
    const open = call.index + call[0].length - 1;
    const end = open + block(code, open).length;
    const exit = /^\s*;?\s*(?:Deno|process)\.exit\(/.exec(code.slice(end));
    if (exit === null) continue;
    return {
      at: end + exit[0].search(/Deno|process/),
      words:
        "Deno.exit() comes right after publish, and the message is still " +
        "under way: await publishAsync(…) waits until it has left",
    };
  }
};

/** A function that does the work, and that nobody calls. */
export const neverCalls: Find = (code) => {
  const functions = code.matchAll(
    /\bfunction\s+(\w+)\s*\(|\b(?:const|let)\s+(\w+)\s*=\s*(?:async\s*)?\([^()]*\)\s*=>/g,
  );
  for (const one of functions) {
    const name = one[1] ?? one[2]!;
    if (code.split(new RegExp(`\\b${name}\\b`)).length > 2) continue;
    const open = code.indexOf("{", one.index + one[0].length);
    if (!/\b(?:connect\w*|subscribe|messages)\(/.test(block(code, open))) {
      continue;
    }
    return { at: one.index, words: `nothing calls ${name}()` };
  }
};

/** A placeholder in a text that has none. */
export const quotesPlaceholder: Find = (_code, withTexts) => {
  for (const { 0: text, index } of withTexts.matchAll(TEXTS)) {
    if (text.startsWith("`") || !/\$\{[^}]+\}/.test(text)) continue;
    return {
      at: index,
      words:
        "${…} is replaced between backticks only, as in `Hello ${name}`, " +
        "and stands in quotes here",
    };
  }
};

/**
 * Looks for slips.
 *
 * @param finds What to look for, the most telling first.
 * @returns What was found first, with its line; nothing if there is none.
 */
export function findSlip(
  source: string,
  finds: readonly Find[],
): { words: string; line: number } | undefined {
  const withTexts = withoutComments(source.replaceAll("\r\n", "\n"));
  const code = withoutTexts(withTexts);
  for (const find of finds) {
    const slip = find(code, withTexts);
    if (slip === undefined) continue;
    const line = code.slice(0, slip.at).split("\n").length;
    return { words: slip.words, line };
  }
}

function at(
  code: string,
  pattern: RegExp,
  words: (match: RegExpExecArray) => string,
): SlipAt | undefined {
  const match = pattern.exec(code);
  return match === null ? undefined : { at: match.index, words: words(match) };
}

/** The code with blanks for its comments, so that all stays where it is. */
function withoutComments(source: string): string {
  return source.replaceAll(
    new RegExp(`(${TEXTS.source})|//.*|/\\*[^]*?\\*/`, "g"),
    (all, text) => text ?? all.replaceAll(/[^\n]/g, " "),
  );
}

/** The code with blanks in its texts, but for those with code in them. */
function withoutTexts(code: string): string {
  return code.replaceAll(
    TEXTS,
    (text) =>
      text.startsWith("`") && text.includes("${")
        ? text
        : text[0] + text.slice(1, -1).replaceAll(/[^\n]/g, " ") + text[0],
  );
}

const PAIRS: Record<string, string> = { "(": ")", "[": "]", "{": "}" };

/** From an opening bracket to the one that closes it, both included. */
function block(code: string, open: number): string {
  let depth = 0;
  for (let index = open; index < code.length; index++) {
    const character = code[index]!;
    if (Object.hasOwn(PAIRS, character)) depth++;
    else if (Object.values(PAIRS).includes(character)) depth--;
    if (depth === 0) return code.slice(open, index + 1);
  }
  return code.slice(open);
}

/** The arguments of a call, as they are written. */
function topLevelArguments(inside: string): string[] {
  const found = [""];
  for (let index = 0; index < inside.length; index++) {
    const character = inside[index]!;
    if (character === ",") found.push("");
    else if (Object.hasOwn(PAIRS, character)) {
      const whole = block(inside, index);
      found[found.length - 1] += whole;
      index += whole.length - 1;
    } else found[found.length - 1] += character;
  }
  return found.map((argument) => argument.trim()).filter((one) => one !== "");
}
