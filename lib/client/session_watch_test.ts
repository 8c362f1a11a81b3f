import { assertEquals } from "@std/assert";
import { parseAddresses } from "./address.ts";
import { SessionWatch } from "./session_watch.ts";

const [HERE, THERE] = parseAddresses("here,there");

/** Connects to a node, and says whether the session is surely the one that was. */
function connectTo(
  session: SessionWatch,
  address: typeof HERE | undefined,
  sessionPresent: boolean,
): boolean {
  session.noteConnect();
  const answer = { cmd: "connack", returnCode: 0, sessionPresent } as const;
  session.noteAnswer(answer, { address: address!, isClean: false });
  const { isKept } = session;
  session.stand(address!);
  return isKept;
}

Deno.test("SessionWatch goes on with a session that the nodes share", () => {
  const session = new SessionWatch();
  assertEquals(connectTo(session, HERE, false), false);
  assertEquals(connectTo(session, THERE, true), true);
  assertEquals(session.hasMoved, true);
  assertEquals(connectTo(session, HERE, true), true);
  assertEquals(connectTo(session, HERE, true), true);
  assertEquals(session.hasMoved, false);
});

Deno.test("SessionWatch doubts the old session of a node that stands alone", () => {
  const session = new SessionWatch();
  connectTo(session, HERE, false);
  assertEquals(connectTo(session, THERE, false), false);
  assertEquals(connectTo(session, HERE, true), false);
  assertEquals(session.isPresent, true);
  assertEquals(connectTo(session, HERE, true), true);
});

Deno.test("SessionWatch doubts a session that a lost answer may have made", () => {
  const session = new SessionWatch();
  connectTo(session, HERE, true);
  session.noteConnect();
  assertEquals(connectTo(session, HERE, true), false);
});
