import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";

/** Whether a host that a request names can't be a stranger's name for this one. */
export function isOwnHost(
  named: string | undefined,
  host: string,
): boolean {
  const url = URL.parse(`http://${named}`);
  if (url === null || url.host !== named?.toLowerCase()) return false;
  const name = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return name === "localhost" || name === host.toLowerCase() || isIP(name) > 0;
}

/** Whether two texts are the same, told in the same time however much agrees. */
export function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
