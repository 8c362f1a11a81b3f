/**
 * @title A private mirror of npm
 * @difficulty advanced
 * @tags packaging, npm, mirror
 * @run deno run --allow-net --allow-read=dist --allow-write=dist lessons/17_packaging/mirror.ts REGISTRY
 *
 * Fetches each package once from the registry that it is given, keeps it in
 * dist/mirror, and from then on serves it without network.
 */
const [registry, port = "4873", hostname = "127.0.0.1"] = Deno.args;
if (registry === undefined || !URL.canParse(registry)) {
  console.error(
    "Registry is missing: npm config get registry says which it is",
  );
  Deno.exit(2);
}
const upstream = registry.replace(/\/$/, "");
await Deno.mkdir("dist/mirror", { recursive: true });
const folder = await Deno.realPath("dist/mirror");

async function serve(request: Request): Promise<Response> {
  const { pathname, origin } = new URL(request.url);
  // Each address gets a file of its own, in this folder whatever the address is.
  const file = `${folder}/${encodeURIComponent(pathname)}`;

  // What isn't here yet is fetched and kept. It gets its name last, so that a
  // file that is there is whole.
  if (!await Deno.stat(file).catch(() => undefined)) {
    const response = await fetch(upstream + pathname);
    if (!response.ok) return new Response(null, { status: response.status });
    const part = `${file}.${crypto.randomUUID()}`;
    await Deno.writeFile(part, await response.bytes());
    await Deno.rename(part, file);
    console.log(`Fetched ${pathname}`);
  }

  // Besides the packages, there is a description of each: its versions, and
  // where to fetch them. Those addresses must lead here, too.
  const bytes = await Deno.readFile(file);
  if (pathname.endsWith(".tgz")) return new Response(bytes);
  const description = new TextDecoder().decode(bytes);
  return new Response(description.replaceAll(upstream, origin), {
    headers: { "content-type": "application/json" },
  });
}

try {
  const server = Deno.serve({
    hostname, // Other machines reach it at 0.0.0.0, this one alone otherwise.
    port: Number(port),
    onListen: (at) => console.log(`Mirror at http://${hostname}:${at.port}/`),
    onError: (error) => new Response(String(error), { status: 502 }),
  }, serve);
  const stop = () => server.shutdown(); // What is being served is finished.
  Deno.addSignalListener("SIGINT", stop);
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", stop);
} catch (error) {
  console.error(`Mirror can't listen on ${port}: ${(error as Error).message}`);
  Deno.exit(1);
}
