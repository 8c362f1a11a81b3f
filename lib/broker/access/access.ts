import type { BrokerOptions } from "../options.ts";
import { readAclFile } from "./acl_file.ts";
import { LoginThrottle } from "./login_throttle.ts";
import { ITERATIONS } from "./password_hash.ts";
import { type PasswordFile, readPasswordFile } from "./password_file.ts";
import { createPasswordCheck } from "./password_check.ts";
import {
  type AclEntry,
  ALL_RIGHTS,
  readRules,
  type Rights,
  rightsOf,
} from "./rules.ts";

/** What a client says of itself in CONNECT. */
export interface Credentials {
  user: string | undefined;
  password: Uint8Array | undefined;
  /** The client's IP address. */
  address: string;
  /** Whether it has gone before it got an answer. */
  isGone: () => boolean;
}

/** Who may connect, and what they may publish and subscribe to. */
export interface Access {
  /** Whether everyone may come in. */
  readonly isOpen: boolean;
  /** The CONNACK return code of MQTT 3.1.1 section 3.2.2.3; 0 lets in. */
  connect(credentials: Credentials): Promise<number>;
  /** What a client may do that has been let in. */
  rightsOf(user: string | undefined, clientId: string): Rights;
  /** Lets nobody wait for an answer, and ends what goes on for one. */
  close(): Promise<void>;
}

const BAD_USER_NAME_OR_PASSWORD = 4;
const NOT_AUTHORIZED = 5;

/**
 * Reads the users and the rules.
 *
 * @param options The broker's.
 * @param warn Is given a line for each thing that is hardly meant.
 * @throws {TypeError} If a file can't be read or understood, a user is in the
 * file and in the options, or a rule has an invalid filter or an unknown user.
 */
export async function createAccess(
  options: BrokerOptions,
  warn: (line: string) => void,
): Promise<Access> {
  const { users: plain = {}, passwordFile, rules, aclFile } = options;
  const file = passwordFile === undefined
    ? undefined
    : await readPasswordFile(passwordFile);
  if (file !== undefined) examine(file, plain, warn);
  const isUser = (name: string) =>
    Object.hasOwn(plain, name) || file?.users.has(name) === true;
  const entries = rules === undefined && aclFile === undefined ? undefined : [
    ...readRules(rules ?? [], isUser),
    ...aclFile === undefined ? [] : await readAclFile(aclFile),
  ];
  for (const name of usersOf(entries ?? [])) {
    if (isUser(name)) continue;
    warn(
      `ACL file "${aclFile}" names the user "${name}": nobody has this name`,
    );
  }
  const isOpen = file === undefined && Object.keys(plain).length === 0;
  const check = createPasswordCheck(plain, file?.users ?? new Map());
  const throttle = new LoginThrottle({ log: options.log ?? (() => {}) });
  return {
    isOpen,
    async connect({ user, password, address, isGone }) {
      if (isOpen) return 0;
      if (user === undefined) return NOT_AUTHORIZED;
      const isRight = await throttle.judge(
        { user, address, isGone },
        () => check(user, password),
      );
      return isRight ? 0 : BAD_USER_NAME_OR_PASSWORD;
    },
    rightsOf(user, clientId) {
      if (entries === undefined) return ALL_RIGHTS;
      // Where there are no passwords, nobody has shown that the name is theirs.
      return rightsOf(entries, { user: isOpen ? undefined : user, clientId });
    },
    close: () => throttle.close(),
  };
}

/** @throws {TypeError} If a user is in both places. */
function examine(
  { name, users }: PasswordFile,
  plain: Record<string, string>,
  warn: (line: string) => void,
): void {
  for (const user of users.keys()) {
    if (!Object.hasOwn(plain, user)) continue;
    throw new TypeError(
      `${name} has the user "${user}", and so have the other users: one of the two must go`,
    );
  }
  if (users.size === 0 && Object.keys(plain).length === 0) {
    warn(`${name} names nobody: nobody can log in`);
  }
  for (const [user, { iterations }] of users) {
    if (iterations >= ITERATIONS) continue;
    warn(
      `${name} has a hash of "${user}" with ${iterations} iterations, which is quick to guess: set the password again with broker:passwd`,
    );
  }
}

function usersOf(entries: readonly AclEntry[]): Set<string> {
  return new Set(entries.flatMap(({ who }) => {
    return who === "everyone" || who.user === undefined ? [] : [who.user];
  }));
}
