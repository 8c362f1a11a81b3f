/**
 * What commands say to who calls them wrongly. That a command ends with one line
 * and the exit code 2, a process of each shows once; which mistakes there are, its
 * function.
 *
 * @module
 */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { createPrivateKey } from "node:crypto";
import { describeError } from "../../lib/describe_error.ts";
import { startBroker } from "../../lib/mod.ts";
import {
  CA_FILE,
  CERT_FILE,
  KEY_FILE,
  LOCALHOST,
} from "../../testing/certificates/certificates.ts";
import { within } from "../../testing/deadline.ts";
import { runCommand, startCommand } from "../../testing/project/commands.ts";
import { temporaryFile } from "../../testing/temporary_file.ts";
import { pool } from "../checking/pool.ts";
import { COMMANDS } from "../launcher/commands.ts";
import { callProgram, type Program } from "../options/program.ts";
import { program as broker } from "./broker.ts";
import { program as certificate } from "./broker_certificate.ts";
import { program as passwd } from "./broker_passwd.ts";
import { program as check } from "./check.ts";
import { program as cluster } from "./cluster.ts";
import { program as copy } from "./copy.ts";
import { program as dashboard } from "./dashboard.ts";
import { program as grade } from "./grade.ts";
import { program as pub } from "./pub.ts";
import { program as record } from "./record.ts";
import { program as report } from "./report.ts";
import { program as sensors } from "./sensors.ts";
import { program as start } from "./start.ts";
import { program as sub } from "./sub.ts";
import { program as testCluster } from "./test_cluster.ts";
import { program as testFaults } from "./test_faults.ts";
import { program as testLoad } from "./test_load.ts";

/** Arguments, and how the line begins, or goes on, that they bring. */
type Mistake = [args: string[], words: string];

const MESSAGE = ["-t", "x", "-m", "y"];
const TLS = ["--cert", CERT_FILE, "--key", KEY_FILE];
const NO_FOLDER = ["--dir", "nowhere"];

const MISTAKES: [name: string, program: Program, mistakes: Mistake[]][] = [
  ["dashboard", dashboard, [
    [["--port", "70000"], 'Option --port is "70000"'],
    [["-p", "0"], 'Option -p is "0"'],
    [["-t", "a/#/b"], 'Topic filter is "a/#/b"'],
    [["--host", "0.0.0.0"], "Option --host needs --password"],
    [["--host", "", "--password"], 'Option --host is ""'],
    [["--password"], "Option --password is given without --host"],
    [["-h", "a:99999"], "Port is 99999"],
    [["iot/#"], 'Argument "iot/#" is not expected'],
  ]],
  ["cluster", cluster, [
    [[], "Engine is missing: it must be nats or rabbitmq"],
    [["kafka"], 'Engine is "kafka": it must be nats or rabbitmq'],
    [["nats", "--port", "65534"], 'Option --port is "65534"'],
    [["--kill", "4"], 'Option --kill is "4"'],
    [["nats", "--kill", "2"], 'Engine "nats" is given with Option --kill'],
    [["--status", "--restart", "1"], "Option --restart is given with Option"],
    [["nats", "rabbitmq"], 'Argument "rabbitmq" is not expected'],
  ]],
  ["pub", pub, [
    [[...MESSAGE, "-p", "99999"], 'Option -p is "99999"'],
    [[...MESSAGE, "-h", "a:99999"], "Port is 99999"],
    [[...MESSAGE, "-q", "3"], 'Option -q is "3"'],
    [["-t", "x", "-f", "no such file"], 'File "no such file" can\'t be read'],
    [["-m", "y"], "Topic is missing: it needs -t"],
    [["-t", "x"], "Message is missing: it needs -m, -f, -l, -s or -n"],
    [[...MESSAGE, "-f", "z"], "Options -m and -f are both given"],
    [["-t", "x/#", "-m", "y"], 'Topic name is "x/#"'],
    [["-t", "x", "-m"], 'Option "-m" lacks its value'],
    [["-L", "mqtt://a/b", ...MESSAGE], "Topic is given twice"],
    [[...MESSAGE, "--repeat", "0"], 'Option --repeat is "0"'],
    [[...MESSAGE, "--repeat-delay", "1"], "it needs --repeat"],
    [["-t", "x", "-l", "--repeat", "2"], "Options -l and --repeat"],
    [[...MESSAGE, "-D", "publish", "x"], "lacks one of its values"],
    [[...MESSAGE, "-D", "publish", "x", "y"], 'publish is "x"'],
    [
      [...MESSAGE, "-V", "311", "-D", "publish", "content-type", "y"],
      'Option -V is "311": it must be 5, as -D gives properties',
    ],
    [
      [...MESSAGE, "-D", "will", "content-type", "y"],
      "Will has no topic: it needs --will-topic",
    ],
  ]],
  ["sub", sub, [
    [["-t", "x", "-p", "99999"], 'Option -p is "99999"'],
    [["-t", "a/#/b"], 'Topic filter is "a/#/b": # must be its last level'],
    [["-t", "x", "-q", "3"], 'Option -q is "3"'],
    [["-t", "x", "-C", "0"], 'Option -C is "0"'],
    [["-t", "x", "-W", "soon"], 'Option -W is "soon"'],
    [["-t", "x", "-h", "http://a"], 'Broker address "http://a'],
    [[], "Topic is missing: it needs -t"],
    [["x"], 'Argument "x" is not expected'],
    [["-t", "x", "-F", "%k"], 'Sequence "%k" of -F is unknown'],
    [["-t", "x", "-T", "a/#/b"], 'Topic filter is "a/#/b"'],
    [["-t", "x", "-U", ""], 'Topic filter is ""'],
    [["-t", "x", "-R", "--retained-only"], "Options -R and --retained"],
    [["-L", "mqtt://a/b", "-D"], 'Option "-D" is unknown'],
  ]],
  ["record", record, [
    [["-q", "3"], 'Option -q is "3"'],
    [["-t", "a/#/b"], 'Topic filter is "a/#/b"'],
    [["-h", "localhost:99999"], "Port is 99999"],
    [["--share", "a/b"], 'Option --share is "a/b"'],
    [["--share", "a", "-t", "$share/b/c"], "Option -t has a group already"],
    [["--time", "noon"], 'Option --time is "noon"'],
    [["--deduplicate"], "Readings can't be told apart by their arrival"],
    [["--out", "no/such/folder.csv"], "no/such"],
    [["iot/#"], 'Argument "iot/#" is not expected'],
  ]],
  ["report", report, [
    [[], "FILE is missing: it is called as in"],
    [["absent.csv"], 'File "absent.csv" does not exist'],
    [["lib"], '"lib" is a folder, not a file'],
    [["a.csv", "-", "a.csv"], 'File "a.csv" is given twice'],
    [["a.csv", "-t", "a/#/b"], 'Topic filter is "a/#/b"'],
    [["a.csv", "-t"], 'Option "-t" lacks its value'],
    [["a.csv", "--force"], "Option --force needs --html"],
    [["a.csv", "--html", ""], 'Option --html is "": it must be a file'],
    [["a.csv", "--html", "lib", "--force"], 'Option --html is "lib", a folder'],
    [["a.csv", "--html", "README.md"], 'File "README.md" is there already'],
    [
      ["README.md", "--html", "README.md", "--force"],
      'Option --html is "README.md", a recording to be read',
    ],
  ]],
  ["sensors", sensors, [
    [["-q", "3"], 'Option -q is "3"'],
    [["--speed", "-1"], 'Option --speed is "-1"'],
    [["--cafile", "no/such.crt"], "no/such.crt"],
    [["-h", "ftp://x"], 'Broker address "ftp://x"'],
  ]],
  ["start", start, [
    [["--speed", "0"], 'Option --speed is "0"'],
    [["--seconds", "x"], 'Option --seconds is "x"'],
    [["--out", "no/such/folder.csv"], "no/such"],
  ]],
  ["broker", broker, [
    [["--max-packet-size", "x"], 'Option --max-packet-size is "x"'],
    [["--max-topic-levels", "201"], "a whole number from 1 to 200"],
    [["--origin", "school.example/x"], 'Origin is "school.example/x"'],
    [["--port", "99999"], 'Option --port is "99999"'],
    [["--user", "info"], "Option --user lacks a part: it must be NAME:PASSWOR"],
    [["--user", ":s3cret"], "Option --user lacks a part"],
    [["--store", ""], 'Store is ""'],
    [["--password-file", "absent"], 'Password file "absent" can\'t be read'],
    [["--acl-file", "absent"], 'ACL file "absent" can\'t be read'],
    [["--cert", CERT_FILE], "Option --cert needs --key"],
    [["--key", KEY_FILE], "Option --key needs --cert"],
    [["--tls-port", "0"], "Option --tls-port needs a certificate"],
    [["--plain-port", "0"], "Option --plain-port needs a certificate"],
    [[...TLS, "--port", "0"], "Option --port is for a broker without --cert: "],
    [
      ["--secure-websocket-port", "0"],
      "Option --secure-websocket-port needs a certificate",
    ],
    [["--cert", "no.crt", "--key", KEY_FILE], 'File "no.crt" can\'t be read: '],
    [
      ["--cert", CERT_FILE, "--key", "no.key"],
      'File "no.key" can\'t be read: ',
    ],
    [
      ["--cert", KEY_FILE, "--key", KEY_FILE],
      `Certificate "${KEY_FILE}" can't be read: it must be PEM text`,
    ],
    [
      ["--cert", CA_FILE, "--key", KEY_FILE],
      `Key "${KEY_FILE}" is of another certificate`,
    ],
  ]],
  ["broker:passwd", passwd, [
    [[], "Password file is missing"],
    [["missing"], 'Password file "missing" can\'t be read'],
    [["missing", "ann", "--delete"], 'Password file "missing" can\'t be read'],
    [["missing", "--delete"], "User is missing"],
    [["missing", "--from", "x"], "it takes one source and a user"],
    [
      ["missing", "ann", "--from", "x", "--password", "y"],
      "it takes one source and a user",
    ],
    [["missing", "ann", "--from", "absent"], 'can\'t be read from "absent"'],
    [["missing", "a:b"], 'User name is "a:b": it must have no colon'],
    [["missing", "a\nb"], 'User name is "a\\nb"'],
  ]],
  ["broker:certificate", certificate, [
    [["--host", "two words"], 'Option --host is "two words": it must be'],
    [["--host", "*.local"], 'Option --host is "*.local": it must be'],
    [["--host", "1.2.3"], 'Option --host is "1.2.3": it must be'],
    [[...NO_FOLDER, "--days", "731"], 'Option --days is "731": it must be'],
    [[...NO_FOLDER, "--days", "0"], 'Option --days is "0": it must be'],
  ]],
  ["check", check, [
    [["99"], 'Exercise "99" is unknown: there are 01_presence'],
    [["01", "02"], 'Argument "02" is not expected'],
    [["01", "--seed", "-1"], 'Option --seed is "-1": it must be'],
    [["--command", "x"], 'Option --command is "x": it must be one exercise\'s'],
    [["01", "--command", " "], 'Option --command is " "'],
  ]],
  ["grade", grade, [
    [["--format", "xml"], 'Option --format is "xml"'],
    [["--dir", "nowhere"], 'Folder "nowhere"'],
    [["--each", "nowhere"], 'Folder "nowhere"'],
    [["--jobs", "0"], "Option --jobs"],
    [["--seed", "-1"], "Option --seed"],
    [["--out", "no/file"], 'Option --out is "no/file"'],
    [["--out", "lib"], 'Option --out is "lib"'],
    [["--command", " "], "Option --command"],
    [["01"], 'Argument "01"'],
  ]],
  ["copy", copy, [
    [[], "WHAT and FOLDER are missing"],
    [["lesson:01"], "FOLDER is missing"],
    [["lesson:99", "/tmp/x"], "there are lesson:01 to lesson:18, exercise:01"],
    [["lesson:01/none", "/tmp/x"], "it has greeting, publisher"],
    [["lesson:02", "/tmp/x", "--single"], "such as lesson:02/subscriber"],
    [["lesson:01", "lessons/x"], "is in the workbook"],
  ]],
  ["test:cluster", testCluster, [
    [[], 'Argument is ""'],
    [["kafka"], 'Argument is "kafka"'],
    [["share", "--readings", "0"], 'Option --readings is "0"'],
    [["bridge", "--away", "-1"], 'Option --away is "-1"'],
  ]],
  ["test:load", testLoad, [
    [["--clients", "5"], 'Option --clients is "5": it must be a whole number'],
    [["--minutes", "1"], "Option --minutes needs --start"],
    [["--start", "--seed", "1"], "Option --seed is not for --start"],
  ]],
  ["test:faults", testFaults, [
    [["--without", "luck"], 'Option --without is "luck"'],
    [["--broker", "paho"], 'Option --broker is "paho"'],
    [["--minutes", "0"], 'Option --minutes is "0"'],
    [["--protocol", "3"], 'Option --protocol is "3"'],
  ]],
];

/** Calls a program wrongly, and gives what it would print. */
async function sayOf(program: Program, args: string[]): Promise<string> {
  // A program that takes what it should refuse may go on for ever.
  const refusing = () => within("a refusal", callProgram(program, args));
  const error = await assertRejects(refusing, Error);
  // What a program that is misused ends with 2 for.
  const isMisuse = error instanceof RangeError || error instanceof TypeError;
  assert(isMisuse, `${args}: ${error}`);
  return describeError(error);
}

for (const [name, program, mistakes] of MISTAKES) {
  Deno.test(`${name} says which mistake it was called with`, async () => {
    for (const [args, words] of mistakes) {
      assertStringIncludes(await sayOf(program, args), words, args.join(" "));
    }
  });
}

Deno.test("broker says that a key is encrypted", async () => {
  await using place = await temporaryFile("encrypted.key");
  const key = createPrivateKey(LOCALHOST.key).export({
    type: "pkcs8",
    format: "pem",
    cipher: "aes-256-cbc",
    passphrase: "secret",
  });
  await Deno.writeTextFile(place.file, String(key));
  assertStringIncludes(
    await sayOf(broker, ["--cert", CERT_FILE, "--key", place.file]),
    `Key "${place.file}" is encrypted: it must be one without a passphrase`,
  );
});

Deno.test("commands with -h show no password where the address is wrong", async () => {
  for (const host of ["info:s3cret", "info:s3cret@a b", "i:s3cret\\x@h"]) {
    const calls: [Program, string[]][] = [
      [record, []],
      [sensors, []],
      [sub, ["-t", "iot/#"]],
      [pub, ["-t", "iot/x", "-l"]],
      [dashboard, ["--no-open"]],
    ];
    for (const [program, args] of calls) {
      const said = await sayOf(program, [...args, "-h", host]);
      assertStringIncludes(said, 'Broker address "');
      assertEquals(said.includes("s3cret"), false, said);
    }
  }
});

/** Commands with `-h`, and what each needs beside. */
const WITH_HOST: [command: string, args: string[]][] = [
  ["record", []],
  ["sensors", []],
  ["sub", ["-t", "iot/#"]],
  ["pub", ["-t", "iot/x", "-l"]],
];

for (const [command, args] of WITH_HOST) {
  Deno.test(`${command} -h takes user:password@host:port, and shows no password`, async () => {
    await using temporary = await temporaryFile();
    await using broker = await startBroker({
      port: 0,
      users: { info: "s3cret" },
    });
    const out = command === "record" ? ["--out", temporary.file] : [];
    const host = (port: number) => `info:s3cret@127.0.0.1:1,127.0.0.1:${port} `;
    await using process = startCommand(
      command,
      [...args, ...out, "-h", host(broker.port)],
      { MQTT_TRACE: "1" },
    );
    await process.untilLogged("CONNACK     accepted");
    const said = process.printed() + process.logged();
    assertStringIncludes(said, "user info");
    assertEquals(said.includes("s3cret"), false, said);
    process.kill("SIGKILL");
    await process.end();
  });
}

/** What hands its arguments on to another program. */
const PASS_ON = ["test", "bench", "check-all"];

Deno.test("each command says in one line that an option is unknown, and exits with 2", async () => {
  const names = Object.keys(COMMANDS)
    .filter((name) => !PASS_ON.includes(name) && !/^lesson:(?!01)/.test(name));
  await pool(names, 4, async (name) => {
    assertEquals({ name, ...await runCommand(name, ["--nope"]) }, {
      name,
      code: 2,
      stdout: "",
      stderr: 'Option "--nope" is unknown: --help lists those that there are\n',
    });
  });
});

Deno.test("a command prints its help, and exits with 0", async () => {
  const { code, stdout } = await runCommand("sub", ["--help"]);
  assertEquals([code, stdout], [0, `${sub.help.trim()}\n`]);
  for (const [name, { help }] of MISTAKES) {
    assertStringIncludes(help, `Usage: deno task ${name}`);
  }
});

Deno.test("commands say what is wrong with a variable, and with a lesson's options", async () => {
  const calls: [string, string[], Record<string, string>, string][] = [
    ["lesson:01", ["--seconds", "-1"], {}, 'Option --seconds is "-1"'],
    ["lesson:01", ["--trace", "x"], {}, 'Argument "x" is not expected'],
    ["start", ["--out", "/dev/null"], { MQTT_URL: "h:99999" }, "Port is 99999"],
    ["broker:passwd", ["missing", "ann"], {}, "Password is missing: on a term"],
    [
      "broker:passwd",
      ["missing", "ann", "--from-variable"],
      {},
      "Variable MQTT_PASSWORD is not set",
    ],
  ];
  for (const [name, args, variables, words] of calls) {
    const { code, stderr } = await runCommand(name, args, variables);
    assertEquals(code, 2);
    assertStringIncludes(stderr, words);
    assertEquals(stderr.trim().split("\n").length, 1, stderr);
  }
});
