import { request } from "node:http";
import { LOOPBACK } from "./engine_setup.ts";

/** A request to a server on this computer. */
interface LocalRequest {
  port: number;
  path: string;
  method?: "GET" | "POST";
  headers?: Record<string, string>;
}

/** What a server answered. */
interface LocalAnswer {
  status: number;
  text: string;
}

/**
 * Asks an HTTP server on this computer, past any proxy, which `fetch` isn't.
 *
 * @returns Its answer; undefined if there is none.
 */
export function requestLocally(
  { port, path, method = "GET", headers = {} }: LocalRequest,
): Promise<LocalAnswer | undefined> {
  return new Promise((resolve) => {
    const options = { host: LOOPBACK, port, path, method, headers };
    const nothing = () => resolve(undefined);
    request(options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => text += chunk);
      response.on("error", nothing);
      response.on(
        "end",
        () => resolve({ status: response.statusCode ?? 0, text }),
      );
    }).on("error", nothing).end();
  });
}
