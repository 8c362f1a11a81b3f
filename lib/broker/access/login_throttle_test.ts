import { assert, assertEquals } from "@std/assert";
import { type Login, LoginThrottle } from "./login_throttle.ts";

/** A throttle whose time passes when someone waits. */
function createThrottle() {
  let time = 0;
  const waits: number[] = [];
  const lines: string[] = [];
  const throttle = new LoginThrottle({
    log: (line) => lines.push(line),
    now: () => time,
    wait: (milliseconds) => {
      waits.push(milliseconds);
      time += milliseconds;
      return Promise.resolve();
    },
  });
  return {
    throttle,
    lines,
    pass: (milliseconds: number) => time += milliseconds,
    /** How long a login waits that ends well, or not. */
    async waitOf(
      user: string,
      address: string,
      isRight = false,
    ): Promise<number> {
      waits.length = 0;
      const check = () => Promise.resolve(isRight);
      assertEquals(await throttle.judge(login(user, address), check), isRight);
      return waits.reduce((sum, wait) => sum + wait, 0);
    },
  };
}

function login(user: string, address: string, isGone = () => false): Login {
  return { user, address, isGone };
}

Deno.test("LoginThrottle slows an address down, whichever users it tries", async () => {
  const { waitOf, lines } = createThrottle();
  const waits = [];
  for (let attempt = 0; attempt < 10; attempt++) {
    waits.push(await waitOf(`user${attempt}`, "10.0.0.1"));
  }
  assertEquals(waits, [0, 0, 0, 250, 500, 1000, 2000, 4000, 5000, 5000]);
  // A right password mustn't be told by a quick answer.
  assertEquals(await waitOf("ann", "10.0.0.1", true), 5000);
  assertEquals(await waitOf("ann", "10.0.0.2", true), 0);
  assertEquals(
    lines[0],
    'Login as "user3" from 10.0.0.1 waits 0.25 s: too many wrong passwords',
  );
});

Deno.test("LoginThrottle slows down guesses of one user from everywhere, but not much", async () => {
  const { waitOf } = createThrottle();
  const waits = [];
  for (let attempt = 0; attempt < 8; attempt++) {
    waits.push(await waitOf("ann", `10.0.0.${attempt}`));
  }
  assertEquals(waits, [0, 0, 0, 250, 500, 1000, 1000, 1000]);
  assertEquals(await waitOf("ann", "10.0.1.1", true), 1000);
  // It was right: nobody has to wait for the mistakes of others any longer.
  assertEquals(await waitOf("ann", "10.0.1.2", true), 0);
});

Deno.test("LoginThrottle spares a user where they have been let in before", async () => {
  const { waitOf } = createThrottle();
  assertEquals(await waitOf("ann", "10.0.0.1", true), 0);
  for (let attempt = 0; attempt < 8; attempt++) {
    await waitOf("bob", "10.0.0.1");
    await waitOf("ann", `10.0.1.${attempt}`);
  }
  assertEquals(await waitOf("ann", "10.0.0.1", true), 0);
  // Except for their own mistakes there.
  for (let attempt = 0; attempt < 8; attempt++) {
    await waitOf("ann", "10.0.0.1");
  }
  assertEquals(await waitOf("ann", "10.0.0.1", true), 5000);
  assertEquals(await waitOf("ann", "10.0.0.1", true), 0);
});

Deno.test("LoginThrottle forgets, and takes a network for one address", async () => {
  const { waitOf, pass } = createThrottle();
  for (let host = 0; host < 4; host++) {
    await waitOf(`a${host}`, `2001:db8::1:${host}:0:${host}`);
    await waitOf(`b${host}`, "::ffff:10.0.0.1");
  }
  assertEquals(await waitOf("ann", "2001:db8:0:0:1::", true), 500);
  assertEquals(await waitOf("bob", "10.0.0.1", true), 500);
  assertEquals(await waitOf("carl", "2001:db8:0:1::1", true), 0);
  assertEquals(await waitOf("dora", "::1", true), 0);
  pass(10 * 60_000 + 1);
  assertEquals(await waitOf("emil", "10.0.0.1"), 0);
  assertEquals(await waitOf("emil", "10.0.0.1"), 0);
});

Deno.test("LoginThrottle checks one login of an address at a time, and others meanwhile", async () => {
  const { throttle } = createThrottle();
  const order: string[] = [];
  const first = Promise.withResolvers<boolean>();
  const started = Promise.withResolvers<void>();
  const answers = [
    throttle.judge(login("ann", "10.0.0.1"), () => {
      started.resolve();
      return first.promise;
    }),
    throttle.judge(login("bob", "10.0.0.1"), () => {
      order.push("bob");
      return Promise.resolve(true);
    }),
  ];
  await started.promise;
  const other = throttle.judge(login("carl", "10.0.0.2"), () => {
    order.push("carl");
    return Promise.resolve(true);
  });
  assertEquals([await other, ...order], [true, "carl"]);
  first.resolve(false);
  assertEquals(await Promise.all(answers), [false, true]);
  assertEquals(order, ["carl", "bob"]);
});

Deno.test("LoginThrottle neither waits for nor checks who has gone", async () => {
  const { throttle, waitOf } = createThrottle();
  for (let attempt = 0; attempt < 9; attempt++) await waitOf("ann", "10.0.0.1");
  const gone = login("ann", "10.0.0.1", () => true);
  const isRight = await throttle.judge(gone, () => {
    throw new Error("Checked");
  });
  assertEquals(isRight, false);
});

Deno.test("LoginThrottle.close() ends all waits", async () => {
  const throttle = new LoginThrottle({ log: () => {} });
  const check = () => Promise.resolve(false);
  const judge = () => throttle.judge(login("ann", "10.0.0.1"), check);
  for (let attempt = 0; attempt < 3; attempt++) await judge();
  const waiting = [judge(), judge(), judge()];
  const start = performance.now();
  await throttle.close();
  assertEquals(await Promise.all(waiting), [false, false, false]);
  // Otherwise they'd wait for 250, 500 and 1,000 ms, one after the other.
  assert(performance.now() - start < 1_000);
});

Deno.test("LoginThrottle remembers no more than it can hold", async () => {
  const { throttle } = createThrottle();
  for (let attempt = 0; attempt < 24_000; attempt++) {
    const address = `10.${attempt >> 16}.${(attempt >> 8) & 255}.${
      attempt & 255
    }`;
    const someone = login("x".repeat(attempt % 100) + attempt, address);
    await throttle.judge(someone, () => Promise.resolve(attempt % 2 === 0));
  }
  assertEquals(throttle.size, 20_000);
});
