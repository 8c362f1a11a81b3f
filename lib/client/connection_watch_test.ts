import { assertEquals } from "@std/assert";
import { parseAddresses } from "./address.ts";
import { AddressTurns } from "./address_turns.ts";
import { SessionWatch } from "./session_watch.ts";

const LOGIN = "mqtt://info:s3cret@";

function turnsOf(hosts: string, random = () => 0): AddressTurns {
  return new AddressTurns(parseAddresses(LOGIN + hosts), random);
}

/** The addresses in the order in which they are tried, each attempt failing. */
function orderOf(turns: AddressTurns, count: number): string {
  return Array.from({ length: count }, () => {
    const { hostname } = turns.current;
    turns.fail();
    return hostname;
  }).join("");
}

Deno.test("AddressTurns tries each address once, and goes on in a circle", () => {
  const order = orderOf(turnsOf("a,b,c", Math.random), 6);
  assertEquals([...order.slice(0, 3)].sort().join(""), "abc");
  assertEquals(order.slice(3), order.slice(0, 3));
});

Deno.test("AddressTurns begins anywhere, and goes on anywhere", () => {
  const orders = new Set<string>();
  // By chance one of six is missing once in 10^15 times.
  for (let count = 0; count < 200; count++) {
    orders.add(orderOf(turnsOf("a,b,c", Math.random), 3));
  }
  assertEquals([...orders].sort(), ["abc", "acb", "bac", "bca", "cab", "cba"]);
});

Deno.test("AddressTurns says when each address has had its turn", () => {
  const turns = turnsOf("a,b,c");
  assertEquals([turns.fail(), turns.fail()], [false, false]);
  assertEquals(turns.hasMore, false);
  assertEquals([turns.fail(), turns.hasMore], [true, true]);
  turns.fail();
  turns.stand();
  assertEquals([turns.fail(), turns.fail(), turns.fail()], [
    false,
    false,
    true,
  ]);
});

Deno.test("AddressTurns goes where a node says, with the same login, and on to the next", () => {
  const turns = turnsOf("a,b");
  const other = turns.current.hostname === "a" ? "b" : "a";
  assertEquals(turns.follow("c:2000 d", false), true);
  assertEquals(turns.current.url, `${LOGIN}c:2000`);
  assertEquals(turns.current.label, "c:2000");
  turns.fail();
  assertEquals(turns.current.hostname, other);
});

for (const isForGood of [false, true]) {
  Deno.test(`AddressTurns leaves nodes that name each other${isForGood ? " for good" : ""}`, () => {
    const turns = turnsOf("a,b");
    const other = turns.current.hostname === "a" ? "b" : "a";
    for (let round = 0; round < 2; round++) {
      for (const name of ["c", "d", "c"]) {
        assertEquals(turns.follow(name, isForGood), true);
        assertEquals(turns.current.hostname, name);
        // A node may send a client on that it has let in.
        turns.stand();
      }
      assertEquals(turns.follow("d", isForGood), false);
      turns.fail();
      if (round === 0) assertEquals(turns.current.hostname, other);
    }
  });
}

Deno.test("AddressTurns goes on where nodes name each other, if it knows no others", () => {
  const turns = turnsOf("a");
  for (let count = 0; count < 100; count++) {
    const name = count % 2 ? "c" : "d";
    assertEquals(turns.follow(name, false), true);
    assertEquals(turns.current.hostname, name);
  }
});

Deno.test("AddressTurns forgets an address that has moved for good", () => {
  const turns = turnsOf("a,b");
  const left = turns.current.hostname === "a" ? "b" : "a";
  assertEquals(turns.follow("c", true), true);
  assertEquals(orderOf(turns, 3), `c${left}c`);
});

Deno.test("AddressTurns follows nothing but a host and a port", () => {
  const turns = turnsOf("a");
  for (
    const reference of [
      ...["", " ", "x@c", "c,d", "c/d", "c:0", "c:70000", "c?d"],
      ...["\x1b[31mc", "c\x07", "x".repeat(300)],
    ]
  ) {
    assertEquals(turns.follow(reference, false), false, reference);
    assertEquals(turns.current.hostname, "a", reference);
  }
});

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
