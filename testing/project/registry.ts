/**
 * A registry on loopback that stands where JSR should be, and answers well,
 * badly or not at all.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };

/**
 * What a registry does with a request: `serve` the packages, answer each with a
 * login `page`, accept it and stay `silent`, or `stall` after the first answer.
 */
type RegistryBehavior = "serve" | "page" | "silent" | "stall";

/** A registry on loopback. */
interface Registry extends AsyncDisposable {
  /** What to set `JSR_URL` to. */
  readonly url: string;
  /** The paths that it was asked for. */
  readonly requests: readonly string[];
}

/** Each package has one module, which tells a program that it is from here. */
const MODULE = 'export const source = "jsr";\n';

/**
 * Starts a registry with this project's `@std` packages at their versions.
 *
 * @param behavior What it does with a request.
 * @returns The registry; disposing of it ends it and whoever waits for it.
 */
export function startRegistry(behavior: RegistryBehavior): Registry {
  const requests: string[] = [];
  const end = Promise.withResolvers<void>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      requests.push(pathname);
      const isSilent = behavior === "silent" ||
        behavior === "stall" && requests.length > 1;
      if (isSilent) await end.promise;
      if (behavior === "page") return new Response("<h1>Please log in</h1>");
      return await answer(pathname);
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    requests,
    [Symbol.asyncDispose]: async () => {
      end.resolve();
      await server.shutdown();
    },
  };
}

async function answer(path: string): Promise<Response> {
  const [, scope, name, file] = path.split("/");
  const version = versionOf(`${scope}/${name}`);
  if (version === undefined) return new Response(null, { status: 404 });
  if (file === "meta.json") {
    return Response.json({ versions: { [version]: {} } });
  }
  if (file === `${version}_meta.json`) {
    return Response.json({
      exports: { ".": "./mod.ts", "./prompt-secret": "./mod.ts" },
      manifest: { "/mod.ts": { checksum: await checksum(MODULE) } },
    });
  }
  return new Response(MODULE, {
    headers: { "content-type": "application/typescript" },
  });
}

/** `jsr:@std/csv@1.0.6` in deno.json says that csv has the version 1.0.6. */
function versionOf(name: string): string | undefined {
  const prefix = `jsr:${name}@`;
  return Object.values(config.imports)
    .find((specifier) => specifier.startsWith(prefix))?.slice(prefix.length);
}

async function checksum(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return `sha256-${new Uint8Array(hash).toHex()}`;
}
