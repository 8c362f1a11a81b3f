/**
 * Programs that try to get at what isn't theirs, run as grading runs them.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { printableLines } from "../../lib/printable.ts";
import { inOwnProcess } from "../../testing/processes.ts";
import { runStranger } from "../../testing/run_stranger.ts";

/** Runs statements of which each must be denied, and gives those that aren't. */
async function notDenied(statements: Record<string, string>) {
  const tries = Object.entries(statements).map(([name, statement]) => `
    try {
      ${statement};
      console.log(${JSON.stringify(name)});
    } catch (error) {
      if (!/NotCapable|Requires|not found in cache|disk I\\/O/.test(String(error))) {
        console.log(${JSON.stringify(name)}, String(error));
      }
    }`);
  const { lines } = await runStranger(
    [...tries, 'console.log("end")'].join("\n"),
  );
  assertEquals(lines.pop(), "end");
  return lines;
}

const isWindows = Deno.build.os === "windows";
const path = (relative: string) =>
  JSON.stringify(fileURLToPath(new URL(relative, import.meta.url)));
const CHECK = path("../../checks/01_presence/check.ts");
const SOLUTION = path("../../solutions/01_presence/main.ts");
const LIB = path("../../lib/mod.ts");

Deno.test("A stranger's program reads nothing but its own folder", async () => {
  assertEquals(
    await notDenied({
      "a file": 'Deno.readTextFileSync("/etc/passwd")',
      "the checks": `Deno.readTextFileSync(${CHECK})`,
      "the solutions": `Deno.readTextFileSync(${SOLUTION})`,
      "a folder": 'Array.from(Deno.readDirSync(".."))',
      "a file that it imports later":
        `const name = ${CHECK}; await import("file://" + name)`,
      "a text that it imports later":
        'const file = "file:///etc/passwd"; await import(file, { with: { type: "text" } })',
      "a module of a module":
        'const code = `data:text/javascript,import "file:///etc/passwd"`; await import(code)',
      "a file by require":
        'const { createRequire } = await import("node:module"); createRequire(import.meta.url)("/etc/passwd")',
      "a database":
        'const { DatabaseSync } = await import("node:sqlite"); new DatabaseSync("/tmp/x.db")',
      "what runs": 'Deno.readTextFileSync("/proc/self/environ")',
    }),
    [],
  );
});

Deno.test("A stranger's program writes nothing, also not where Deno would without asking", async () => {
  assertEquals(
    await notDenied({
      "its own folder": 'Deno.writeTextFileSync("own.txt", "x")',
      "a temporary file": "Deno.makeTempFileSync()",
      "the toolkit": `Deno.writeTextFileSync(${LIB}, "x")`,
      "the toolkit by its link":
        'Deno.writeTextFileSync("../../lib/mod.ts", "x")',
      "a link": 'Deno.symlinkSync("/etc/passwd", "passwd")',
      "a heap snapshot":
        'const v8 = await import("node:v8"); v8.writeHeapSnapshot("/tmp/x.heapsnapshot")',
      "its own program": 'Deno.removeSync("main.ts")',
      ...isWindows ? {} : {
        "local storage": 'localStorage.setItem("a", "b")',
        "the cache":
          'await (await caches.open("a")).put("http://a/b", new Response("c"))',
      },
    }),
    [],
  );
});

Deno.test("A stranger's program starts nothing and ends nothing", async () => {
  assertEquals(
    await notDenied({
      "a process": "new Deno.Command(Deno.execPath()).outputSync()",
      "a shell":
        'const { spawnSync } = await import("node:child_process"); if (spawnSync("true").status !== 0) throw new Error("Requires run")',
      "a library": 'Deno.dlopen("libc.so.6", {})',
      "a signal": 'Deno.kill(Deno.ppid, "SIGTERM")',
    }),
    [],
  );
});

Deno.test("A stranger's program reaches no network but its broker", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  assertEquals(
    await notDenied({
      "another port":
        `await Deno.connect({ hostname: "127.0.0.1", port: ${port} })`,
      "another host": `await fetch("http://example.com/")`,
      "a server": "Deno.listen({ port: 0 })",
      "a name": 'await Deno.resolveDns("example.com", "A")',
      "a name by Node":
        'const { lookup } = await import("node:dns/promises"); await lookup("example.com").catch(({ code }) => { throw new Error(code === "EPERM" ? "Requires net" : code); })',
      "a socket in a file":
        'const { connect } = await import("node:net"); await new Promise((resolve, reject) => connect("/tmp/x.sock").on("connect", resolve).on("error", reject))',
    }),
    [],
  );
});

/** What would lead Deno, or what it starts with, elsewhere. */
const LEADING_VARIABLES = [
  ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"]
    .flatMap((name) => [name, name.toLowerCase()]),
  ...["NODE_EXTRA_CA_CERTS", "NODE_OPTIONS", "NODE_TLS_REJECT_UNAUTHORIZED"],
  ...["NODE_USE_ENV_PROXY", "NPM_CONFIG_REGISTRY", "npm_config_https_proxy"],
  ...["DENO_AUDIT_PERMISSIONS", "DENO_AUTH_TOKENS", "DENO_CERT", "DENO_DIR"],
  ...["DENO_TLS_CA_STORE", "JSR_URL", "OTEL_EXPORTER_OTLP_ENDPOINT"],
  ...["SSLKEYLOGFILE", "SSL_CERT_FILE", "LD_PRELOAD", "HOSTALIASES"],
];

Deno.test("A stranger's program goes through no proxy, whatever variable it sets", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const proxy = `"http://127.0.0.1:${port}"`;
  const address = '"://" + new URL(Deno.env.get("MQTT_URL")).host';
  const denied = Object.fromEntries(
    LEADING_VARIABLES.flatMap((name) => [
      [name, `Deno.env.set("${name}", ${proxy})`],
      [
        `${name} of Node`,
        `const { env } = await import("node:process"); env.${name} = ${proxy}`,
      ],
    ]),
  );
  const ways = {
    "fetch": `await fetch("http" + ${address})`,
    "a WebSocket": `await new Promise((resolve, reject) => {
      const socket = new WebSocket("ws" + ${address});
      socket.onopen = resolve;
      socket.onerror = ({ message }) => reject(message);
    })`,
    "a client":
      `const client = Deno.createHttpClient({ proxy: { url: ${proxy} } }); await fetch("http" + ${address}, { client })`,
  };
  const { lines } = await runStranger(
    Object.entries({ ...denied, ...ways }).map(([name, statement]) => `
      try {
        ${statement};
        console.log(${JSON.stringify(name)});
      } catch {}`).join("\n") + '\nconsole.log("end");',
  );
  assertEquals(lines, ["end"]);
  // Nobody has come before this one.
  using own = await Deno.connect({ hostname: "127.0.0.1", port });
  using first = await listener.accept();
  assertEquals(first.remoteAddr, own.localAddr);
});

Deno.test("A stranger's program knows no variables but those of the contract", async () => {
  const runner = import.meta.resolve("../../testing/run_stranger.ts");
  const program =
    "for (const name of Object.keys(Deno.env.toObject())) console.log(name);";
  const printed = await inOwnProcess(
    `import { runStranger } from ${JSON.stringify(runner)};
    Deno.env.set("NPM_CONFIG_REGISTRY", "https://ann:secret@127.0.0.1:1/");
    const { lines } = await runStranger(${JSON.stringify(program)});
    console.log(lines.join("\\n"));`,
    { WORKBOOK_TEST_TOKEN: "secret" },
  );
  const names = printed.split("\n");
  assert(names.includes("MQTT_URL"));
  const strange = names.filter((name) => /TOKEN|WORKBOOK|SSH|NPM/.test(name));
  assertEquals(strange, []);
});

const HANGS = {
  "loops without end": "for (;;) ;",
  "stops its thread":
    "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);",
  "ignores signals":
    'Deno.addSignalListener("SIGTERM", () => {}); setInterval(() => {}, 1000);',
};

for (const [what, text] of Object.entries(HANGS)) {
  Deno.test(`A stranger's program that ${what} is ended at the deadline`, async () => {
    const { outcome, seconds } = await runStranger(text, 1000);
    assertEquals(outcome.state, "failed");
    assert(seconds < 10, `It took ${seconds} s`);
  });
}

Deno.test("A stranger's program that floods its output is ended at once", async () => {
  for (const stream of ["log", "error"]) {
    const { outcome } = await runStranger(
      `for (;;) console.${stream}("x".repeat(1000));`,
      60_000,
    );
    assert(outcome.state === "passed" || outcome.report.includes("end"));
  }
});

Deno.test({
  name: "A stranger's program that takes all memory is ended",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const hoards = {
      heap: "const all = []; for (;;) all.push(new Array(1e5).fill({}));",
      bytes: "const all = []; for (;;) all.push(new Uint8Array(1e6).fill(1));",
      "shared bytes":
        "const all = []; for (;;) all.push(new Uint8Array(new SharedArrayBuffer(1e6)).fill(1));",
      "WebAssembly":
        "const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });" +
        "for (;;) { memory.grow(100); new Uint8Array(memory.buffer).fill(1); }",
      "bytes without end":
        "const all = []; for (;;) try { all.push(new Uint8Array(1e6).fill(1)); } catch {}",
      workers:
        'for (;;) new Worker("data:text/javascript,for(;;);", { type: "module" });',
      "raised heap": 'import v8 from "node:v8";' +
        'v8.setFlagsFromString("--max-old-space-size=9000");' +
        "const all = []; for (;;) all.push(new Array(1e5).fill({}));",
    };
    for (const [what, text] of Object.entries(hoards)) {
      const { outcome } = await runStranger(text, 60_000);
      assertEquals(outcome.state, "passed", `${what}: ${outcome.report}`);
    }
  },
});

Deno.test("A stranger's program that floods its broker is ended at once", async () => {
  const { outcome, seconds } = await runStranger(
    `
    const url = new URL(Deno.env.get("MQTT_URL"));
    const { hostname, port, username, password } = url;
    const socket = await Deno.connect({ hostname, port: Number(port) });
    const field = (text) => [0, text.length, ...new TextEncoder().encode(text)];
    const connect = [...field("MQTT"), 4, 0xc2, 0, 0]
      .concat(field("a"), field(username), field(password));
    await socket.write(new Uint8Array([0x10, connect.length, ...connect]));
    const ping = new Uint8Array(65_536).map((_, index) =>
      index % 2 === 0 ? 0xc0 : 0
    );
    try {
      for (;;) await socket.write(ping);
    } catch {
      setInterval(() => {}, 1000);
    }`,
    60_000,
  );
  assertEquals(outcome.state, "failed");
  assertStringIncludes(outcome.report, "sends without end");
  assert(seconds < 30, `it took ${seconds} s`);
});

Deno.test("A stranger's program forges no line of its report", async () => {
  const forged = "Required: 3 of 3 passed";
  const breaks = ["\n", "\r", "\r\n", "\v", "\f", "\x85", "\u2028", "\u2029"];
  const text = JSON.stringify(
    breaks.map((one) => `x${one}${forged}`).join("") + `\x1b[2J${forged}`,
  );
  const { outcome } = await runStranger(
    `import { publishOnce } from "../../lib/mod.ts";
    const text = ${text};
    console.log(text);
    console.error(text);
    await publishOnce(Deno.env.get("MQTT_URL"), { topic: "x", payload: text });
    setInterval(() => {}, 1000);`,
    15_000,
    async (trial) => {
      const { payload } = await trial.packet("publish");
      trial.fail("the end", [
        { when: true, words: `It publishes "${payload}"` },
      ]);
    },
  );
  for (const part of ["It publishes", "It printed:\n    x", "error:\n    x"]) {
    assertStringIncludes(outcome.report, part);
  }
  const lines = printableLines(outcome.report)
    .split(/[\n\r\v\f\x85\u2028\u2029]/);
  const outside = lines.filter((line) =>
    line.trim().startsWith("Required") && !line.startsWith("    ")
  );
  assertEquals(outside, []);
  assertEquals(lines.filter((line) => line.includes("\x1b")), []);
});

Deno.test("A stranger's program makes no report long", async () => {
  const { outcome } = await runStranger(
    `import { publishOnce } from "../../lib/mod.ts";
    const text = "x".repeat(100_000);
    console.log(text);
    console.error(text);
    await publishOnce(Deno.env.get("MQTT_URL"), { topic: "x", payload: text });
    setInterval(() => {}, 1000);`,
    15_000,
    async (trial) => {
      const { text } = await trial.message("a message", () => true);
      trial.fail("another", [{ when: true, words: `It publishes "${text}"` }]);
    },
  );
  assertStringIncludes(outcome.report, "It publishes");
  assert(outcome.report.length < 5000, `${outcome.report.length} characters`);
});
