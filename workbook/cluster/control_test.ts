import { assertEquals, assertRejects } from "@std/assert";
import { pathToFileURL } from "node:url";
import { within } from "../../testing/deadline.ts";
import { temporaryFile } from "../../testing/temporary_file.ts";
import { askCluster, type ClusterRequest, serveRequests } from "./control.ts";

Deno.test("askCluster() is answered by who serves requests, and by nobody after", async () => {
  await using place = await temporaryFile("cluster.json");
  const file = pathToFileURL(place.file);
  const status: ClusterRequest = { action: "status", number: 0 };
  assertEquals(await askCluster(status, file), undefined);
  const asked: ClusterRequest[] = [];
  {
    await using _requests = await serveRequests((request) => {
      asked.push(request);
      return request.number === 3
        ? Promise.reject(new Error("Node 3 is down"))
        : Promise.resolve("Done");
    }, file);
    assertEquals(await askCluster(status, file), "Done");
    assertEquals(await askCluster({ action: "kill", number: 2 }, file), "Done");
    await assertRejects(
      () => askCluster({ action: "restart", number: 3 }, file),
      Error,
      "Node 3 is down",
    );
  }
  assertEquals(asked, [
    status,
    { action: "kill", number: 2 },
    { action: "restart", number: 3 },
  ]);
  assertEquals(await askCluster(status, file), undefined);
});

Deno.test("serveRequests() leaves the file of who came later, and was started meanwhile", async () => {
  await using place = await temporaryFile("cluster.json");
  const file = pathToFileURL(place.file);
  const status: ClusterRequest = { action: "status", number: 0 };
  const earlier = await serveRequests(() => Promise.resolve("earlier"), file);
  await using _later = await serveRequests(
    () => Promise.resolve("later"),
    file,
  );
  await earlier[Symbol.asyncDispose]();
  assertEquals(await askCluster(status, file), "later");
});

Deno.test("serveRequests() doesn't wait for an answer when it ends", async () => {
  await using place = await temporaryFile("cluster.json");
  const file = pathToFileURL(place.file);
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const requests = await serveRequests(() => {
    resolve();
    return new Promise<string>(() => {});
  }, file);
  const answer = askCluster({ action: "restart", number: 2 }, file);
  await within("the request", asked);
  const ending = Promise.resolve(requests[Symbol.asyncDispose]());
  await within("the end", ending);
  assertEquals(await within("the answer", answer), undefined);
});

Deno.test("serveRequests() answers nobody who doesn't know its token, and no page", async () => {
  await using place = await temporaryFile("cluster.json");
  const file = pathToFileURL(place.file);
  await using _requests = await serveRequests(() => {
    throw new Error("This must not be asked for");
  }, file);
  const { port, token } = JSON.parse(await Deno.readTextFile(file));
  const ask = async (path: string, init: RequestInit) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
    return [response.status, await response.text()];
  };
  const headers = { authorization: `Bearer ${token}` };
  const method = "POST";
  const refused = [404, "Not found"];
  assertEquals(await ask("/kill/2", { method }), refused);
  assertEquals(
    await ask("/kill/2", { method, headers: { authorization: "Bearer x" } }),
    refused,
  );
  assertEquals(await ask("/kill/2", { headers }), refused);
  assertEquals(await ask("/kill/2/3", { method, headers }), refused);
  assertEquals(await ask("/toString/1", { method, headers }), refused);
});

Deno.test("askCluster() isn't misled by what a killed command has left", async () => {
  await using place = await temporaryFile("cluster.json");
  const file = pathToFileURL(place.file);
  const ask = () => askCluster({ action: "status", number: 0 }, file);
  await Deno.writeTextFile(file, "{");
  assertEquals(await ask(), undefined);
  // Something else listens there by now.
  await using server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen() {},
  }, () => new Response("Who are you?", { status: 401 }));
  const { port } = server.addr;
  await Deno.writeTextFile(file, JSON.stringify({ port, token: "old" }));
  assertEquals(await ask(), undefined);
});
