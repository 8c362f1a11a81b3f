import { assertEquals } from "@std/assert";
import { parseAddresses } from "./address.ts";
import { AddressTurns } from "./address_turns.ts";

const LOGIN = "mqtt://info:s3cret@";

function turnsOf(hosts: string, random = 0): AddressTurns {
  return new AddressTurns(parseAddresses(LOGIN + hosts), () => random);
}

Deno.test("AddressTurns begins anywhere, and goes on in a circle", () => {
  for (const [random, order] of [[0, "abca"], [0.4, "bcab"], [0.99, "cabc"]]) {
    const turns = turnsOf("a,b,c", random as number);
    const seen = [...order as string].map(() => {
      const { hostname } = turns.current;
      turns.fail();
      return hostname;
    });
    assertEquals(seen.join(""), order);
  }
});

Deno.test("AddressTurns says when each address has had its turn", () => {
  const turns = turnsOf("a,b,c", 0.4);
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

Deno.test("AddressTurns goes where a node says, with the same login, and comes back", () => {
  const turns = turnsOf("a,b");
  assertEquals(turns.follow("c:2000 d", false), true);
  assertEquals(turns.current.url, `${LOGIN}c:2000`);
  assertEquals(turns.current.label, "c:2000");
  turns.fail();
  assertEquals(turns.current.hostname, "a");
});

Deno.test("AddressTurns forgets an address that has moved for good", () => {
  const turns = turnsOf("a,b");
  assertEquals(turns.follow("[::1]:2000", true), true);
  const seen = [1, 2, 3].map(() => {
    const { label } = turns.current;
    turns.fail();
    return label;
  });
  assertEquals(seen, ["[::1]:2000", "b:1883", "[::1]:2000"]);
});

Deno.test("AddressTurns follows nothing but a host and a port", () => {
  const turns = turnsOf("a");
  for (
    const reference of ["", " ", "x@c", "c,d", "c/d", "c:0", "c:70000", "c?d"]
  ) {
    assertEquals(turns.follow(reference, false), false, reference);
    assertEquals(turns.current.hostname, "a", reference);
  }
});
