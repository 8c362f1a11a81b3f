import { assert, assertEquals } from "@std/assert";
import { startBroker } from "../../lib/mod.ts";
import { openClient } from "../../testing/clients/clients.ts";
import { within } from "../../testing/deadline.ts";
import { startMosquitto } from "../../testing/brokers/mosquitto.ts";
import { peerTest } from "../../testing/peers.ts";
import { type Process, startProcess } from "../../testing/processes.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import { type OpenPage, startBrowser } from "../../testing/project/browser.ts";
import { lessonAt } from "../../testing/project/lessons.ts";

const lesson = lessonAt(import.meta.url);
const COMMAND = "tw/rocksaying/command";
const STATUS = "tw/rocksaying/status";

/** Starts the lesson's server on a free port, and waits for its address. */
async function startServer(url: string): Promise<Process & { page: string }> {
  const args = ["127.0.0.1", "0"];
  const server = lesson.start("server", { url, args });
  await server.untilPrinted("/\n");
  const [page = ""] = /http:\S+/.exec(server.printed()) ?? [];
  return { ...server, page };
}

/** Starts the gate of lesson 13. */
async function startGate(url: string): Promise<Process> {
  const lesson13 = lessonAt(new URL("../13_gate_service/", import.meta.url));
  const gate = lesson13.start("gate", { url });
  await gate.untilPrinted("Looping...\n");
  return gate;
}

/** Waits until an element's text has a text in it. */
function untilText(
  { page }: OpenPage,
  selector: string,
  text: string,
): Promise<void> {
  return page.locator(selector, { hasText: text }).waitFor();
}

/** Waits until the page is live. */
function untilConnected(open: OpenPage): Promise<void> {
  return untilText(open, "#connection", "Connected");
}

/** Begins to remember the states that the page shows. */
async function watchStates({ page }: OpenPage): Promise<void> {
  await page.evaluate(`
    globalThis.states = [];
    const { dataset } = document.getElementById("picture");
    const state = document.getElementById("state");
    new MutationObserver(() => {
      if (dataset.state !== state.textContent) throw new Error("They differ");
      states.push([dataset.state, dataset.position]);
    }).observe(state, { childList: true });
  `);
}

/** Waits until the page has shown a state, and returns all so far. */
function untilState({ until }: OpenPage, state: string): Promise<string[][]> {
  return until(`states.some(([name]) => name === "${state}") && states`);
}

/** Waits until the gate's leaf stands so far to the left of where it closes. */
async function untilLeafAt({ until }: OpenPage, left: number): Promise<void> {
  const transform =
    `getComputedStyle(document.querySelector(".leaf")).transform`;
  await until(`new DOMMatrix(${transform}).m41 === ${-left}`);
}

/** What moves while the heart beats, or `undefined` while it doesn't. */
const MOTION = `(() => {
  const styles = (selector) => getComputedStyle(document.querySelector(selector));
  const [beat] = document.getElementById("heart").getAnimations();
  return beat && {
    leaf: styles(".leaf").transitionDuration,
    lamp: styles(".light").animationName,
    heart: "scale" in beat.effect.getKeyframes()[0],
  };
})()`;

peerTest(
  ["mosquitto", "mosquitto_sub", "chromium"],
  "the page watches and commands the gate over mosquitto",
  async ({ chromium, mosquitto_sub }, context) => {
    await using mosquitto = await startMosquitto();
    const { url, host, port } = mosquitto;
    await using gate = await startGate(url);
    await using server = await startServer(url);
    await using browser = await startBrowser(chromium);
    await using peer = await openClient(url);

    await context.step("its heart beats each second", async () => {
      await using open = await browser.open(server.page);
      await open.page.evaluate(`
        globalThis.beats = [];
        const shown = document.getElementById("beats");
        new MutationObserver(() => {
          const animations = document.getElementById("heart").getAnimations();
          beats.push([shown.textContent, performance.now(), animations.length]);
        }).observe(shown, { childList: true });
      `);
      const beats = await open.until<[string, number, number][]>(
        "beats.length >= 3 && beats.slice(0, 3)",
      );
      // The first may have come before the page was looked at.
      const [first = 0, ...others] = beats.map(([count]) => Number(count));
      assertEquals(others, [first + 1, first + 2]);
      const milliseconds = beats[2]![1] - beats[0]![1];
      assert(milliseconds > 1000, `Two more beats in ${milliseconds} ms`);
      assert(beats.every(([, , animations]) => animations > 0));
      // All of them are one line of the log, and none is a state.
      await untilText(open, "#log", `noop × ${first + 2}`);
      await untilText(open, "#state", "unknown");
      assertEquals(open.complaints, []);
    });

    await context.step(
      "its buttons move the gate, seen by mosquitto_sub, too",
      async () => {
        const topic = "tw/rocksaying/#";
        const args = `-h ${host} -p ${port} -q 1 -v -t ${topic}`.split(" ");
        await using watcher = startProcess(mosquitto_sub, args);
        await watcher.untilPrinted("noop");
        await using open = await browser.open(server.page);
        await untilConnected(open);
        await watchStates(open);
        const click = (name: string) =>
          open.page.getByRole("button", { name }).click();

        await click("Open");
        assertEquals(await untilState(open, "opened"), [
          ["opening", "between"],
          ["opened", "open"],
        ]);
        await untilLeafAt(open, 182);
        await watcher.untilPrinted(
          `${COMMAND} open\n${STATUS} opening\n${STATUS} opened\n`,
        );
        await click("Alarm");
        await untilState(open, "alarm");
        await click("Close");
        assertEquals(await untilState(open, "closed"), [
          ["opening", "between"],
          ["opened", "open"],
          ["alarm", "open"], // The alarm moves nothing.
          ["closing", "between"],
          ["closed", "closed"],
        ]);
        await untilLeafAt(open, 0);
        assertEquals(open.complaints, []);
      },
    );

    await context.step("it is used with the keyboard alone", async () => {
      await using open = await browser.open(server.page);
      await untilConnected(open);
      await watchStates(open);
      const { keyboard } = open.page;
      const focused = [];
      for (let count = 0; count < 4; count++) {
        await keyboard.press("Tab");
        focused.push(
          await open.page.evaluate(`
            const { value, id } = document.activeElement;
            const { outlineStyle } = getComputedStyle(document.activeElement);
            [value ?? id, outlineStyle];
          `),
        );
      }
      assertEquals(focused, [
        ["open", "solid"],
        ["close", "solid"],
        ["alarm", "solid"],
        ["log", "solid"],
      ]);
      await keyboard.press("Shift+Tab");
      await keyboard.press("Enter");
      assertEquals(await untilState(open, "alarm"), [["alarm", "unknown"]]);
      await keyboard.press("Shift+Tab");
      await keyboard.press("Space");
      await untilState(open, "closed");
      assertEquals(open.complaints, []);
    });

    await context.step(
      "it shows payloads as text, and runs nothing",
      async () => {
        await using open = await browser.open(server.page);
        await untilConnected(open);
        const harm =
          `<img src=x onerror="globalThis.harmed = 1"><script>harmed = 2</script>`;
        await peer.publish(STATUS, harm, { qos: 1 });
        await peer.publish(COMMAND, harm, { qos: 1 }); // The gate repeats it.
        await peer.publish(STATUS, "x".repeat(100_000), { qos: 1 });
        await untilText(open, "#log", `unknown command: ${harm.slice(0, 60)}`);
        await untilText(
          open,
          "#log",
          `${"x".repeat(200)}… (100000 characters)`,
        );
        const texts = await open.page.locator("#log li > .wire")
          .allTextContents();
        assertEquals(texts.filter((text) => text === harm).length, 2);
        assertEquals(
          await open.page.evaluate(`[
          document.querySelectorAll("#log li > * > *").length,
          document.querySelectorAll("img").length,
          typeof harmed,
        ]`),
          [0, 0, "undefined"],
        );
        await untilText(open, "#state", "unknown");
        assertEquals(open.complaints, []);
      },
    );

    for (const colorScheme of ["light", "dark"] as const) {
      await context.step(
        `it is legible on a phone and in ${colorScheme} colours`,
        async () => {
          for (const width of [390, 1280]) {
            const viewport = { width, height: 800 };
            const options = { colorScheme, viewport };
            await using open = await browser.open(server.page, options);
            await untilConnected(open);
            await peer.publish(STATUS, "W".repeat(1000), { qos: 1 });
            await untilText(open, "#log", "WWW");
            const [wide, high, color] = await open.page.evaluate<
              [number, number, string]
            >(`[
            document.documentElement.scrollWidth +
              (log.scrollWidth - log.clientWidth),
            Math.min(...Array.from(
              document.querySelectorAll("#commands button"),
              (button) => button.offsetHeight,
            )),
            getComputedStyle(document.body).backgroundColor,
          ]`);
            assertEquals(wide, width);
            assert(high >= 44, `A button is ${high} pixels high`);
            const isDark = Number(/\d+/.exec(color)![0]) < 128;
            assertEquals(isDark, colorScheme === "dark");
            assertEquals(await open.violations(), []);
            assertEquals(open.complaints, []);
          }
        },
      );
    }

    await context.step("it moves nothing for who wants no motion", async () => {
      for (const reducedMotion of ["reduce", "no-preference"] as const) {
        await using open = await browser.open(server.page, { reducedMotion });
        await untilConnected(open);
        await peer.publish(STATUS, "alarm", { qos: 1 });
        await untilText(open, "#state", "alarm");
        assertEquals(
          await open.until(MOTION),
          reducedMotion === "reduce"
            ? { leaf: "0s", lamp: "none", heart: false }
            : { leaf: "0.5s", lamp: "flash", heart: true },
        );
      }
    });

    await context.step(
      "it is live again after the broker's restart",
      async () => {
        await using open = await browser.open(server.page);
        await untilConnected(open);
        await watchStates(open);
        const button = open.page.getByRole("button", { name: "Open" });
        await button.click();
        await untilState(open, "opened");

        await mosquitto.stop();
        await untilText(open, "#connection", "Offline, trying again…");
        assert(await button.isDisabled());
        await untilText(open, "#life", "Offline");

        await mosquitto.start();
        await untilConnected(open);
        const beats = Number(await open.page.textContent("#beats"));
        await open.until(
          `document.getElementById("beats").textContent > ${beats}`,
        );
        assert(await button.isEnabled());
        assertEquals(
          await open.page.evaluate("document.activeElement.value"),
          "open",
        );
        await open.page.getByRole("button", { name: "Close" }).click();
        // What was shown before is still there: nothing was loaded anew.
        assertEquals(await untilState(open, "closed"), [
          ["opening", "between"],
          ["opened", "open"],
          ["closing", "between"],
          ["closed", "closed"],
        ]);
        assertEquals(open.complaints, []);
      },
    );

    await context.step("it says that the gate is silent", async () => {
      await gate.stop();
      // What is retained was said long ago: it is no heartbeat.
      await using other = await openClient(url);
      await other.publish(STATUS, "noop", { retain: true, qos: 1 });
      await using open = await browser.open(server.page);
      await untilText(open, "#log", "noop (retained)");
      await untilText(open, "#life", "Is the gate running?");
      await untilText(open, "#beats", "0");
    });
  },
);

peerTest(
  ["chromium"],
  "the page gets along with a broker that is difficult",
  async ({ chromium }, context) => {
    await using browser = await startBrowser(chromium);

    await context.step(
      "it asks for a name and a password where the broker wants them",
      async () => {
        await using broker = await startBroker({
          port: 0,
          users: { ann: "x" },
        });
        await using server = await startServer(broker.url);
        await using open = await browser.open(server.page);
        const signIn = async (password: string) => {
          await open.page.getByLabel("User").fill("ann");
          await open.page.getByLabel("Password").fill(password);
          await open.page.getByRole("button", { name: "Sign in" }).click();
        };
        await untilText(
          open,
          "#connection",
          "Connection refused: Not authorized",
        );
        assert(
          await open.page.getByRole("button", { name: "Open" }).isDisabled(),
        );
        await signIn("wrong");
        await untilText(
          open,
          "#connection",
          "Connection refused: Bad username or password",
        );
        await signIn("x");
        await untilConnected(open);
        assert(await open.page.locator("#sign-in").isHidden());
        assertEquals(open.complaints, []);
      },
    );

    await context.step("it lets no command reach the gate late", async () => {
      // A broker that goes away instead of confirming the first command.
      await using broker = await startScriptedBroker((packet, { socket }) => {
        if (packet.cmd !== "publish" || packet.payload.toString() !== "open") {
          return;
        }
        socket.destroy();
        return "answered";
      });
      await using server = await startServer(broker.url);
      await using open = await browser.open(server.page);
      await untilConnected(open);
      await open.page.getByRole("button", { name: "Open" }).click();
      await untilText(open, "#log", "open was not confirmed");
      await untilText(open, "#connection", "Offline, trying again…");
      await untilConnected(open);
      await open.page.getByRole("button", { name: "Close" }).click();
      await within("the next command", broker.received("publish", 2));
      const commands = broker.packets.flatMap((packet) =>
        packet.cmd === "publish" ? [packet.payload.toString()] : []
      );
      assertEquals(commands, ["open", "close"]);
    });

    await context.step(
      "it says that the broker refuses its subscription",
      async () => {
        await using broker = await startScriptedBroker((packet, { send }) => {
          if (packet.cmd !== "subscribe") return;
          send({
            cmd: "suback",
            messageId: packet.messageId!,
            granted: [128, 128],
          });
          return "answered";
        });
        await using server = await startServer(broker.url);
        await using open = await browser.open(server.page);
        await untilText(open, "#connection", "Subscription refused");
        assert(
          await open.page.getByRole("button", { name: "Open" }).isDisabled(),
        );
      },
    );
  },
);
