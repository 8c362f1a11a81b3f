import { assert, assertEquals } from "@std/assert";
import type { Verdict } from "./check_queue.ts";
import { type Login, LoginThrottle } from "./login_throttle.ts";
import { FakeClock } from "../../../testing/fake_clock.ts";
import { logged } from "../../../testing/test.ts";

const HASH = 150;

/** A login, right only if it says so. */
interface Attempt {
  isRight?: boolean;
  isKnown?: boolean;
  isGone?: () => boolean;
}

/** Who guesses from where, for how many milliseconds each time at most. */
interface Flood {
  address?: string;
  userOf?: () => string;
  patience?: number;
}

/** Who logs in from where. */
interface Logins {
  address?: string;
  userOf?: (index: number) => string;
}

/** Asserts that all are let in, and soon. */
function assertLetIn(outcomes: { verdict: Verdict; time: number }[]): void {
  for (const { verdict, time } of outcomes) {
    assertEquals(verdict, "right");
    assert(time < 2_000, `${time} ms`);
  }
}

/** A throttle with a clock of its own, and logins that tell how long they took. */
function createThrottle() {
  const clock = new FakeClock();
  const { lines, log } = logged();
  let chance = 0;
  const throttle = new LoginThrottle({
    log,
    limit: 1,
    now: clock.now,
    wait: clock.wait,
    // All parts of the range, one after the other.
    random: () => (chance += 0.618) % 1,
  });
  /** Tries a password. */
  async function attempt(
    user: string,
    address: string,
    { isRight = false, isKnown = false, isGone = () => false }: Attempt = {},
  ): Promise<{ verdict: Verdict; time: number }> {
    const start = clock.now();
    const check = async () => {
      await clock.wait(HASH);
      return isRight;
    };
    const login: Login = { user, address, isKnown, check, isGone };
    const verdict = await throttle.judge(login);
    return { verdict, time: clock.now() - start };
  }
  return {
    clock,
    throttle,
    lines,
    attempt,
    /** The same, with nothing else going on. */
    async alone(...args: Parameters<typeof attempt>) {
      const outcome = attempt(...args);
      await clock.pass(60_000);
      return await outcome;
    },
    /** Guesses in a loop from one address, over many connections. */
    flood(
      connections: number,
      { address = "10.0.0.1", userOf = () => "ann", patience = Infinity }:
        Flood = {},
    ): void {
      for (let index = 0; index < connections; index++) {
        (async () => {
          while (true) {
            let isGone = false;
            const judged = attempt(userOf(), address, { isGone: () => isGone });
            if (patience === Infinity) await judged;
            else await Promise.race([judged, clock.wait(patience)]);
            isGone = true;
            await clock.wait(1);
          }
        })();
      }
    },
    /** Logs in rightly each second for some time, as one user or as another each time. */
    async logins(
      count: number,
      { address = "10.0.0.1", userOf = () => "bob" }: Logins = {},
    ) {
      const outcomes: { verdict: Verdict; time: number }[] = [];
      const seen = new Set<string>();
      for (let index = 0; index < count; index++) {
        const user = userOf(index);
        const isKnown = seen.has(user);
        const done = attempt(user, address, { isRight: true, isKnown });
        done.then((outcome) => outcomes.push(outcome));
        seen.add(user);
        await clock.pass(1_000);
      }
      await clock.pass(2_000);
      assertEquals(outcomes.length, count);
      return outcomes;
    },
  };
}

Deno.test("LoginThrottle answers right passwords at once, and wrong ones later and later", async () => {
  const { alone, lines } = createThrottle();
  const times = [];
  for (let attempt = 0; attempt < 11; attempt++) {
    times.push((await alone(`user${attempt}`, "10.0.0.1")).time);
  }
  assertEquals(times.slice(0, 3), [500, 500, 500]);
  const longest = [1_000, 2_000, 4_000, 8_000, 16_000, 28_000, 28_000, 28_000];
  for (const [index, time] of times.slice(3).entries()) {
    const most = longest[index]!;
    assert(time >= most / 2 && time <= most, `${time} of ${most} ms`);
    assertEquals(time % 250, 0);
  }
  const right = { verdict: "right", time: HASH } as const;
  assertEquals(await alone("ann", "10.0.0.1", { isRight: true }), right);
  assertEquals(await alone("ann", "10.0.0.2", { isRight: true }), right);
  assertEquals((await alone("ann", "10.0.0.2")).time, 500);
  assertEquals(
    lines[0],
    'Login as "user3" from 10.0.0.1 is refused after up to 1 s: too many wrong passwords',
  );
});

Deno.test("LoginThrottle answers wrong passwords alike, whoever has logged in", async () => {
  const { alone } = createThrottle();
  for (const address of ["10.0.0.1", "10.0.0.2"]) {
    await alone("ann", address, { isRight: true });
    await alone("ann", address, { isRight: true, isKnown: true });
  }
  for (const [index, user] of ["ann", "nobody", "ann", "nobody"].entries()) {
    const address = `10.0.0.${1 + Math.floor(index / 2)}`;
    assertEquals(await alone(user, address), { verdict: "wrong", time: 500 });
  }
});

Deno.test("LoginThrottle lets a right user in within 2 s while forty connections guess from the same address", async () => {
  let name = 0;
  const names = ["ann", "bob", "carl", "dora"];
  const another = () => `user${name++}`;
  const anyOfThem = () => names[name++ % 4]!;
  for (const userOf of [() => "ann", () => "bob", another, anyOfThem]) {
    const { flood, logins, clock } = createThrottle();
    flood(40, { userOf });
    await clock.pass(300);
    assertLetIn(await logins(60));
  }
});

Deno.test("LoginThrottle lets new users in while forty connections guess from the same address", async () => {
  const { flood, logins, clock } = createThrottle();
  flood(40);
  await clock.pass(300);
  assertLetIn(await logins(60, { userOf: (index) => `new${index}` }));
});

Deno.test("LoginThrottle lets users in whose names a thousand connections leave alone", async () => {
  const { flood, logins, clock } = createThrottle();
  flood(1_000);
  await clock.pass(5_000);
  assertLetIn(await logins(10));
});

Deno.test("LoginThrottle answers everyone within 2 s, or late to a wrong password, whatever comes", async () => {
  const { flood, logins, clock } = createThrottle();
  flood(100, { patience: 200, userOf: () => "bob" });
  await clock.pass(5_000);
  for (const { verdict, time } of await logins(10)) {
    assert(verdict !== "wrong");
    assert(time < 2_000, `${time} ms`);
  }
});

Deno.test("LoginThrottle doesn't hold up a user who is attacked from elsewhere", async () => {
  const { flood, logins, clock, alone } = createThrottle();
  await alone("bob", "10.0.0.2", { isRight: true });
  const userOf = () => "bob";
  for (let host = 0; host < 5; host++) {
    flood(40, { address: `10.0.1.${host}`, userOf, patience: 500 });
  }
  await clock.pass(5_000);
  for (const address of ["10.0.0.2", "10.0.0.3"]) {
    assertLetIn(await logins(10, { address }));
  }
});

Deno.test("LoginThrottle is no quick test for passwords", async () => {
  const { attempt, clock } = createThrottle();
  // A right password that is known is answered in no time. Whoever hangs up
  // after that much has learnt that one was wrong, and so has used up a guess.
  let guesses = 0;
  const isGone = () => true;
  for (let index = 0; index < 3_000; index++) {
    const trial = attempt("bob", "10.0.0.1", { isRight: true, isKnown: true });
    let isQuick = false;
    trial.then(({ time }) => isQuick = time === 0);
    await clock.pass(0);
    if (isQuick) guesses++;
    attempt("bob", "10.0.0.1", { isGone });
    if (index % 100 === 99) await clock.pass(100);
  }
  assert(guesses >= 1_000 && guesses < 1_020, `${guesses} guesses`);
});

Deno.test("LoginThrottle forgets, and takes a network for one address", async () => {
  const { alone, clock } = createThrottle();
  for (let host = 0; host < 4; host++) {
    await alone(`a${host}`, `2001:db8::1:${host}:0:${host}`);
    await alone(`b${host}`, "::ffff:10.0.0.1");
  }
  const timeOf = async (address: string) => (await alone("x", address)).time;
  assert(await timeOf("2001:db8:0:0:1::") > 500);
  assert(await timeOf("10.0.0.1") > 500);
  assertEquals(await timeOf("2001:db8:0:1::1"), 500);
  assertEquals(await timeOf("::1"), 500);
  await clock.pass(10 * 60_000 + 1);
  assertEquals(await timeOf("10.0.0.1"), 500);
});

Deno.test("LoginThrottle neither checks nor keeps waiting who has gone", async () => {
  const { attempt, clock, lines } = createThrottle();
  const first = attempt("ann", "10.0.0.1");
  const gone = attempt("ann", "10.0.0.1", {
    isRight: true,
    isGone: () => true,
  });
  await clock.pass(HASH);
  assertEquals(await gone, { verdict: "unchecked", time: HASH });
  await clock.pass(500);
  assertEquals((await first).verdict, "wrong");
  assertEquals(lines, []);
});

Deno.test("LoginThrottle.close() ends all waits", async () => {
  const { attempt, clock, throttle } = createThrottle();
  const waiting = ["ann", "bob", "carl"].map((user) =>
    attempt(user, "10.0.0.1")
  );
  await clock.pass(HASH + 1);
  const closed = throttle.close();
  await clock.pass(HASH);
  await closed;
  assertEquals(
    (await Promise.all(waiting)).map(({ verdict }) => verdict).sort(),
    ["unchecked", "wrong", "wrong"],
  );
});
