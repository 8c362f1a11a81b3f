/**
 * Finds out why a program fails a check, from all that was seen of it.
 *
 * @module
 */
import { type Finding, type KnownMistake, quoteOf } from "./finding.ts";
import {
  findCrash,
  findHandlerFailure,
  findLoadError,
  subject,
} from "./last_words.ts";
import type { RecordingBroker } from "./recording_broker.ts";
import {
  callsExit,
  callsNothing,
  exitsAfterPublish,
  findSlip,
  forgetsAwait,
  loopsOverNothing,
  loopsWithoutAwait,
  namesAddress,
  neverCalls,
  quotesPlaceholder,
  readsWithPrompt,
  waitsForEver,
} from "./slips.ts";
import type { StudentProgram } from "./student_program.ts";

/** What was seen of programs. */
export interface Evidence {
  programs: readonly StudentProgram[];
  broker: Pick<RecordingBroker, "hasFlooded" | "packets" | "strangers">;
  /** Whether they need no broker. */
  isOffline: boolean;
  /** Whether they end by themselves, once they have done their work. */
  isOneShot: boolean;
}

type SlipFinders = Parameters<typeof findSlip>[1];

/** The exit code of what the system has ended. */
const KILLED = 137;

/** More characters than the words for a mistake have. */
const MOST_WORDS = 500;

/**
 * Finds out why a program fails: what it says itself goes before what a check
 * knows, and that before what its text makes one think.
 *
 * @param evidence What was seen.
 * @param mistakes Mistakes that the check knows, the most telling first.
 * @returns The cause; nothing if there is no telling.
 */
export function findCause(
  evidence: Evidence,
  mistakes: readonly KnownMistake[],
): Finding | undefined {
  const { isOffline, broker: { packets } } = evidence;
  const isFatal = !isOffline &&
    !packets.some(({ packet }) => packet.cmd === "connect");
  const found = findLoadErrors(evidence) ?? findFlood(evidence) ??
    findStrangers(evidence, isFatal) ?? findEnd(evidence, isFatal) ??
    first(evidence, findHandlerFailure) ??
    findText(evidence) ??
    slipIn(evidence, [readsWithPrompt, callsNothing]) ??
    known(mistakes) ?? first(evidence, findExit) ??
    first(evidence, findInterruption) ?? first(evidence, findBreak) ??
    findSilence(evidence, isFatal);
  return found && { isFatal, ...found };
}

function first(
  { programs }: Evidence,
  find: (program: StudentProgram) => Finding | undefined,
): Finding | undefined {
  return programs.map(find).find((finding) => finding !== undefined);
}

function findLoadErrors(evidence: Evidence): Finding | undefined {
  return first(evidence, findLoadError);
}

function findFlood(evidence: Evidence): Finding | undefined {
  const { programs, broker } = evidence;
  if (!broker.hasFlooded && !programs.some((one) => one.hasFlooded)) return;
  return slipIn(evidence, [readsWithPrompt, loopsWithoutAwait]) ?? {
    words: "It prints or sends without end: is there a loop that waits for " +
      "nothing?",
  };
}

function findStrangers(
  { broker: { strangers } }: Evidence,
  isFatal: boolean,
): Finding | undefined {
  if (!isFatal || strangers === 0) return undefined;
  return {
    words: "It connects without the user and the password of the check: are " +
      "they taken from MQTT_URL, too?",
  };
}

/** Tells why a program ended, if nothing has asked it to. */
function findEnd(evidence: Evidence, isFatal: boolean): Finding | undefined {
  if (evidence.isOneShot && !isFatal) return undefined;
  return first(evidence, (program) => {
    const { code, isToEnd, stderr, stdout } = program;
    if (code === undefined || isToEnd) return undefined;
    if (code === KILLED) {
      // Nothing in a loop says so, and the limit of its time ends it.
      const loop = slipIn({ programs: [program] }, [loopsWithoutAwait]);
      if (loop !== undefined) return loop;
    }
    if (code !== 0) return findCrash(program);
    const prompt = slipIn({ programs: [program] }, [readsWithPrompt]);
    if (prompt !== undefined) return prompt;
    const exit = slipIn(
      { programs: [program] },
      isFatal ? [callsExit, neverCalls] : [callsExit],
    );
    const when = isFatal
      ? "at once, before it connected to the broker"
      : "by itself, and should go on until Ctrl-C";
    const why = exit?.words ?? "nothing in it waits";
    const said = (stderr || stdout).trim();
    return {
      words: `${subject(program)} ended ${when}: ${why}`,
      quote: exit?.quote ??
        (said === ""
          ? ["(It printed nothing, and ended with exit code 0)"]
          : quoteOf(said.split(/\r?\n/))),
      place: exit?.place,
    };
  });
}

/**
 * Tells of a text that came out as nobody means it. How a program ends has nothing
 * to do with it.
 */
function findText(evidence: Evidence): Finding | undefined {
  const { programs, broker: { packets } } = evidence;
  if (programs.some(({ isToEnd }) => isToEnd)) return undefined;
  const texts = [
    ...programs.map(({ stdout }) => stdout),
    ...packets.map(({ from, packet }) =>
      from === "program" && packet.cmd === "publish" ? `${packet.payload}` : ""
    ),
  ];
  const seen = (text: string) => texts.some((one) => one.includes(text));
  if (seen("${")) return slipIn(evidence, [quotesPlaceholder]);
  if (seen("[object Promise]")) {
    return {
      words: '"[object Promise]" comes from an await that is missing: a text ' +
        "was made of the promise, and not of what it promises",
    };
  }
  if (seen("[object Object]")) {
    return {
      words: '"[object Object]" is what becomes of an object as text: one of ' +
        "its parts is meant, as message.text, or JSON.stringify(…)",
    };
  }
}

/** Tells of a program that has left before its message had. */
function findExit(program: StudentProgram): Finding | undefined {
  if (program.code === undefined || program.isKilled) return undefined;
  return slipIn({ programs: [program] }, [exitsAfterPublish]);
}

/** Tells why a program broke off, unless the check was the reason. */
function findBreak(program: StudentProgram): Finding | undefined {
  return program.isKilled ? undefined : findCrash(program);
}

/** Tells of a program that Ctrl-C has ended before it could tidy up. */
function findInterruption({ code, isToEnd }: StudentProgram) {
  if (!isToEnd || (code !== 130 && code !== 143)) return undefined;
  return {
    words: "Ctrl-C has ended it at once: nothing in it notices Ctrl-C, as " +
      "StopSignal does",
    isOfRequirement: true,
  };
}

/** Guesses why a program doesn't do what it should. */
function findSilence(
  evidence: Evidence,
  isFatal: boolean,
): Finding | undefined {
  if (!isFatal) {
    const runs = evidence.programs.some(({ code }) => code === undefined);
    return slipIn(
      evidence,
      runs ? [loopsOverNothing, waitsForEver] : [waitsForEver],
    );
  }
  return slipIn(evidence, [loopsWithoutAwait, forgetsAwait, namesAddress]) ?? {
    words: "It runs, and never connected to the broker of the check: does it " +
      "call connect or subscribe, with brokerUrl()?",
  };
}

function known(mistakes: readonly KnownMistake[]): Finding | undefined {
  const mistake = mistakes.find(({ when }) => when);
  return mistake &&
    { words: mistake.words.slice(0, MOST_WORDS), isOfRequirement: true };
}

/** A slip in the text of a program, with its line. */
function slipIn(
  { programs }: Pick<Evidence, "programs">,
  slips: SlipFinders,
): Finding | undefined {
  for (const { name, source } of programs) {
    const slip = findSlip(source, slips);
    if (slip === undefined) continue;
    const place = `${name}.ts:${slip.line}`;
    const line = source.split("\n")[slip.line - 1] ?? "";
    return {
      words: slip.words,
      quote: quoteOf([line.trim(), `    at ${place}`]),
      place,
    };
  }
}
