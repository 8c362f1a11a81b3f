/**
 * Writes the password file of a broker: the embedded one, or mosquitto.
 *
 * @module
 */
import { promptSecret } from "@std/cli/prompt-secret";
import { readPasswordFile } from "../../lib/broker/access/access_files.ts";
import { printable } from "../../lib/printable.ts";
import {
  assertPassword,
  assertUserName,
  deleteUser,
  setPassword,
} from "../broker/password_file.ts";
import { type Options, runProgram, UsageError } from "../options/program.ts";

const VARIABLE = "MQTT_PASSWORD";

const HELP = `
Sets a user's password in a password file, for deno task broker or mosquitto.
Without a user, lists those that there are.

Usage: deno task broker:passwd FILE [USER] [--delete]
                               [--from FILE | --from-variable | --password TEXT]

  FILE             the password file; it is made if there is none
  USER             the user's name
  --delete         take the user out of the file
  --from FILE      read the password from the first line of a file,
                   or from standard input if FILE is -
  --from-variable  take the password from the variable ${VARIABLE}
  --password TEXT  this is the password. Others on this machine can see it,
                   and the terminal's history keeps it

It asks for the password twice, and shows nothing, unless one of the last three
options says where to find it. A broker of deno task broker that runs reads the
file again by itself; mosquitto does at the signal SIGHUP.
`;

export const program = await runProgram({
  help: HELP,
  names: {
    string: ["from", "password"],
    boolean: ["delete", "from-variable"],
    positional: 2,
  },
  main,
}, import.meta.main);

async function main(options: Options): Promise<void> {
  const [file, user] = options.positional;
  if (file === undefined) {
    throw new UsageError("Password file is missing: name it first");
  }
  const sources =
    ["from", "password"].filter((name) => options.text(name) !== undefined)
      .length + Number(options.has("from-variable"));
  if (sources > Number(user !== undefined && !options.has("delete"))) {
    throw new UsageError(
      "Password is given too often, or for nothing: it takes one source and a user",
    );
  }
  if (user === undefined) {
    if (options.has("delete")) {
      throw new UsageError("User is missing: --delete needs a name");
    }
    const { users } = await readPasswordFile(file);
    for (const name of users.keys()) console.log(printable(name));
  } else if (options.has("delete")) {
    await deleteUser(file, user);
    console.error(`Deleted the user ${JSON.stringify(user)}`);
  } else {
    assertUserName(user);
    const done = await setPassword(file, user, await findPassword(options));
    const what = done === "added"
      ? "Added the user"
      : "Changed the password of";
    console.error(`${what} ${JSON.stringify(user)}`);
  }
}

async function findPassword(options: Options): Promise<string> {
  const given = options.text("password");
  if (given !== undefined) {
    console.error(
      "Others on this machine can see the password of --password, and the terminal's history keeps it",
    );
    return given;
  }
  const source = options.text("from");
  if (source !== undefined) return await readFirstLine(source);
  if (!options.has("from-variable")) return ask();
  const value = Deno.env.get(VARIABLE);
  if (value === undefined) {
    throw new UsageError(
      `Variable ${VARIABLE} is not set: it must be the password`,
    );
  }
  return value;
}

async function readFirstLine(source: string): Promise<string> {
  try {
    const text = source === "-"
      ? await new Response(Deno.stdin.readable).text()
      : await Deno.readTextFile(source);
    return text.split(/\r?\n/, 1)[0]!;
  } catch (error) {
    const { message } = error as Error;
    throw new UsageError(`Password can't be read from "${source}": ${message}`);
  }
}

function ask(): string {
  const password = askOnce("Password:");
  // What can't be right needn't be typed again.
  assertPassword(password);
  if (askOnce("Password again:") !== password) {
    throw new UsageError("Passwords differ: nothing is changed");
  }
  return password;
}

function askOnce(message: string): string {
  const password = promptSecret(message, { mask: "" });
  if (password !== null) return password;
  throw new UsageError(
    "Password is missing: on a terminal it is asked for, otherwise --from or --from-variable says where it is",
  );
}
