import { assertEquals, assertMatch } from "@std/assert";
import type { Packet } from "mqtt-packet";
import { type Evidence, findCause } from "./cause.ts";
import type { StudentProgram } from "./student_program.ts";

/** What is told of a program that has connected, and of what it sent. */
function causeOf(
  program: Partial<StudentProgram>,
  ...sent: Partial<Packet>[]
): string | undefined {
  const packets = [{ cmd: "connect" } as const, ...sent].map((packet) => ({
    from: "program" as const,
    connection: 0,
    packet: packet as Packet,
    at: 0,
  }));
  const common = { name: "main", source: "", folder: "/x", stdout: "" };
  const evidence: Evidence = {
    programs: [{ ...common, stderr: "", ...program } as StudentProgram],
    broker: { hasFlooded: false, strangers: 0, packets },
    isOffline: false,
    isOneShot: false,
  };
  return findCause(evidence, [])?.words;
}

Deno.test("findCause() blames no program that the check has killed", () => {
  const ended = { code: 137, isToEnd: true };
  assertEquals(causeOf({ ...ended, isKilled: true }), undefined);
  assertMatch(causeOf(ended)!, /broke off, with exit code 137/);
});

Deno.test("findCause() knows what isn't meant as a text", () => {
  const stdout = "Reçu: [object Object]\n";
  assertMatch(causeOf({ stdout })!, /message\.text/);
  const payload = "[object Promise]";
  assertMatch(causeOf({}, { cmd: "publish", payload })!, /await .* missing/);
  const source = 'console.log("Reçu: ${text}");';
  assertMatch(causeOf({ source, stdout: "Reçu: ${text}\n" })!, /backticks/);
  assertEquals(causeOf({ source }), undefined);
  // How it ends is another question.
  assertEquals(causeOf({ stdout, code: 0, isToEnd: true }), undefined);
});

Deno.test("findCause() takes no subscription that runs beside for a slip", () => {
  const source = "subscribe(brokerUrl(), TOPIC, onMessage);";
  assertEquals(causeOf({ source }), undefined);
});

Deno.test("findCause() tells of a loop only while the program is in it, or was ended there", () => {
  const source = "while (!isDone) {}";
  assertMatch(causeOf({ source })!, /loop waits for nothing/);
  assertMatch(causeOf({ source, code: 137 })!, /loop waits for nothing/);
  assertEquals(causeOf({ source, code: 0, isToEnd: true }), undefined);
});
