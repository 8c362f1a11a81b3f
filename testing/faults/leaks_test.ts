import { assertEquals, assertMatch } from "@std/assert";
import { startProcess } from "../processes.ts";
import { startCommand } from "../project/commands.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { findOpen } from "./leaks.ts";

Deno.test({
  name: "findOpen() tells of an open socket, and of an open file",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using place = await temporaryFolder();
    const folder = place.path;
    await using nothing = startProcess("cat", []);
    assertEquals(await findOpen(folder, 5000, nothing.pid), []);

    await using broker = startCommand("broker", ["--port", "0"]);
    await broker.untilLogged("Ctrl-C ends");
    const [socket = ""] = await findOpen(folder, 0, broker.pid);
    assertMatch(socket, /^Leaked: still open are socket:/);

    await Deno.writeTextFile(`${folder}/x`, "line\n");
    await using reader = startProcess("tail", ["-f", `${folder}/x`]);
    await reader.untilPrinted("line");
    const [file] = await findOpen(folder, 0, reader.pid);
    assertEquals(file, `Leaked: still open are ${folder}/x`);
  },
});
