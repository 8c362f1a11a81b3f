import type { FromPage, FromServer } from "../protocol.ts";
import { openTopic, phase, take } from "./store.ts";

const SHORTEST_PAUSE = 500;
const LONGEST_PAUSE = 5_000;

/** What is asked for anew when the server is back. */
const standing = new Map<FromPage["type"], FromPage>();
let socket: WebSocket | undefined;
let password: string | undefined;
let pause = SHORTEST_PAUSE;

/** Connects to the server that the page came from, and again whenever it is lost. */
export function connect(): void {
  const url = new URL("socket", document.baseURI);
  url.protocol = url.protocol.replace("http", "ws");
  const mine = socket = new WebSocket(url);
  mine.onopen = () => say({ type: "hello", ...password && { password } });
  mine.onmessage = ({ data }) => {
    const message = JSON.parse(data) as FromServer;
    take(message);
    if (message.type === "welcome") {
      pause = SHORTEST_PAUSE;
      for (const request of standing.values()) say(request);
    }
    if (message.type === "frame") {
      say({ type: "handled", number: message.number });
    }
  };
  mine.onclose = () => {
    if (phase.value !== "open" && phase.value !== "connecting") return;
    phase.value = "connecting";
    setTimeout(connect, pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  };
}

/** Logs in. */
export function logIn(text: string): void {
  password = text;
  phase.value = "connecting";
  connect();
}

/** Says something to the server; what is to be shown is said again to a new one. */
export function send(request: FromPage): void {
  if (["open", "series", "packets", "clients"].includes(request.type)) {
    standing.set(request.type, request);
  }
  say(request);
}

/** Shows the messages of a topic. */
export function showTopic(topic: string | null): void {
  openTopic.value = topic;
  send({ type: "open", topic });
}

function say(request: FromPage): void {
  if (socket?.readyState === WebSocket.OPEN) {
    socket.send(JSON.stringify(request));
  }
}
