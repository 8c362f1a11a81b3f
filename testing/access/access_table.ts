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

/** What clients with a user and a password get. */
export const ROWS: readonly Row[] = [
  {
    user: "boss",
    does: "publish",
    topics: EVERYWHERE,
    passes: EVERYWHERE.filter((topic) => !topic.startsWith("$")),
  },
  {
    user: "ann",
    clientId: "me",
    does: "publish",
    topics: EVERYWHERE,
    passes: [
      "iot",
      "iot/ann/temp",
      "iot/ann/room/temp",
      "iot/bob/temp",
      "iot/bob/off",
      "own/ann/x",
      "from/me/x",
    ],
  },
  {
    user: "bob",
    clientId: "me",
    does: "publish",
    topics: EVERYWHERE,
    passes: ["iot/bob/temp", "literal/%u", "own/bob/x", "from/me/x"],
  },
  {
    user: "a+b",
    clientId: "me",
    does: "publish",
    topics: EVERYWHERE,
    passes: [],
  },
  {
    user: "ann",
    clientId: "m+e",
    does: "publish",
    topics: EVERYWHERE,
    passes: [
      "iot",
      "iot/ann/temp",
      "iot/ann/room/temp",
      "iot/bob/temp",
      "iot/bob/off",
    ],
  },
  {
    user: "bob",
    does: "retain",
    topics: ["iot/bob/temp", "iot/bob/off", "news"],
    passes: ["iot/bob/temp"],
  },
  {
    user: "bob",
    does: "clear",
    topics: ["iot/bob/temp", "iot/bob/off", "news"],
    passes: ["iot/bob/temp"],
  },
  {
    user: "bob",
    does: "will",
    topics: ["iot/bob/temp", "iot/bob/off", "news", "$SYS/broker/uptime"],
    passes: ["iot/bob/temp"],
  },
  {
    user: "ann",
    clientId: "me",
    does: "subscribe",
    filter: "#",
    topics: EVERYWHERE,
    passes: [
      "iot",
      "iot/ann/temp",
      "iot/ann/room/temp",
      "iot/bob/temp",
      "iot/bob/off",
      "own/ann/x",
      "own/ann/locked",
      "to/me",
    ],
  },
  {
    user: "bob",
    clientId: "me",
    does: "subscribe",
    filter: "#",
    topics: EVERYWHERE,
    passes: [
      "iot/ann/temp",
      "iot/bob/temp",
      "iot/secret/temp",
      "literal/%u",
      "own/bob/x",
      "to/me",
    ],
  },
  {
    user: "bob",
    does: "subscribe",
    filter: "iot/+/+",
    qos: 0,
    topics: ["iot/ann/temp", "iot/ann/humidity", "iot/bob/off"],
    passes: ["iot/ann/temp"],
  },
  {
    user: "bob",
    does: "subscribe",
    filter: "iot/ann/temp",
    qos: 2,
    topics: ["iot/ann/temp", "iot/ann/humidity"],
    passes: ["iot/ann/temp"],
  },
  {
    user: "bob",
    does: "subscribe",
    filter: "iot/bob/#",
    qos: 2,
    topics: ["iot/bob/temp", "iot/bob/off", "iot/bob/room/temp"],
    passes: ["iot/bob/temp"],
  },
  {
    user: "bob",
    does: "subscribe",
    filter: "iot/bob/off",
    topics: ["iot/bob/off"],
    passes: [],
    isRefused: true,
  },
  {
    user: "ann",
    does: "subscribe",
    filter: "iot/secret/#",
    topics: ["iot/secret", "iot/secret/temp"],
    passes: [],
    isRefused: true,
  },
  {
    user: "ann",
    does: "subscribe",
    filter: "+/secret/temp",
    topics: ["iot/secret/temp", "own/secret/temp"],
    passes: [],
    isRefused: true,
  },
  {
    user: "ann",
    does: "subscribe",
    filter: "news",
    topics: ["news"],
    passes: [],
    isRefused: true,
  },
  {
    user: "ann",
    does: "subscribe",
    filter: "$SYS/#",
    topics: ["$SYS/broker/uptime"],
    passes: [],
    isRefused: true,
  },
  {
    user: "boss",
    does: "subscribe",
    filter: "$SYS/#",
    topics: ["$SYS/broker/uptime"],
    passes: [],
  },
  {
    user: "bob",
    clientId: "me",
    does: "subscribe",
    filter: "to/+",
    topics: ["to/me", "to/you"],
    passes: ["to/me"],
  },
  {
    user: "bob",
    clientId: "+",
    does: "subscribe",
    filter: "to/+",
    topics: ["to/me", "to/you"],
    passes: [],
    isRefused: true,
  },
  {
    user: "bob",
    clientId: "#",
    does: "subscribe",
    filter: "#",
    topics: ["to/me", "own/bob/x", "iot/ann/temp", "news"],
    passes: ["iot/ann/temp"],
  },
  {
    user: "bob",
    clientId: "me/you",
    does: "subscribe",
    filter: "#",
    topics: ["to/me", "to/me/you", "own/bob/x"],
    passes: ["own/bob/x"],
    passesAtMosquitto: ["to/me/you", "own/bob/x"],
  },
  {
    user: "a+b",
    does: "subscribe",
    filter: "own/+/x",
    topics: ["own/ann/x", "own/aab/x"],
    passes: [],
    isRefused: true,
  },
  {
    user: "a+b",
    does: "subscribe",
    filter: "#",
    topics: EVERYWHERE,
    passes: ["news"],
  },
  {
    user: "bob",
    does: "subscribe late",
    filter: "#",
    topics: ["iot/ann/temp", "iot/ann/humidity", "news", "own/bob/x"],
    passes: ["iot/ann/temp", "own/bob/x"],
  },
  {
    user: "ann",
    does: "subscribe late",
    filter: "iot/+/temp",
    topics: ["iot/ann/temp", "iot/secret/temp"],
    passes: ["iot/ann/temp"],
  },
  {
    user: "bob",
    clientId: "me",
    does: "come back",
    filter: "#",
    topics: ["iot/ann/temp", "iot/ann/humidity", "news", "own/bob/x", "to/me"],
    passes: ["iot/ann/temp", "own/bob/x", "to/me"],
  },
  {
    user: "ann",
    clientId: "me",
    does: "come back",
    filter: "iot/#",
    qos: 2,
    topics: ["iot/ann/temp", "iot/secret/temp"],
    passes: ["iot/ann/temp"],
  },
];

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
export const OPEN_ROWS: readonly Row[] = [
  {
    clientId: "me",
    does: "publish",
    topics: OPEN_TOPICS,
    passes: ["boss/letters/a", "boss/from/me/x"],
  },
  {
    clientId: "me",
    does: "will",
    topics: OPEN_TOPICS,
    passes: ["boss/letters/a", "boss/from/me/x"],
  },
  {
    clientId: "me",
    does: "subscribe",
    filter: "#",
    topics: OPEN_TOPICS,
    passes: ["boss/news", "boss/to/me"],
  },
  {
    clientId: "+",
    does: "subscribe",
    filter: "#",
    topics: OPEN_TOPICS,
    passes: ["boss/news"],
  },
  {
    clientId: "me",
    does: "come back",
    filter: "boss/+",
    topics: OPEN_TOPICS,
    passes: ["boss/news"],
  },
  {
    clientId: "me",
    does: "subscribe",
    filter: "boss/letters/#",
    topics: OPEN_TOPICS,
    passes: [],
    isRefused: true,
  },
];

const LET_IN = { 4: 0, 5: 0 };
const WRONG_LOGIN = { 4: 4, 5: 134 };
const NO_LOGIN = { 4: 5, 5: 135 };

/**
 * Who is let in, where there are users, and the embedded broker's answers in MQTT
 * 3.1.1 and 5.
 */
export const LOGINS: readonly {
  name: string;
  user?: string;
  password?: string;
  codes: { 4: number; 5: number };
}[] = [
  { name: "nobody", codes: NO_LOGIN },
  {
    name: "the right password",
    user: "ann",
    password: "secret",
    codes: LET_IN,
  },
  {
    name: "a wrong password",
    user: "ann",
    password: "Secret",
    codes: WRONG_LOGIN,
  },
  {
    name: "another's password",
    user: "ann",
    password: "hidden",
    codes: WRONG_LOGIN,
  },
  { name: "no password", user: "ann", codes: WRONG_LOGIN },
  {
    name: "an unknown user",
    user: "carl",
    password: "secret",
    codes: WRONG_LOGIN,
  },
  { name: "another user", user: "bob", password: "hidden", codes: LET_IN },
];
