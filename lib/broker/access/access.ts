import type { BrokerOptions } from "../options.ts";
import { readAclFile } from "./access_files.ts";
import { createFileWatch } from "./file_watch.ts";
import { LoginThrottle } from "./login_throttle.ts";
import {
  type AclEntry,
  ALL_RIGHTS,
  readRules,
  type Rights,
  rightsOf,
} from "./rules.ts";
import { readUsers } from "./users.ts";

/** What a client says of itself in CONNECT. */
interface Credentials {
  user: string | undefined;
  password: Uint8Array | undefined;
  address: string;
  isGone: () => boolean;
}

/** Who may connect, and what they may publish and subscribe to. */
export type Access = Awaited<ReturnType<typeof createAccess>>;

const VERDICT_CODES = { right: 0, unchecked: 3, wrong: 4 };
const NOT_AUTHORIZED = 5;

/**
 * Reads the users and the rules.
 *
 * @param warn Is given a line for each thing that is hardly meant.
 * @throws {TypeError} If a file can't be read or understood, a user is in the
 * file and in the options, or a rule has an invalid filter or an unknown user.
 */
export async function createAccess(
  options: BrokerOptions,
  warn: (line: string) => void,
) {
  const { passwordFile, rules, aclFile, log = () => {} } = options;
  const paths = [passwordFile, aclFile].filter((path) => path !== undefined);
  // Before the files are read: a change in between isn't missed.
  const watch = await createFileWatch(paths, reload);
  const users = await readUsers(options);
  const given = readRules(rules ?? [], users.has);
  let fromFile = aclFile === undefined ? [] : await readAclFile(aclFile);
  const hasRules = rules !== undefined || aclFile !== undefined;
  const throttle = new LoginThrottle({ log });
  const callbacks: (() => void)[] = [];
  let warned: readonly string[] = [];
  let reloading = Promise.resolve();
  let isClosed = false;

  function warnOfNew(): void {
    const strangers = [...usersOf(fromFile)].filter((name) => !users.has(name));
    const warnings = [
      ...users.warnings(),
      ...strangers.map((name) =>
        `ACL file "${aclFile}" names the user "${name}": nobody has this name`
      ),
    ];
    for (const line of warnings) {
      if (!warned.includes(line)) warn(line);
    }
    warned = warnings;
  }
  async function reloadRules(): Promise<boolean> {
    if (aclFile === undefined) return false;
    const before = fromFile;
    fromFile = await readAclFile(aclFile);
    return JSON.stringify(before) !== JSON.stringify(fromFile);
  }
  async function reloadAll(): Promise<void> {
    await watch.refresh();
    let isChanged = false;
    // One of them must not keep back what the other forbids.
    for (const reloadPart of [users.reload, reloadRules]) {
      try {
        if (await reloadPart()) isChanged = true;
      } catch (error) {
        warn(`${(error as Error).message} (what it said before holds)`);
      }
    }
    warnOfNew();
    if (!isChanged || isClosed) return;
    log("Users or rules have changed");
    for (const callback of callbacks) callback();
  }
  /**
   * Reads the files again. One that can't be read or understood is warned of,
   * and what it said before holds.
   */
  function reload(): Promise<void> {
    return reloading = reloading.then(reloadAll, reloadAll);
  }
  warnOfNew();
  return {
    /** Whether everyone may come in. */
    isOpen: users.isOpen,
    /**
     * The CONNACK return code of MQTT 3.1.1 section 3.2.2.3: 0 lets in, 4 is for
     * a wrong name or password, 5 for none, and 3 where nobody has looked,
     * because too many passwords are to be checked.
     */
    async connect(
      { user, password, address, isGone }: Credentials,
    ): Promise<number> {
      if (users.isOpen) return 0;
      if (user === undefined) return NOT_AUTHORIZED;
      const verdict = await throttle.judge({
        user,
        address,
        isGone,
        isKnown: users.passwords.isKnown(user, password),
        check: () => users.passwords.isRight(user, password),
      });
      return VERDICT_CODES[verdict];
    },
    /** What a client may do that has been let in, by the rules as they are now. */
    rightsOf(user: string | undefined, clientId: string): Rights {
      if (!hasRules) return ALL_RIGHTS;
      // Where there are no passwords, nobody has shown that the name is theirs.
      const client = { user: users.isOpen ? undefined : user, clientId };
      return rightsOf([...given, ...fromFile], client);
    },
    /**
     * Something that stays the same as long as a user's password does. Whoever
     * has logged in and finds another one, or none, is no longer who they were.
     */
    credentialOf: (user: string | undefined) =>
      user === undefined ? undefined : users.credentialOf(user),
    reload,
    /** Begins to read the files again each time that they have changed. */
    watch: watch.start,
    /** Is called each time that files were read which say something else. */
    onChange(callback: () => void) {
      callbacks.push(callback);
    },
    /** Lets nobody wait for an answer, and ends what goes on for one. */
    async close() {
      isClosed = true;
      await Promise.all([watch.close(), throttle.close(), reloading]);
    },
  };
}

function usersOf(entries: readonly AclEntry[]): Set<string> {
  return new Set(entries.flatMap(({ who }) => {
    return who === "everyone" || who.user === undefined ? [] : [who.user];
  }));
}
