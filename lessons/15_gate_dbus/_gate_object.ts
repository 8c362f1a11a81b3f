/**
 * The gate's object on D-Bus, the same in both forms.
 *
 * @module
 */
import { defineInterface, type MessageBus } from "npm:dbus-native@0.16.1";
import { connectToBus, NAME, PATH } from "./_bus.ts";

// What can be said when asking for a name: the flags of RequestName.
const FLAG = { allowReplacement: 1, replaceExisting: 2 };

/** An object with a signal and a method: each call of Open() runs `open`. */
export class GateObject implements AsyncDisposable {
  readonly #lost = new AbortController();
  /** Aborts once it is off the bus, or another program takes over its name. */
  readonly lost: AbortSignal = this.#lost.signal;
  readonly #interface;
  #bus: MessageBus | undefined;

  constructor(open: () => unknown) {
    this.#interface = defineInterface({
      name: NAME,
      methods: { Open: open },
      signals: { StatusChanged: { args: { payload: "s" } } },
    });
  }

  /** Puts it on the bus, under its name; throws if another program has that. */
  async start(): Promise<void> {
    const bus = this.#bus = await connectToBus();
    await bus.export(PATH, this.#interface);
    const flag = Deno.args.includes("--replace") ? FLAG.replaceExisting : 0;
    const name = await bus.ownName(NAME, flag | FLAG.allowReplacement);
    if (!name.isPrimaryOwner) throw new Error(`Name is taken: "${NAME}"`);
    const lose = (reason: string, exitCode: number) => {
      if (this.lost.aborted) return;
      console.error(`${reason}: this program ends`);
      Deno.exitCode = exitCode;
      this.#lost.abort();
    };
    bus.connection.on("close", () => lose("D-Bus is gone", 1));
    bus.connection.on("message", ({ sender, member, body }) => {
      if (sender !== "org.freedesktop.DBus" || body?.[0] !== NAME) return;
      if (member === "NameLost") lose(`"${NAME}" is taken over`, 0);
    });
  }

  /** Sends the signal StatusChanged, unless it is off the bus. */
  statusChanged(status: string): void {
    // Text on MQTT may hold the character NUL; text on D-Bus may not.
    const payload = status.replaceAll("\0", "\ufffd");
    if (!this.lost.aborted) this.#interface.emit.StatusChanged?.(payload);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lost.abort();
    await this.#bus?.close();
  }
}
