import { assertEquals, assertStringIncludes } from "@std/assert";
import { publishOnce, startBroker } from "../../lib/mod.ts";
import { runCommand, startCommand } from "../testing/commands.ts";

Deno.test({
  name: "broker serves TCP and WebSocket to whom it knows, and ends on SIGINT",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const args = [
      "--port",
      "0",
      "--websocket-port",
      "0",
      "--user",
      "info:a:b",
      "--verbose",
    ];
    await using broker = startCommand("broker", args);
    await broker.untilLogged("Ctrl-C ends");
    const urls = broker.logged().match(/(mqtt|ws):\/\/[\d.]+:\d+/g) ?? [];
    assertEquals(urls.length, 2);
    for (const url of urls) {
      const message = { topic: "greeting", payload: "hello", qos: 1 } as const;
      await publishOnce(url.replace("//", "//info:a%3Ab@"), message, {
        clientId: "ann",
      });
    }
    broker.kill("SIGINT");
    const { code, stderr } = await broker.end();
    assertEquals(code, 0);
    assertStringIncludes(stderr, '"ann" connected');
  },
});

Deno.test("broker says that its port is taken", async () => {
  await using other = await startBroker({ port: 0 });
  const { code, stderr } = await runCommand("broker", [
    "--port",
    `${other.port}`,
  ]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, `${other.port}`);
  assertStringIncludes(stderr, "in use");
  assertEquals(stderr.trim().split("\n").length, 1);
});

Deno.test("broker says that its store is no folder", async () => {
  const store = await Deno.makeTempFile();
  try {
    const args = ["--port", "0", "--store", store];
    const { code, stderr } = await runCommand("broker", args);
    assertEquals(code, 1);
    assertEquals(stderr, `Store "${store}" is a file: it must be a folder\n`);
  } finally {
    await Deno.remove(store);
  }
});

const mistakes: [string[], string][] = [
  [["--port", "99999"], 'Option --port is "99999"'],
  [["--user", "info"], 'Option --user is "info"'],
  [["--store", ""], 'Store is ""'],
  [["--prot", "1"], 'Option "--prot" is unknown'],
];
for (const [args, text] of mistakes) {
  Deno.test(`broker ${args.join(" ")} says "${text}"`, async () => {
    const { code, stderr } = await runCommand("broker", args);
    assertEquals(code, 2);
    assertStringIncludes(stderr, text);
    assertEquals(stderr.trim().split("\n").length, 1);
  });
}
