import type { KeyPairFiles } from "./certificate_files.ts";

/** The commands that use new certificates, for each kind of client. */
export function describeNextSteps(
  { ca, broker, host }: {
    ca: KeyPairFiles;
    broker: KeyPairFiles;
    /** What clients connect to: this computer alone, unless given. */
    host: string | undefined;
  },
): string {
  const name = host ?? "localhost";
  const address = name.includes(":") ? `[${name}]` : name;
  const listen = host === undefined ? "" : "--host 0.0.0.0 ";
  return `
The broker${
    host === undefined
      ? " (with --host 0.0.0.0, other computers can reach it, too)"
      : ""
  }:
  deno task broker ${listen}--cert ${quote(broker.cert)} --key ${
    quote(broker.key)
  }

Its clients, which need ${ca.cert} and no other file:
  deno task sub -h ${name} --cafile ${quote(ca.cert)} -t "#" -v
  deno task pub -h ${name} --cafile ${quote(ca.cert)} -t greeting -m hello
  mosquitto_sub -h ${name} -p 8883 --cafile ${quote(ca.cert)} -t "#" -v
In programs:
  TypeScript: connect("mqtts://${address}", { tls: { ca: await Deno.readTextFile(${
    JSON.stringify(ca.cert)
  }) } })
  paho: client.tls_set(${
    JSON.stringify(ca.cert)
  }); client.connect("${name}", 8883)

Never give away ${ca.key}: whoever has it can pass for this broker.`;
}

/** A path as this system's shell takes it. */
function quote(path: string): string {
  if (/^[\w./\\:-]+$/.test(path)) return path;
  if (Deno.build.os === "windows") return `"${path}"`;
  return `'${path.replaceAll("'", "'\\''")}'`;
}
