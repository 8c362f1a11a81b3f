import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startBroker } from "../../lib/mod.ts";
import { startProcess } from "../../testing/processes.ts";
import { denoFlags } from "../../testing/deno_flags.ts";
import { startCommand } from "../../testing/project/commands.ts";
import { temporaryFile } from "../../testing/temporary_file.ts";

/** Every command with `-h`, and what it needs beside. */
const COMMANDS: [command: string, args: string[]][] = [
  ["record", []],
  ["sensors", []],
  ["sub", ["-t", "iot/#"]],
  ["pub", ["-t", "iot/x", "-l"]],
];

for (const [command, args] of COMMANDS) {
  Deno.test(`${command} -h takes user:password@host:port, and shows no password`, async () => {
    await using temporary = await temporaryFile();
    await using broker = await startBroker({
      port: 0,
      users: { info: "s3cret" },
    });
    const out = command === "record" ? ["--out", temporary.file] : [];
    const host = (port: number) => `info:s3cret@127.0.0.1:1,127.0.0.1:${port} `;
    await using process = startCommand(
      command,
      [...args, ...out, "-h", host(broker.port)],
      { MQTT_TRACE: "1" },
    );
    await process.untilLogged("CONNACK     accepted");
    const said = process.printed() + process.logged();
    assertStringIncludes(said, "user info");
    assertEquals(said.includes("s3cret"), false, said);
    process.kill("SIGKILL");
    await process.end();
  });
}

Deno.test("no program of an exercise that isn't begun shows the password of MQTT_URL", async () => {
  const checks = new URL("../../checks/", import.meta.url);
  const lib = new URL("../../lib/", import.meta.url).href;
  for (const { name, isDirectory } of Deno.readDirSync(checks)) {
    if (!isDirectory) continue;
    const stub = new URL(`${name}/stub/`, checks);
    for (const { name } of Deno.readDirSync(stub)) {
      const text = Deno.readTextFileSync(new URL(name, stub));
      await using process = startProcess(
        Deno.execPath(),
        [...["run", ...denoFlags(), "--allow-env"], "--ext=ts", "-"],
        { MQTT_URL: "info:s3cret@broker.lan" },
      );
      await process.write(text.replace("../../lib/", lib));
      const { stderr } = await process.end();
      assertMatch(stderr, /^Nothing to do yet: begin with TODO 1 in .*\n$/);
      assertEquals(stderr.includes("s3cret"), false, stderr);
    }
  }
});
