// The page's program. It is an MQTT client like any other: it subscribes to what
// the gate says, and publishes commands.

/** MQTT.js, which the page has loaded before. */
const { mqtt } = globalThis;

const STATUS = "tw/rocksaying/status";
const COMMAND = "tw/rocksaying/command";

/** What the gate can be, and where its leaf then stands. */
const POSITIONS = new Map([
  ["opening", "between"],
  ["opened", "open"],
  ["closing", "between"],
  ["closed", "closed"],
  ["alarm", undefined], // The alarm moves nothing.
]);

/** Milliseconds without a word from the gate after which it seems to be off. */
const LONGEST_SILENCE = 3000;
const MOST_LINES = 100;
const MOST_CHARACTERS = 200;

const element = (id) => document.getElementById(id);
const now = () => new Date().toTimeString().slice(0, "HH:MM:SS".length);

// 1. Connect: over a WebSocket, to where the page itself came from. MQTT.js tries
// again each second, for as long as it takes. With a short keepalive, it soon
// notices that the phone has left the Wi-Fi.
const client = mqtt.connect(`${location.origin.replace(/^http/, "ws")}/mqtt`, {
  keepalive: 10,
  connectTimeout: 5000,
  reconnectPeriod: 1000,
  resubscribe: false,
});

// 2. Subscribe after each connection: the broker has forgotten the one before.
// Only then the page is live.
client.on("connect", () => {
  client.subscribe([STATUS, COMMAND], { qos: 1 }, (error) => {
    if (!error) showConnection("connected", "Connected");
    else if (error.packet) showConnection("refused", "Subscription refused");
  });
});

client.on("close", () => {
  // A command that the broker hasn't confirmed must not reach it later, when
  // nobody expects the gate to move any more.
  for (const id of Object.keys(client.outgoing)) {
    client.removeOutgoingMessage(Number(id));
  }
  if (client.reconnecting) showConnection("offline", "Offline, trying again…");
});

// 3. A refused connection isn't tried again. The broker may want to know who we
// are: codes 4 and 5 of its CONNACK say so.
client.on("error", ({ code, message }) => {
  if (!(code >= 1 && code <= 5)) return;
  showConnection("refused", message);
  element("sign-in").hidden = code < 4;
});

element("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  client.options.username = form.get("username");
  client.options.password = form.get("password");
  event.target.hidden = true;
  showConnection("connecting", "Connecting…");
  client.reconnect();
});

// 4. Show what comes. A payload is bytes from anybody: it is shown as text, never
// as HTML. What is retained was said in the past, so it is no sign of life.
client.on("message", (topic, payload, { retain }) => {
  const text = payload.toString();
  const name = topic === STATUS ? "status" : "command";
  addToLog(name, retain ? `${text} (retained)` : text);
  if (topic !== STATUS) return;
  if (POSITIONS.has(text)) showState(text);
  if (!retain) showLife(text === "noop");
});

// 5. Each button publishes its command. What becomes of it, the gate says.
const buttons = element("commands").querySelectorAll("button");
for (const button of buttons) {
  button.addEventListener("click", () => {
    lastUsed = button;
    client.publish(COMMAND, button.value, { qos: 1 }, (error) => {
      if (error) addToLog("page", `${button.value} was not confirmed`);
    });
  });
}
/** The button to which the keyboard returns after a lost connection. */
let lastUsed;

/** Shows how the connection is. The buttons work only while there is one. */
function showConnection(connection, text) {
  const shown = element("connection");
  if (shown.textContent === text) return;
  shown.dataset.connection = connection;
  shown.textContent = text;
  addToLog("page", text);

  const isOnline = connection === "connected";
  element("commands").disabled = !isOnline;
  if (isOnline && document.activeElement === document.body) lastUsed?.focus();
  element("life").textContent = isOnline ? "None yet" : "Offline";
  if (isOnline) listenForLife("waiting");
  else {
    clearTimeout(silence);
    document.body.dataset.gate = "offline";
  }
}

/** Shows the gate's last real state, in words and as a picture. */
function showState(state) {
  const picture = element("picture");
  picture.dataset.state = state;
  picture.dataset.position = POSITIONS.get(state) ?? picture.dataset.position;
  element("state").textContent = state;
  element("since").textContent = `at ${now()}`;
}

/** Notes that the gate lives. Its heart beats if it says nothing else. */
function showLife(isBeat) {
  listenForLife("alive");
  element("life").textContent = `at ${now()}`;
  if (!isBeat) return;
  const beats = element("beats");
  beats.textContent = Number(beats.textContent) + 1;
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const beat = isCalm ? { opacity: [0.4, 1] } : { scale: [1, 1.35, 1] };
  element("heart").animate(beat, { duration: 450, easing: "ease-out" });
}

/** Waits for the gate's next word, and says so if none comes. */
function listenForLife(gate) {
  document.body.dataset.gate = gate;
  clearTimeout(silence);
  silence = setTimeout(() => {
    document.body.dataset.gate = "silent";
    element("life").textContent = "Is the gate running?";
  }, LONGEST_SILENCE);
}
let silence;

/** Adds a line above the others. One noop after the other makes one line. */
function addToLog(name, text) {
  const log = element("log");
  const newest = log.firstElementChild;
  if (text === "noop" && newest?.dataset.noops && name === "status") {
    newest.dataset.noops = Number(newest.dataset.noops) + 1;
    newest.children[0].textContent = now();
    newest.children[2].textContent = `noop × ${newest.dataset.noops}`;
    return;
  }
  const line = document.createElement("li");
  if (text === "noop" && name === "status") line.dataset.noops = 1;
  const shown = text.length > MOST_CHARACTERS
    ? `${text.slice(0, MOST_CHARACTERS)}… (${text.length} characters)`
    : text;
  line.append(
    createPart("time", now()),
    createPart("span", name, "name"),
    createPart("span", shown, name === "page" ? "" : "wire"),
  );
  log.prepend(line);
  while (log.children.length > MOST_LINES) log.lastElementChild.remove();
}

function createPart(tag, text, className = "") {
  const part = document.createElement(tag);
  part.textContent = text;
  part.className = className;
  return part;
}
