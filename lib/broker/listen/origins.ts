import { isIP } from "node:net";

/** Whether a web page may connect, by the headers of its request. */
export type PageAllowed = (
  headers: { origin?: string | undefined; host?: string | undefined },
) => boolean;

/**
 * Decides which web pages may open a WebSocket. A browser lets any page, also a
 * stranger's, connect to any computer that it reaches, and says where the page
 * is from (RFC 6455 section 10.2); other programs say nothing.
 *
 * @param origins Those of pages that may connect, besides those from the host
 * that is asked; `*` for all.
 */
export function allowPages(origins: readonly string[] = []): PageAllowed {
  const allowed = new Set(origins.map(readOrigin));
  return ({ origin, host }) => {
    if (origin === undefined || allowed.has("*")) return true;
    const page = URL.parse(origin);
    if (page === null) return false;
    return allowed.has(page.origin) || isOwn(page.hostname, host);
  };
}

function readOrigin(text: string): string {
  if (text === "*") return text;
  const url = URL.parse(text);
  // With a path or the like it would say more than an origin does.
  if (url !== null && url.origin !== "null" && url.href === `${url.origin}/`) {
    return url.origin;
  }
  throw new TypeError(
    `Origin is "${text}": it must be like "https://school.example", or "*"`,
  );
}

/**
 * Whether a page is from the host that is asked, at whatever port. A stranger
 * can let a name of his own lead here once his page has come from elsewhere (DNS
 * rebinding), so only an address will do, or a name that leads nowhere else.
 */
function isOwn(name: string, host: string | undefined): boolean {
  const asked = URL.parse(`http://${host}`)?.hostname;
  const isSafe = name === "localhost" || isIP(name.replace(/[[\]]/g, "")) > 0;
  return isSafe && name === asked;
}
