import { assertEquals, assertGreater } from "@std/assert";
import type { StdSourceOptions } from "./std_source.ts";
import { copyProject, type Project } from "../../testing/project/project.ts";
import { startRegistry } from "../../testing/project/registry.ts";

/** Runs `chooseStdSource` as the launcher does, in a process of its own. */
async function choose(
  project: Project,
  options: Omit<StdSourceOptions, "memoryFile">,
): Promise<{ source: string; milliseconds: number }> {
  const program = `
    import { chooseStdSource } from "./workbook/launcher/std_source.ts";
    const options = ${JSON.stringify(options)};
    const memoryFile = new URL("memory/unreachable.json", import.meta.url);
    console.log(await chooseStdSource({ ...options, memoryFile }));
  `;
  await project.write("choose.ts", program);
  const { output, milliseconds } = await project.run(
    ["run", "--cached-only", "-ERNW", "--allow-run", "choose.ts"],
    options,
  );
  return { source: output.trim(), milliseconds };
}

Deno.test("chooseStdSource() downloads from JSR once, then needs no network", async () => {
  await using project = await copyProject();
  let jsrUrl: string;
  {
    await using registry = startRegistry("serve");
    jsrUrl = registry.url;
    assertEquals((await choose(project, { jsrUrl })).source, "jsr");
    const { length } = registry.requests;
    assertGreater(length, 0);
    assertEquals((await choose(project, { jsrUrl })).source, "jsr");
    assertEquals(registry.requests.length, length);
  }
  assertEquals((await choose(project, { jsrUrl })).source, "jsr");
});

Deno.test("chooseStdSource() takes a login page for no registry", async () => {
  await using project = await copyProject();
  await using registry = startRegistry("page");
  const jsrUrl = registry.url;
  assertEquals((await choose(project, { jsrUrl })).source, "npm");
  assertEquals(registry.requests.length, 1);
});

Deno.test("chooseStdSource() gives a registry that never answers a moment", async () => {
  await using project = await copyProject();
  await using registry = startRegistry("silent");
  const options = { jsrUrl: registry.url, answerTimeout: 300 };
  const { source, milliseconds } = await choose(project, options);
  assertEquals(source, "npm");
  assertGreater(milliseconds, 300);
  assertEquals(registry.requests, ["/@std/csv/meta.json"]);
});

Deno.test("chooseStdSource() gives up a download that stalls", async () => {
  await using project = await copyProject();
  await using registry = startRegistry("stall");
  const options = { jsrUrl: registry.url, downloadTimeout: 500 };
  const { source, milliseconds } = await choose(project, options);
  assertEquals(source, "npm");
  assertGreater(milliseconds, 500);
  assertGreater(registry.requests.length, 1);
});

Deno.test("chooseStdSource() remembers for a while that JSR is out of reach", async () => {
  await using project = await copyProject();
  await using registry = startRegistry("page");
  const jsrUrl = registry.url;
  await choose(project, { jsrUrl });
  assertEquals((await choose(project, { jsrUrl })).source, "npm");
  assertEquals(registry.requests.length, 1);
  await choose(project, { jsrUrl, memoryTime: 0 });
  assertEquals(registry.requests.length, 2);
});

Deno.test("chooseStdSource() doesn't carry its memory over to another registry", async () => {
  await using project = await copyProject();
  await choose(project, { jsrUrl: "http://127.0.0.1:1/" });
  await using registry = startRegistry("serve");
  const { source } = await choose(project, { jsrUrl: registry.url });
  assertEquals(source, "jsr");
});
