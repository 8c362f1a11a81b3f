import { assertEquals } from "@std/assert";
import { copyProject } from "../../testing/project/project.ts";

Deno.test("enterUserFolder() makes a task see files as its user does", async () => {
  await using project = await copyProject();
  await project.write(
    "workbook/commands/pub.ts",
    `import { enterUserFolder } from "../options/user_folder.ts";
     enterUserFolder();
     console.log(Deno.cwd());`,
  );
  const stands = async (folder: string) => {
    const { output } = await project.run(["task", "--quiet", "pub"], {
      variables: { INIT_CWD: folder },
    });
    return output.trim().replaceAll("\\", "/");
  };
  const folder = project.folder.replaceAll("\\", "/");
  const inside = `${project.folder}/workbook`;
  assertEquals(await stands(inside), `${folder}/workbook`);
  assertEquals(await stands(Deno.cwd()), folder);
});
