/**
 * Who gets what of a broker with a password file and an ACL file, as data.
 *
 * @module
 */

/** Passwords by user name. */
export const USERS: Readonly<Record<string, string>> = {
  boss: "all-of-it",
  ann: "secret",
  bob: "hidden",
  "a+b": "wild",
};

/** What both brokers read. */
export const ACL = `# Who hasn't logged in, and so nobody
topic readwrite #

user boss
topic readwrite #
topic readwrite $SYS/#

user ann
topic readwrite iot/#
topic deny iot/secret/#
topic read own/ann/locked
topic readwrite end

user bob
topic read iot/+/temp
topic write iot/bob/#
topic deny iot/bob/off
topic literal/%u
topic readwrite end

user a+b
topic readwrite end
topic read news

# For everyone
pattern readwrite own/%u/#
pattern deny own/%u/locked
pattern read to/%c
pattern write from/%c/+
`;

/** One line of the table. */
export interface Row {
  /** The client's user; nobody unless given. */
  user?: string;
  clientId?: string;
  /**
   * What the client does. `publish`, `retain` and `clear` (a retained message)
   * on all topics, or with wills on them; or subscribe to `filter`, while others
   * publish on all topics (`subscribe`), after they did with the retain flag
   * (`subscribe late`), or while the client is away (`come back`).
   */
  does:
    | "publish"
    | "retain"
    | "clear"
    | "will"
    | "subscribe"
    | "subscribe late"
    | "come back";
  filter?: string;
  /** The subscription's quality of service, 1 unless given. */
  qos?: 0 | 1 | 2;
  topics: string[];
  /** The topics on which messages arrive at who subscribed to them. */
  passes: string[];
  /** Those of mosquitto, where it is more generous than it should be. */
  passesAtMosquitto?: string[];
  /** Whether the embedded broker refuses the filter: with 128, or 135 in MQTT 5. */
  isRefused?: boolean;
}

const EVERYWHERE = [
  "iot",
  "iot/ann/temp",
  "iot/ann/room/temp",
  "iot/bob/temp",
  "iot/bob/off",
  "iot/secret/temp",
  "news",
  "letters/a",
  "literal/%u",
  "literal/bob",
  "own/ann/x",
  "own/ann/locked",
  "own/bob/x",
  "own/bob/locked",
  "own//x",
  "to/me",
  "to/you",
  "from/me/x",
  "from/you/x",
  "$SYS/broker/uptime",
  "$other/x",
];

/**
 * What clients with a user and a password get. A row says: user, client id (-: none),
 * what the client does, with which filter (@ and a QoS) and topics (*: everywhere),
 * and behind >, where messages arrive: on these topics, on nothing, on all that
 * don't begin with $ (*), or that the filter is refused.
 */
export const ROWS: readonly Row[] = readRows(
  `
boss -      publish        -               * > *
ann  me     publish        -               *
  > iot iot/ann/temp iot/ann/room/temp iot/bob/temp iot/bob/off own/ann/x from/me/x
bob  me     publish        -               *
  > iot/bob/temp literal/%u own/bob/x from/me/x
a+b  me     publish        -               * > nothing
ann  m+e    publish        -               *
  > iot iot/ann/temp iot/ann/room/temp iot/bob/temp iot/bob/off
bob  -      retain         -               iot/bob/temp iot/bob/off news
  > iot/bob/temp
bob  -      clear          -               iot/bob/temp iot/bob/off news
  > iot/bob/temp
bob  -      will           -               iot/bob/temp iot/bob/off news $SYS/broker/uptime
  > iot/bob/temp
ann  me     subscribe      #               *
  > iot iot/ann/temp iot/ann/room/temp iot/bob/temp iot/bob/off own/ann/x own/ann/locked to/me
bob  me     subscribe      #               *
  > iot/ann/temp iot/bob/temp iot/secret/temp literal/%u own/bob/x to/me
bob  -      subscribe      iot/+/+@0       iot/ann/temp iot/ann/humidity iot/bob/off
  > iot/ann/temp
bob  -      subscribe      iot/ann/temp@2  iot/ann/temp iot/ann/humidity
  > iot/ann/temp
bob  -      subscribe      iot/bob/#@2     iot/bob/temp iot/bob/off iot/bob/room/temp
  > iot/bob/temp
bob  -      subscribe      iot/bob/off     iot/bob/off > refused
ann  -      subscribe      iot/secret/#    iot/secret iot/secret/temp > refused
ann  -      subscribe      +/secret/temp   iot/secret/temp own/secret/temp
  > refused
ann  -      subscribe      news            news > refused
ann  -      subscribe      $SYS/#          $SYS/broker/uptime > refused
boss -      subscribe      $SYS/#          $SYS/broker/uptime > nothing
bob  me     subscribe      to/+            to/me to/you > to/me
bob  +      subscribe      to/+            to/me to/you > refused
bob  #      subscribe      #               to/me own/bob/x iot/ann/temp news
  > iot/ann/temp
bob  me/you subscribe      #               to/me to/me/you own/bob/x
  > own/bob/x (mosquitto: to/me/you own/bob/x)
a+b  -      subscribe      own/+/x         own/ann/x own/aab/x > refused
a+b  -      subscribe      #               * > news
bob  -      subscribe-late #               iot/ann/temp iot/ann/humidity news own/bob/x
  > iot/ann/temp own/bob/x
ann  -      subscribe-late iot/+/temp      iot/ann/temp iot/secret/temp
  > iot/ann/temp
bob  me     come-back      #               iot/ann/temp iot/ann/humidity news own/bob/x to/me
  > iot/ann/temp own/bob/x to/me
ann  me     come-back      iot/#@2         iot/ann/temp iot/secret/temp
  > iot/ann/temp
`,
  EVERYWHERE,
);

/** What both brokers read where there are no users. */
export const OPEN_ACL = `topic write boss/letters/#
topic deny boss/letters/lost
topic read boss/news
topic readwrite end
user ann
topic readwrite #
pattern readwrite %c/#
pattern read boss/to/%c
pattern write boss/from/%c/+
pattern readwrite boss/users/%u/#
`;

const OPEN_TOPICS = [
  "boss/news",
  "boss/letters/a",
  "boss/letters/lost",
  "boss/to/me",
  "boss/to/you",
  "boss/from/me/x",
  "boss/from/you/x",
  "boss/users//x",
  "boss/users/%u/x",
];

/** What clients without a user get. */
export const OPEN_ROWS: readonly Row[] = readRows(
  `
- me publish   -               * > boss/letters/a boss/from/me/x
- me will      -               * > boss/letters/a boss/from/me/x
- me subscribe #               * > boss/news boss/to/me
- +  subscribe #               * > boss/news
- me come-back boss/+          * > boss/news
- me subscribe boss/letters/#  * > refused
`,
  OPEN_TOPICS,
);

/** Reads rows as they are written above. */
function readRows(table: string, everywhere: string[]): Row[] {
  const lines = table.replaceAll(/\n +>/g, " >").trim().split("\n");
  return lines.map((line) => {
    const [does = "", passes = ""] = line.split(" > ");
    const [user, clientId, what, wanted, ...topics] = does.trim().split(/ +/);
    const [filter, qos] = wanted!.split("@");
    const [ours = "", mosquittos] = passes.split(" (mosquitto: ");
    return {
      ...user !== "-" && { user: user! },
      ...clientId !== "-" && { clientId: clientId! },
      does: what!.replace("-", " ") as Row["does"],
      ...filter !== "-" && { filter: filter! },
      ...qos !== undefined && { qos: Number(qos) as 0 | 1 | 2 },
      topics: topics[0] === "*" ? everywhere : topics,
      passes: ours === "*"
        ? everywhere.filter((topic) => !topic.startsWith("$"))
        : ["nothing", "refused"].includes(ours)
        ? []
        : ours.split(" "),
      ...mosquittos !== undefined &&
        { passesAtMosquitto: mosquittos.replace(")", "").split(" ") },
      ...ours === "refused" && { isRefused: true },
    };
  });
}

const LET_IN = { 4: 0, 5: 0 };
const WRONG_LOGIN = { 4: 4, 5: 134 };
const NO_LOGIN = { 4: 5, 5: 135 };

/** Someone who wants to be let in. */
interface Login {
  name: string;
  /** The embedded broker's answers in MQTT 3.1.1 and 5. */
  codes: { 4: number; 5: number };
  user: string | undefined;
  password: string | undefined;
}

/** Who is let in, where there are users. */
export const LOGINS: readonly Login[] = ([
  ["nobody", NO_LOGIN],
  ["the right password", LET_IN, "ann", "secret"],
  ["a wrong password", WRONG_LOGIN, "ann", "Secret"],
  ["another's password", WRONG_LOGIN, "ann", "hidden"],
  ["no password", WRONG_LOGIN, "ann"],
  ["an unknown user", WRONG_LOGIN, "carl", "secret"],
  ["another user", LET_IN, "bob", "hidden"],
] as const).map(([name, codes, user, password]) => (
  { name, codes, user, password }
));
