import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { describeError } from "./describe_error.ts";
import { startProcess } from "../testing/processes.ts";
import { temporaryFolder } from "../testing/temporary_folder.ts";
import { test } from "../testing/test.ts";

const IMPORTS = `import { connect, exitWithError, Sensor, subscribe } from "${
  import.meta.resolve("./mod.ts")
}";\n`;
const ADDRESS = "Deno.env.get('MQTT_URL')";

/** Runs a program in a folder of its own; `PLACE:2` is the second line of it. */
async function run(
  body: string,
  url = "",
): Promise<{ code: number; error: string }> {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/my (own) prögram.ts`;
  await Deno.writeTextFile(path, IMPORTS + body);
  const config = fileURLToPath(import.meta.resolve("../deno.json"));
  await using process = startProcess(Deno.execPath(), [
    "run",
    `--config=${config}`,
    ...["--no-prompt", "--no-check", "--allow-env", "--allow-net"],
    path,
  ], { MQTT_URL: url });
  const { code, stderr } = await process.end();
  const place = await Deno.realPath(path);
  return {
    code,
    error: stderr.trim().replaceAll(place, "PLACE").replaceAll(path, "PLACE"),
  };
}

const PROGRAMS: [name: string, body: string, code: number, error: string][] = [
  [
    "tells where a mistake is",
    `try {
       console.lgo("x");
     } catch (error) { exitWithError(error); }`,
    1,
    "console.lgo is not a function (PLACE:3)",
  ],
  [
    "tells where a mistake is behind an await, in what a package was given",
    `const later = async () => {
       await Promise.resolve();
       [1].map(() => new URL("nowhere"));
     };
     await later().catch(exitWithError);`,
    1,
    "Invalid URL: 'nowhere' (PLACE:4)",
  ],
  [
    "tells of what the toolkit refuses in its own words",
    `await connect("localhost", { retryDelay: [] }).catch(exitWithError);`,
    2,
    "Retry delay is []: it must be two numbers of seconds above 0, the smaller first",
  ],
  [
    "tells of what a program refuses in its own words",
    `exitWithError(new RangeError("PERIOD is 0: it must be seconds above 0"));`,
    2,
    "PERIOD is 0: it must be seconds above 0",
  ],
  [
    "tells of what a program throws itself in its own words",
    `exitWithError(new Error("The lamp is broken"));`,
    1,
    "The lamp is broken",
  ],
];

for (const [name, body, code, error] of PROGRAMS) {
  Deno.test(`exitWithError() ${name}`, async () => {
    assertEquals(await run(body), { code, error });
  });
}

test.broker("subscribe() and Sensor tell where the mistake is in what they call", async (broker) => {
  const body = `const enough = Promise.withResolvers();
    let lines = 0;
    const log = (line) => {
      console.error(line);
      if (++lines === 4) enough.resolve();
    };
    await using subscription = await subscribe(${ADDRESS}, "x", async ({ text }) => {
      if (text === "1") text.lenght.toFixed();
      await Promise.resolve();
      JSON.parse(text);
    }, false, { qos: 1, log, onSubscribe: () => nothing() });
    const { client } = subscription;
    await client.publishAsync("x", "1");
    await client.publishAsync("x", "{");
    await using sensor = new Sensor(0.01, [0, 1], "y", { client, log, read: () => null.x });
    await sensor.start();
    await enough.promise;`;
  const { code, error } = await run(body, broker.url);
  assertEquals(code, 0);
  // The sensor doesn't wait for the handler.
  assertEquals(error.split("\n").sort(), [
    "Handler failed on x: Cannot read properties of undefined (reading 'toFixed') (PLACE:9)",
    "Handler failed on x: Expected property name or '}' in JSON at position 1 (line 1 column 2) (PLACE:11)",
    "Sensor on y failed: Cannot read properties of null (reading 'x') (PLACE:16)",
    "onSubscribe failed: nothing is not defined (PLACE:12)",
  ]);
});

Deno.test("describeError() takes whatever is thrown", () => {
  for (const thrown of ["text", 1, undefined, null]) {
    assertEquals(describeError(thrown), String(thrown));
  }
  assertEquals(
    describeError(Object.create(null)),
    "[Object: null prototype] {}",
  );
  assertEquals(describeError({ code: 1 }), "{ code: 1 }");
  const bare = new TypeError("x is not a function");
  delete bare.stack;
  assertEquals(describeError(bare), "x is not a function");
});
