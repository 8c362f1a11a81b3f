import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import {
  EVERYWHERE,
  openBroker,
} from "../../testing/brokers/embedded_broker.ts";
import { CA_FILE } from "../../testing/certificates/certificates.ts";
import { startProcess } from "../../testing/processes.ts";

const PROGRAM = `
import { connect } from ${JSON.stringify(import.meta.resolve("../connect.ts"))};
const tls = { ca: Deno.readTextFileSync(Deno.args[1]) };
const options = Deno.args[0].startsWith("wss") ? { tls } : {};
await connect(Deno.args[0], { ...options, retry: false }).then(
  async (client) => {
    console.log("connected", Deno.env.get("NO_PROXY"));
    await client.close();
  },
  ({ message }) => console.log(message),
);
`;

/** Connects in a process of its own, since Deno reads these variables once. */
async function connectWith(
  url: string,
  variables: Record<string, string>,
): Promise<string> {
  const program = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(program, PROGRAM);
  const config = fileURLToPath(import.meta.resolve("../../deno.json"));
  const args = ["run", `--config=${config}`, "--no-check", "--allow-all"];
  const none = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"]
    .flatMap((name) => [[name, ""], [name.toLowerCase(), ""]]);
  await using process = startProcess(
    Deno.execPath(),
    [...args, program, url, CA_FILE],
    // Deno itself asks for updates, through the same proxy.
    { DENO_NO_UPDATE_CHECK: "1", ...Object.fromEntries(none), ...variables },
  );
  const { stdout, stderr } = await process.end();
  await Deno.remove(program);
  assertEquals(stderr, "");
  return stdout.trim();
}

/** A proxy that refuses everything, and counts what it was asked for. */
function startProxy() {
  const asked: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    ({ url }) => {
      asked.push(url);
      return new Response("no", { status: 403 });
    },
  );
  const url = `http://me:s3cret@127.0.0.1:${server.addr.port}`;
  return { url, asked, [Symbol.asyncDispose]: () => server.shutdown() };
}

Deno.test("connect() goes past a proxy to this computer's WebSocket", async () => {
  await using proxy = startProxy();
  await using broker = await openBroker(EVERYWHERE);
  const { websocketUrl = "", secureWebsocketUrl = "" } = broker;
  const cases: [url: string, variable: string][] = [
    [websocketUrl, "HTTP_PROXY"],
    [websocketUrl.replace("127.0.0.1", "localhost"), "http_proxy"],
    [websocketUrl, "ALL_PROXY"],
    [secureWebsocketUrl, "HTTPS_PROXY"],
    [secureWebsocketUrl, "all_proxy"],
  ];
  for (const [url, variable] of cases) {
    const variables = { [variable]: proxy.url, NO_PROXY: "broker.lan" };
    // What NO_PROXY said before, it says again.
    assertEquals(await connectWith(url, variables), "connected broker.lan");
  }
  assertEquals(proxy.asked, []);
});

Deno.test("connect() names the proxy's variable where a proxy answers, and NO_PROXY", async () => {
  await using proxy = startProxy();
  const words = "Broker at broker.test:80 can't be reached: the proxy of";
  const help = "(with broker.test in NO_PROXY it is not asked)";
  for (const variable of ["HTTP_PROXY", "http_proxy", "ALL_PROXY"]) {
    assertEquals(
      await connectWith("ws://broker.test", { [variable]: proxy.url }),
      `${words} ${variable} answered, not the broker: Invalid status code: 403 ${help}`,
    );
  }
  assertEquals(proxy.asked.length, 3);
  assertEquals(
    await connectWith("ws://broker.test", { HTTP_PROXY: "127.0.0.1:1" }),
    `${words} HTTP_PROXY can't be reached ${help}`,
  );
  const past = { HTTP_PROXY: proxy.url, NO_PROXY: "other, .test" };
  assertEquals(
    await connectWith("ws://broker.test", past),
    "Broker at broker.test:80 can't be reached: the host name is unknown",
  );
});
