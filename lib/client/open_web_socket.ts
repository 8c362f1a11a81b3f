/**
 * Opens a WebSocket with what Deno alone can set, such as headers: where a program
 * is checked with the types of browsers, too, those know nothing of it.
 */
export function openWebSocket(
  url: string,
  options: WebSocketOptions,
): WebSocket {
  return new WebSocket(url, options as never);
}
