/**
 * The program behind the tasks: `deno task pub -t iot/x -m 5` runs
 * `workbook/commands/pub.ts`. It loads nothing from JSR or npm itself, so that
 * it can find out first whether JSR can be reached, and run the command with
 * the stand-ins for `@std` if it can't.
 *
 * Run: deno run --cached-only -ERNW --allow-run workbook/main.ts COMMAND
 *
 * @module
 */
import { launch } from "./launcher/launch.ts";

Deno.exit(await launch(Deno.args));
