import { assertEquals } from "@std/assert";
import type { TopicRule } from "../../broker.ts";
import { readRules, type Rights, rightsOf } from "./rules.ts";

function rights(rules: TopicRule[], user?: string, clientId = "c"): Rights {
  const entries = readRules(rules, () => true);
  return rightsOf(entries, { user, clientId });
}

Deno.test("rightsOf() forbids what no rule allows", () => {
  const rules = [
    { user: "ann", publish: ["iot/ann/#"], subscribe: ["#"] },
    { user: "bob", publish: ["iot/bob/+"] },
    { subscribe: ["iot/#", "news"] },
  ];
  const [ann, bob] = [rights(rules, "ann"), rights(rules, "bob")];
  assertEquals(ann.mayPublish("iot/ann/room/temp"), true);
  assertEquals(bob.mayPublish("iot/bob/room/temp"), false);
  assertEquals(bob.mayPublish("iot/bob/temp"), true);
  assertEquals(ann.mayPublish("iot/bob/temp"), false);
  assertEquals(ann.mayPublish("news"), false);
  assertEquals(ann.mayReceive("anything"), true);
  assertEquals(ann.mayReceive("$SYS/uptime"), false);
  assertEquals(bob.mayReceive("iot/ann/temp"), true);
  assertEquals(bob.mayReceive("secret"), false);
  assertEquals(rights([], "ann").mayPublish("iot"), false);
});

Deno.test("rightsOf() grants a filter that reaches something to read", () => {
  const { maySubscribe } = rights([{
    subscribe: ["iot/#", "news/+"],
    deny: ["iot/secret/#", "news/old"],
  }]);
  const cases = {
    "#": true,
    "+/ann": true,
    "iot/+/temp": true,
    "news/#": true,
    "news": false,
    "secret": false,
    "$SYS/#": false,
    "iot/secret": false,
    "iot/secret/+": false,
    "iot/+": true,
    "news/old": false,
    "+/old": true,
  };
  for (const [filter, expected] of Object.entries(cases)) {
    assertEquals(maySubscribe(filter), expected, filter);
  }
});

Deno.test("rightsOf() counts a user's rules before those for everyone, and denials first", () => {
  const rules = [
    { user: "ann", subscribe: ["iot/#"], deny: ["iot/ann/diary"] },
    { subscribe: ["news", "iot/ann/diary"], deny: ["iot/bob/#"] },
  ];
  const [ann, bob] = [rights(rules, "ann"), rights(rules, "bob")];
  assertEquals(ann.mayReceive("iot/ann/diary"), false);
  assertEquals(ann.mayReceive("iot/bob/x"), true);
  assertEquals(ann.maySubscribe("iot/bob/#"), true);
  assertEquals(bob.mayReceive("iot/bob/x"), false);
  assertEquals(bob.mayReceive("iot/ann/diary"), true);
  assertEquals(bob.maySubscribe("iot/bob/+"), false);
});

Deno.test("rightsOf() puts the user and the client id into patterns", () => {
  const rules = [{ publish: ["iot/%u/%c"], subscribe: ["to/x%c/#"] }];
  const { mayPublish, mayReceive } = rights(rules, "ann", "%u");
  assertEquals(mayPublish("iot/ann/%u"), true);
  assertEquals(mayPublish("iot/ann/ann"), false);
  assertEquals(mayPublish("iot/%u/%c"), false);
  assertEquals(mayReceive("to/x%u/a"), true);
  // Nobody has logged in.
  assertEquals(rights(rules).mayPublish("iot//c"), false);
  assertEquals(rights(rules).mayPublish("iot/undefined/c"), false);
});

Deno.test("rightsOf() lets no name widen a pattern", () => {
  const rules = [
    { publish: ["%c/#", "iot/%u/+"], deny: ["iot/x/%c"] },
    { subscribe: ["news"] },
  ];
  const allowed = (user: string, clientId: string, topics: string[]) => {
    const { mayPublish, mayReceive } = rights(rules, user, clientId);
    assertEquals(mayReceive("news"), true);
    return topics.filter((topic) => mayPublish(topic));
  };
  for (const name of ["+", "#", "a+", "+/#", "a/#"]) {
    const topics = ["a", "a+", "a/b", "iot/a/b", "iot/ann/b", "iot/c/d", "c/d"];
    assertEquals(allowed("ann", name, topics), [], name);
    assertEquals(allowed(name, "c", topics), [], name);
  }
  assertEquals(allowed("ann", "a/b", ["a/b", "a/b/c", "iot/ann/x"]), [
    "iot/ann/x",
  ]);
  assertEquals(allowed("x/y", "c", ["iot/x/y/z", "c/d"]), ["c/d"]);
  assertEquals(allowed("ann", "$SYS", ["$SYS/x", "$SYS"]), []);
  // What is denied stays so.
  assertEquals(allowed("x", "y", ["iot/x/y", "iot/x/z"]), ["iot/x/z"]);
});
