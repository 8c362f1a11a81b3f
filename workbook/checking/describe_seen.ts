import { describePacket } from "../../lib/client/describe_packet.ts";
import { printable } from "../../lib/printable.ts";
import { withoutFlags, withoutFolder } from "./finding.ts";
import type { RecordedPacket } from "./recording_broker.ts";
import type { StudentProgram } from "./student_program.ts";

/**
 * Says what was seen of programs: what they printed, how they ended, and their
 * packets.
 *
 * @returns Several lines, to follow "Seen:".
 */
export function describeSeen(
  programs: readonly Pick<
    StudentProgram,
    "code" | "folder" | "stdout" | "stderr"
  >[],
  packets: readonly RecordedPacket[],
): string {
  const parts = programs.map((program) => {
    const end = program.code === undefined
      ? "still runs"
      : `ended with exit code ${program.code}`;
    return `The program ${end}. It printed:\n${indent(program.stdout)}` +
      (program.stderr.trim() === ""
        ? ""
        : `\nand on standard error:\n${
          indent(withoutFolder(program.stderr, program.folder))
        }`);
  });
  const lines = packets.map(({ from, packet }) => {
    const payload = packet.cmd === "publish"
      ? ` "${printable(String(packet.payload))}"`
      : "";
    const arrow = from === "program" ? "→" : "←";
    return `${arrow} ${describePacket(packet)}${payload}`;
  });
  parts.push(`Packets (→ from the program):\n${indent(lines.join("\n"))}`);
  return parts.join("\n");
}

const MOST_LINES = 12;

/** The last lines of a text, indented; `(nothing)` if there is none. */
function indent(text: string): string {
  const lines = withoutFlags(text).replace(/\n$/, "").split(/\r?\n/);
  if (lines.join("") === "") return "    (nothing)";
  const shown = lines.slice(-MOST_LINES);
  if (shown.length < lines.length) {
    shown.unshift(`… ${lines.length - shown.length} lines before`);
  }
  return shown.map((line) => `    ${line.slice(0, 160)}`).join("\n");
}
