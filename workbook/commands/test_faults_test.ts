import { assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "../../testing/test_programs.ts";
import { PROTOCOLS } from "../../testing/clients/clients.ts";
import { runCommand } from "../../testing/project/commands.ts";

for (const [protocol, name] of PROTOCOLS) {
  test.mosquitto(`test:faults holds in ${name}, and prints its seed, messages, faults and verdict`, async () => {
    const args = [
      "--seed",
      "3",
      "--minutes",
      "0.02",
      "--protocol",
      `${protocol}`,
    ];
    const { code, stdout } = await runCommand("test:faults", args);
    const [head, messages, faults, ...rest] = stdout.trim().split("\n");
    assertEquals(rest, ["All is closed", "It holds"]);
    assertEquals(code, 0);
    assertEquals(head, `Seed 3, 0.02 minutes, mosquitto broker, ${name}`);
    assertStringIncludes(messages!, " published (");
    assertStringIncludes(faults!, "forgetful broker 1");
  });
}
