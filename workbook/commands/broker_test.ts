import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { openWebSocket } from "../../lib/client/runtime.ts";
import { setPassword } from "../broker/password_file.ts";
import {
  makeAuthority,
  signCertificate,
} from "../certificates/certificates.ts";
import {
  ConnectionRefusedError,
  publishOnce,
  startBroker,
} from "../../lib/mod.ts";
import {
  CERT_FILE,
  KEY_FILE,
} from "../../testing/certificates/certificates.ts";
import { within } from "../../testing/deadline.ts";
import { peerTest } from "../../testing/peers.ts";
import { openRaw } from "../../testing/clients/raw_client.ts";
import { startBrowser } from "../../testing/project/browser.ts";
import {
  startBrokerCommand,
  startCommand,
  startInTerminal,
} from "../../testing/project/commands.ts";
import { temporaryFile } from "../../testing/temporary_file.ts";
import { temporaryFolder } from "../../testing/temporary_folder.ts";
import { test } from "../../testing/test_programs.ts";

test.unix("broker serves TCP and WebSocket to whom it knows, and ends on SIGINT", async () => {
  const args = [
    "--port",
    "0",
    "--websocket-port",
    "0",
    "--user",
    "info:a:b",
    "--verbose",
  ];
  await using broker = await startBrokerCommand(args);
  const { urls } = broker;
  assertEquals(urls.length, 2);
  for (const url of urls) {
    const message = { topic: "greeting", payload: "hello", qos: 1 } as const;
    await publishOnce(url.replace("//", "//info:a%3Ab@"), message, {
      clientId: "ann",
    });
  }
  const { code, stderr } = await broker.stop("SIGINT");
  assertEquals(code, 0);
  assertStringIncludes(stderr, '"ann" connected');
});

Deno.test("broker takes users and rules from files, and keeps quiet about them", async () => {
  await using place = await temporaryFile("passwords");
  const acl = `${place.file}.acl`;
  await setPassword(place.file, "ann", "secret");
  await Deno.writeTextFile(acl, "user ann\ntopic write iot/#\n");
  const args = ["--port", "0", "--password-file", place.file];
  await using broker = await startBrokerCommand([...args, "--acl-file", acl]);
  const [url = ""] = broker.urls;
  const message = { topic: "iot/greeting", payload: "hello", qos: 1 } as const;
  await publishOnce(url.replace("//", "//ann:secret@"), message);
  await assertRejects(
    () => publishOnce(url.replace("//", "//ann:wrong@"), message),
    ConnectionRefusedError,
  );
  // Where it is, and who reaches it there.
  assertEquals(broker.logged().trim().split("\n").length, 2);
});

Deno.test("broker warns once of passwords on the command line, and of an open network", async () => {
  const open = ["--host", "0.0.0.0", "--verbose"];
  for (
    const [args, warning] of [
      [["--user", "ann:secret"], "Others on this machine can see the password"],
      [open, "Anyone who can reach 0.0.0.0 may connect without a password"],
    ] as const
  ) {
    await using broker = await startBrokerCommand(["--port", "0", ...args]);
    const logged = broker.logged();
    assertEquals(logged.split(warning).length, 2, logged);
  }
});

Deno.test("broker with --cert opens a plain port only for --plain-port", async () => {
  const args = ["--cert", CERT_FILE, "--key", KEY_FILE, "--tls-port", "0"];
  for (const plain of [[], ["--plain-port", "0"]]) {
    await using broker = await startBrokerCommand([...args, ...plain]);
    const [first] = broker.logged().split("\n");
    const address = ":\\/\\/127\\.0\\.0\\.1:\\d+";
    const urls = plain.length === 0
      ? `mqtts${address}`
      : `mqtt${address} and mqtts${address}`;
    assertMatch(first!, new RegExp(`^Broker at ${urls}: Ctrl-C ends$`));
  }
});

test.unix("broker reads users and rules again at a SIGHUP, and goes on", async () => {
  await using place = await temporaryFile("passwords");
  await setPassword(place.file, "ann", "secret");
  const args = ["--port", "0", "--verbose", "--password-file", place.file];
  await using broker = await startBrokerCommand(args);
  const [url = ""] = broker.urls;
  const message = { topic: "greeting", payload: "hello", qos: 1 } as const;
  await setPassword(place.file, "bob", "hidden");
  broker.kill("SIGHUP");
  await broker.untilLogged("Users or rules have changed");
  await publishOnce(url.replace("//", "//bob:hidden@"), message);
  await Deno.writeTextFile(place.file, "bob\n");
  broker.kill("SIGHUP");
  await broker.untilLogged("(what it said before holds)");
  await publishOnce(url.replace("//", "//bob:hidden@"), message);
  assertEquals((await broker.stop()).code, 0);
});

test.script("broker ends when its terminal is closed", async ({ script }) => {
  await using place = await temporaryFile("passwords");
  await setPassword(place.file, "ann", "secret");
  const args = ["--port", "0", "--password-file", place.file];
  await using terminal = startInTerminal(script, "broker", args);
  await terminal.untilPrinted("Ctrl-C ends");
  const [, port] = /mqtt:\/\/127.0.0.1:(\d+)/.exec(terminal.printed()) ?? [];
  await using client = await openRaw(
    { port: Number(port) },
    { user: "ann", password: "secret" },
  );
  terminal.kill("SIGKILL");
  assertEquals(await client.next(), undefined);
});

Deno.test("broker keeps to the limits and origins that it is given", async () => {
  const limits = ["--max-packet-size", "100", "--max-topic-levels", "2"];
  const page = "https://school.example";
  await using broker = await startBrokerCommand([
    ...["--port", "0", "--websocket-port", "0", "--verbose"],
    ...limits,
    ...["--origin", page],
  ]);
  const [tcp, webSocket] = broker.urls;
  const client = { clientId: "ann" };
  await publishOnce(tcp!, { topic: "a/b", payload: "x", qos: 1 }, client);
  const large = { topic: "a", payload: "x".repeat(100), qos: 1 } as const;
  await assertRejects(() => publishOnce(tcp!, large, client));
  await broker.untilLogged("Packet has 107 bytes: maxPacketSize allows 100");
  const deep = { topic: "a/b/c", payload: "", qos: 1 } as const;
  await assertRejects(() => publishOnce(tcp!, deep, client));
  await broker.untilLogged("Topic name has 3 levels: maxTopicLevels is 2");
  for (const origin of [page, `${page}:444`]) {
    const socket = openWebSocket(webSocket!, {
      protocols: ["mqtt"],
      headers: { origin },
    });
    const { promise, resolve } = Promise.withResolvers<string>();
    for (const type of ["open", "error"]) {
      socket.addEventListener(type, () => resolve(type));
    }
    const closed = new Promise((resolve) => socket.onclose = resolve);
    const outcome = await within("the WebSocket to open or fail", promise);
    assertEquals(outcome, origin === page ? "open" : "error");
    socket.close();
    await within("the WebSocket to close", closed);
  }
  await broker.untilLogged(`Page of "${page}:444"`);
});

peerTest(
  ["chromium"],
  "broker lets in web pages of the host that they connect to, and no others",
  async ({ chromium }) => {
    await using broker = await startBroker({ port: 0, websocketPort: 0 });
    await using pages = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () =>
        new Response("<!DOCTYPE html><title>A page</title>", {
          headers: { "content-type": "text/html" },
        }),
    );
    await using browser = await startBrowser(chromium);
    const { port } = new URL(broker.websocketUrl!);
    for (
      const [page, asked, outcome] of [
        ["127.0.0.1", "127.0.0.1", "open"],
        ["localhost", "localhost", "open"],
        ["localhost", "127.0.0.1", "error"],
      ]
    ) {
      await using open = await browser.open(
        `http://${page}:${pages.addr.port}/`,
      );
      assertEquals(
        await open.page.evaluate(`new Promise((resolve) => {
          const socket = new WebSocket("ws://${asked}:${port}", "mqtt");
          socket.onopen = () => resolve("open");
          socket.onerror = () => resolve("error");
        })`),
        outcome,
        `${page} to ${asked}`,
      );
    }
  },
);

Deno.test("broker warns of a certificate whose time is over, and serves", async () => {
  const day = (days: number) => new Date(Date.now() + days * 86_400_000);
  const authority = await makeAuthority({
    names: [],
    notBefore: day(-9),
    notAfter: day(9),
  });
  const pair = await signCertificate(authority, {
    names: ["localhost"],
    notBefore: day(-9),
    notAfter: day(-2),
  });
  await using folder = await temporaryFolder();
  const [cert, key] = [`${folder.path}/old.crt`, `${folder.path}/old.key`];
  await Deno.writeTextFile(cert!, pair.cert);
  await Deno.writeTextFile(key!, pair.key);
  const args = ["--cert", cert!, "--key", key!, "--tls-port", "0"];
  await using broker = startCommand("broker", args);
  await broker.untilLogged(`Certificate "${cert}" has expired on`);
  assertStringIncludes(broker.logged(), "mqtts://127.0.0.1:");
});
