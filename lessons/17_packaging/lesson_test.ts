import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { fileURLToPath } from "node:url";
import { startBroker } from "../../lib/mod.ts";
import { openClient, type TestClient } from "../../testing/clients/clients.ts";
import { within } from "../../testing/deadline.ts";
import { startMosquitto } from "../../testing/brokers/mosquitto.ts";
import { peerTest } from "../../testing/peers.ts";
import { type Process, startProcess } from "../../testing/processes.ts";
import { lessonAt } from "../../testing/project/lessons.ts";
import { temporaryFolder } from "../../testing/temporary_folder.ts";

const lesson = lessonAt(import.meta.url);
const BUNDLE = "dist/debian/usr/lib/mqtt-sensors";
const SENSORS = new URL("../10_sensors/four_sensors.ts", import.meta.url);
const TOPICS = ["dust", "humi", "illu", "temp"]
  .map((name) => `iot/user1/${name}`);

/** Runs a command of the system to its end. */
async function run(
  command: string,
  args: string[],
  variables: Record<string, string> = {},
): Promise<string> {
  await using process = startProcess(command, args, variables);
  const { code, stdout, stderr } = await process.end();
  assertEquals(code, 0, `${command} ${args.join(" ")}: ${stdout}${stderr}`);
  return stdout;
}

/** Waits until all four sensors have been heard. */
async function untilAllHeard(subscriber: TestClient): Promise<void> {
  const heard = () => [
    ...new Set(subscriber.received.map(({ topic }) => topic)),
  ];
  for (let count = 4; heard().length < 4; count++) {
    await subscriber.untilReceived(count, 30_000);
  }
  assertEquals(heard().sort(), TOPICS);
}

/** Starts a mirror with the folder for its files, and waits for its address. */
async function startMirror(
  upstream: string,
  folder: string,
): Promise<{ mirror: Process; url: string }> {
  const mirror = lesson.start("mirror", {
    args: [upstream, "0", "localhost"],
    folder,
  });
  await mirror.untilPrinted("/\n");
  const [url = ""] = /http:\S+/.exec(mirror.printed()) ?? [];
  return { mirror, url };
}

Deno.test("mirror fetches each package once, and leads its addresses to itself", async () => {
  await using folder = await temporaryFolder();
  const requests: string[] = [];
  const upstream = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      const { pathname, origin } = new URL(request.url);
      requests.push(pathname);
      if (pathname === "/none") return new Response(null, { status: 404 });
      return pathname.endsWith(".tgz")
        ? new Response(`${origin}, as it is`)
        : Response.json({ tarball: `${origin}/x/-/x-1.0.0.tgz` });
    },
  );
  const origin = `http://127.0.0.1:${upstream.addr.port}`;
  const { mirror, url } = await startMirror(`${origin}/`, folder.path);
  await using _mirror = mirror;
  const get = async (path: string) => {
    const response = await fetch(new URL(path, url));
    return `${response.status} ${await response.text()}`;
  };
  const expect = async () => {
    assertEquals(await get("x"), `200 {"tarball":"${url}x/-/x-1.0.0.tgz"}`);
    assertEquals(await get("x/-/x-1.0.0.tgz"), `200 ${origin}, as it is`);
    const scoped = `200 {"tarball":"${url}x/-/x-1.0.0.tgz"}`;
    assertEquals(await get("@scope%2fname"), scoped);
  };
  await expect();
  assertEquals(await get("none"), "404 ");
  await upstream.shutdown();
  await expect();
  assertMatch(await get("y"), /^502 .*error/i);
  assertEquals(requests, ["/x", "/x/-/x-1.0.0.tgz", "/@scope%2fname", "/none"]);

  if (Deno.build.os !== "windows") {
    assertEquals((await mirror.stop()).code, 0);
  }
});

Deno.test("mirror says what is missing, and that its port is taken", async () => {
  await using folder = await temporaryFolder();
  const missing = await lesson.run("mirror", { folder: folder.path });
  assertEquals(missing.code, 2);
  assertStringIncludes(missing.stderr, "npm config get registry");
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const taken = await lesson.run("mirror", {
    args: ["http://127.0.0.1:1/", `${listener.addr.port}`],
    folder: folder.path,
  });
  assertEquals(taken.code, 1);
  assertStringIncludes(taken.stderr, "Mirror can't listen on");
  assertEquals(taken.stderr.trim().split("\n").length, 1);
});

Deno.test("deno install makes a command with the packages of a mirror", async () => {
  await using folder = await temporaryFolder();
  const npm = Deno.build.os === "windows" ? "npm.cmd" : "npm";
  const registry = await run(npm, ["config", "get", "registry"]);
  const { mirror, url } = await startMirror(registry.trim(), folder.path);
  await using _mirror = mirror;
  const variables = {
    DENO_DIR: `${folder.path}/cache`,
    NPM_CONFIG_REGISTRY: url,
    NO_COLOR: "1",
  };
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  await run(Deno.execPath(), [
    ...["install", "--global", "--root", folder.path, "--name", "sensors"],
    ...["--config", config, "--allow-env", "--allow-net"],
    fileURLToPath(SENSORS),
  ], variables);
  assertStringIncludes(mirror.printed(), "Fetched /mqtt/-/mqtt-5.16.0.tgz\n");

  await using broker = await startBroker({ port: 0 });
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe("iot/#");
  const suffix = Deno.build.os === "windows" ? ".cmd" : "";
  await using sensors = startProcess(
    `${folder.path}/bin/sensors${suffix}`,
    ["100"],
    { ...variables, MQTT_URL: broker.url },
  );
  await untilAllHeard(subscriber);
  await sensors.stop();
});

Deno.test("bundle runs where there is no network, and says so if it isn't whole", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  const bundled = await lesson.run("bundle", { folder: path });
  assertEquals(bundled.code, 0, bundled.stderr);
  assertEquals(bundled.stdout, `Bundled four_sensors.ts into ${BUNDLE}\n`);
  const files = Array.from(Deno.readDirSync(`${path}/${BUNDLE}/lib`))
    .map(({ name }) => name);
  assert(files.includes("mod.ts"));
  assert(!files.some((name) => name.includes("test")), files.join());
  const packages = Array.from(
    Deno.readDirSync(`${path}/${BUNDLE}/node_modules/.deno`),
    ({ name }) => name,
  );
  assert(packages.includes("mqtt@5.16.0"), packages.join());
  assert(!packages.some((name) => name.includes("playwright")));

  await using broker = await startBroker({ port: 0 });
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe("iot/#");
  {
    await using offline = lesson.start("try_offline", {
      url: broker.url,
      folder: path,
    });
    await untilAllHeard(subscriber);
    const { code } = await offline.end();
    assertEquals(code, 0);
  }
  await Deno.remove(`${path}/${BUNDLE}/node_modules`, { recursive: true });
  const torn = await lesson.run("try_offline", {
    url: broker.url,
    folder: path,
  });
  assertEquals(torn.code, 1);
  assertStringIncludes(torn.stderr, "error");
});

Deno.test("build_deb says that there is no bundle", async () => {
  await using folder = await temporaryFolder();
  const { code, stderr } = await lesson.run("build_deb", {
    folder: folder.path,
  });
  assertEquals({ code, stderr }, {
    code: 1,
    stderr: "Bundle is missing: run bundle.ts first\n",
  });
});

peerTest(
  ["dpkg", "mosquitto"],
  "build_deb makes a package that installs, runs without network, and goes",
  async ({ dpkg }) => {
    await using folder = await temporaryFolder();
    const { path } = folder;
    for (const program of ["bundle", "build_deb"]) {
      const { code, stderr } = await lesson.run(program, { folder: path });
      assertEquals(code, 0, stderr);
    }

    // A system of its own, with nothing in it.
    const root = `${path}/root`;
    await Deno.mkdir(`${root}/var/lib/dpkg/info`, { recursive: true });
    await Deno.mkdir(`${root}/var/lib/dpkg/updates`);
    await Deno.writeTextFile(`${root}/var/lib/dpkg/status`, "");
    const install = [`--root=${root}`, "--force-not-root", "--log=/dev/null"];
    const deb = `${path}/dist/mqtt-sensors_1.0.0_all.deb`;
    await run(dpkg, [...install, "--install", deb]);

    await using mosquitto = await startMosquitto();
    await using subscriber = await openClient(mosquitto.url);
    await subscriber.subscribe("iot/#");
    const deno = Deno.execPath().replace(/\/[^/]*$/, "");
    await using sensors = startProcess(
      `${root}/usr/bin/mqtt-sensors`,
      ["100"],
      {
        // Nothing but what the package brings.
        DENO_DIR: `${path}/cache`,
        NPM_CONFIG_REGISTRY: "http://127.0.0.1:1/",
        MQTT_URL: mosquitto.url,
        PATH: `${deno}:/usr/bin:/bin`,
      },
    );
    await untilAllHeard(subscriber);
    sensors.kill("SIGTERM");
    const ended = await within("the command's end", sensors.end(), 20_000);
    assertEquals(ended.code, 0, ended.stderr);

    await run(dpkg, [...install, "--remove", "mqtt-sensors"]);
    const left: string[] = [];
    for await (const { name } of Deno.readDir(root)) left.push(name);
    assertEquals(left, ["var"]);
    assertEquals(await Deno.readTextFile(`${root}/var/lib/dpkg/status`), "");
  },
);
