/**
 * What keeps messages from being lost, and how to take it out of a copy of the
 * toolkit, to show that the soak notices.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** A change of one file: what is there, and what takes its place. */
interface Change {
  file: string;
  from: string;
  to: string;
}

export const SAFEGUARDS: Readonly<Record<string, readonly Change[]>> = {
  // MQTT.js goes on with its own store, as if the broker remembered everything.
  "in-flight-ledger": [
    {
      file: "lib/client/client.ts",
      from: "    this.outgoingStore = this.#inflight;\n",
      to: "",
    },
    {
      file: "lib/client/client.ts",
      from:
        "      this.#inflight.resume(connack, this.watch.session.isKept);\n",
      to: "",
    },
  ],
  // The broker may forget a message as soon as it has arrived.
  "acknowledgement-after-handler": [{
    file: "lib/client/acknowledgements.ts",
    from: "    if (delivery.handled) delivery.acknowledge();\n",
    to: "    delivery.acknowledge();\n",
  }],
  // Each connection makes the next pause short, however soon it ends.
  "lasting-connection": [{
    file: "lib/client/connection_end.ts",
    from: "    this.#lasting = setTimeout(\n" +
      "      () => this.#attempts = this.#losses = 0,\n" +
      "      seconds * 1000,\n" +
      "    );\n",
    to: "    this.#attempts = this.#losses = 0;\n",
  }],
  // A subscription is asked for once, on the first connection.
  "resubscription": [{
    file: "lib/client/subscriptions.ts",
    from: "      if (!isSessionKept) wish.isGranted = false;\n",
    to: "",
  }],
};

/** Copies the project's code to a folder, without one of the safeguards. */
export async function copyWithout(
  safeguard: string,
  folder: string,
): Promise<void> {
  for (const part of ["lib", "workbook"]) {
    await copyCode(inProject(part), `${folder}/${part}`);
  }
  for (const { file, from, to } of SAFEGUARDS[safeguard]!) {
    const path = `${folder}/${file}`;
    const code = await Deno.readTextFile(path);
    if (code.split(from).length !== 2) {
      throw new Error(`"${from.trim()}" is not once in ${file}`);
    }
    await Deno.writeTextFile(path, code.replace(from, () => to));
  }
}

async function copyCode(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyCode(`${from}/${name}`, `${to}/${name}`);
    else if (/\.(ts|json)$/.test(name)) {
      await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
    }
  }
}

function inProject(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
