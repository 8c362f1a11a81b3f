import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { publishOnce } from "../../lib/mod.ts";
import { peerTest } from "../../testing/peers.ts";
import { runCommand } from "../../testing/project/commands.ts";
import { copyExercises } from "../../testing/project/exercises.ts";
import { test } from "../../testing/test_programs.ts";
import { freePorts } from "../cluster/loopback.ts";

peerTest(
  ["nats_server"],
  "cluster runs until Ctrl-C, and does what is asked for from another terminal",
  async () => {
    await using project = await copyExercises();
    const [port] = freePorts(1);
    const args = ["task", "--quiet", "cluster", "nats", "--port", `${port}`];
    await using cluster = project.start(args, {
      variables: { WORKBOOK_STD: "npm", CLUSTER_PASSWORD: "blackboard" },
    });
    await cluster.untilLogged("Ctrl-C ends all");
    const [, url = ""] = /^\S+ (?:= ")?(?:MQTT_URL=)?(mqtt:[^"\n]+)/m
      .exec(cluster.printed()) ?? [];
    assertStringIncludes(url, `:blackboard@127.0.0.1:${port},`);
    await publishOnce(url, { topic: "iot/lamp", payload: "on", qos: 1 });

    const ask = async (...args: string[]) => {
      const { code, output, errors } = await project.task("cluster", ...args);
      return [code, output.trim(), errors.trim()];
    };
    assertEquals(await ask("--kill", "2"), [0, "Node 2 is killed", ""]);
    assertEquals(await ask("--kill", "2"), [
      1,
      "",
      "Node 2 is down: it must run",
    ]);
    const [, status = ""] = await ask("--status");
    assertStringIncludes(`${status}`, "Node 1 at 127.0.0.1:");
    assertMatch(`${status}`, /^Node 2 at 127\.0\.0\.1:\d+ is down$/m);
    const [code, back] = await ask("--restart", "2");
    assertEquals(code, 0);
    assertMatch(`${back}`, /^Node 2 is back after \d.* m?s$/);
    assertEquals(await ask("nats"), [
      2,
      "",
      "A cluster runs already: it must be ended first, with Ctrl-C in its terminal",
    ]);

    assertEquals((await cluster.stop("SIGINT")).code, 0);
    assertEquals(await ask("--status"), [
      1,
      "",
      "No cluster runs: deno task cluster nats, in another terminal, starts one",
    ]);
  },
);

test.unix("cluster says which program is missing, and how it is installed", async () => {
  const { code, stdout, stderr } = await runCommand("cluster", ["rabbitmq"], {
    PATH: "",
  });
  assertEquals([code, stdout], [2, ""]);
  assertMatch(
    stderr,
    /^Program "(rabbitmq-server|epmd)" is missing: it is installed by "apt install rabbitmq-server" on Debian, .*\n$/,
  );
});

Deno.test("cluster keeps a password to itself that it can't use", async () => {
  const { code, stderr } = await runCommand("cluster", ["nats"], {
    CLUSTER_PASSWORD: "black board",
  });
  assertEquals([code, stderr.trim().split("\n").length], [2, 1]);
  assertStringIncludes(
    stderr,
    "Variable CLUSTER_PASSWORD has other characters",
  );
  assertEquals(stderr.includes("black board"), false);
});
