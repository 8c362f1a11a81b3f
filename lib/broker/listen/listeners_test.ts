import { assert } from "@std/assert";
import type { Socket } from "node:net";
import { startBroker } from "../../broker.ts";
import { CA, LOCALHOST } from "../../testing/certificates.ts";
import { openClient } from "../../testing/clients.ts";

Deno.test("startBroker() doesn't hold back a packet until the last one is confirmed", async () => {
  await using broker = await startBroker({
    port: 0,
    tls: { ...LOCALHOST, port: 0 },
  });
  for (const url of [broker.url, broker.tlsUrl!]) {
    await using client = await openClient(url, { ca: CA });
    // The client mustn't do it, either.
    (client.client.stream as unknown as Socket).setNoDelay(true);
    await client.subscribe("echo", 1);
    const start = performance.now();
    const turns = 25;
    for (let turn = 1; turn <= turns; turn++) {
      await client.publish("echo", "hello", { qos: 1 });
      await client.untilReceived(turn);
    }
    // Where it is held back, each turn takes 40 ms.
    const mean = (performance.now() - start) / turns;
    assert(mean < 25, `${mean} ms`);
  }
});
