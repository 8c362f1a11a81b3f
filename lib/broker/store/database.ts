import { join } from "node:path";
// Type-only: a broker without a store loads no database.
import type { DatabaseSync } from "node:sqlite";
import { reasonOf } from "../../recording_error.ts";
import { BrokerStoreError } from "../errors.ts";

/** The file of the store, in its folder. */
const FILE = "broker.sqlite";
/** What SQLite adds to the names of files that it keeps beside it. */
const BESIDE = ["-wal", "-shm", "-journal"];
/** What is stored is for the user alone whom the broker runs as. */
const [FOLDER_MODE, FILE_MODE] = [0o700, 0o600];
/** "mqtt" in ASCII: tells the file from other programs' databases. */
const APPLICATION_ID = 0x6d717474;
/** Goes up by one with each change to the tables. */
const VERSION = 2;

/** Those of version 1. */
const TABLES = `
  CREATE TABLE session (
    key INTEGER PRIMARY KEY,
    client TEXT NOT NULL UNIQUE,
    user TEXT
  ) STRICT;
  CREATE TABLE subscription (
    session INTEGER NOT NULL,
    filter TEXT NOT NULL,
    qos INTEGER NOT NULL,
    PRIMARY KEY (session, filter)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE delivery (
    number INTEGER PRIMARY KEY,
    session INTEGER NOT NULL,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    qos INTEGER NOT NULL,
    retain INTEGER NOT NULL,
    id INTEGER,
    received INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE unreleased (
    client TEXT NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (client, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE retained (
    number INTEGER PRIMARY KEY,
    topic TEXT NOT NULL UNIQUE,
    payload BLOB NOT NULL,
    qos INTEGER NOT NULL
  ) STRICT;
`;

/** What MQTT 5.0 needs besides; a store of version 1 gets it, and loses nothing. */
const SINCE_VERSION_2 = `
  -- In seconds; null for ever.
  ALTER TABLE session ADD COLUMN expiry INTEGER;
  -- When its client has gone, in milliseconds since 1970.
  ALTER TABLE session ADD COLUMN gone INTEGER;
  ALTER TABLE subscription ADD COLUMN options INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE subscription ADD COLUMN identifier INTEGER;
  ALTER TABLE delivery ADD COLUMN properties BLOB NOT NULL DEFAULT x'';
  ALTER TABLE delivery ADD COLUMN expires INTEGER;
  ALTER TABLE delivery ADD COLUMN identifiers TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE delivery ADD COLUMN share TEXT;
  ALTER TABLE retained ADD COLUMN properties BLOB NOT NULL DEFAULT x'';
  ALTER TABLE retained ADD COLUMN expires INTEGER;
  CREATE TABLE will (
    session INTEGER PRIMARY KEY,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    qos INTEGER NOT NULL,
    retain INTEGER NOT NULL,
    properties BLOB NOT NULL,
    delay INTEGER NOT NULL,
    expiry INTEGER,
    due INTEGER
  ) STRICT;
`;

const EXCLUSIVE = `
  -- One broker alone, until it ends: the system gives the lock back even if it
  -- is killed.
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA busy_timeout = 0;
`;

const DURABLE = `
  -- Before the first table: free pages can go back to the disk (see shrink).
  PRAGMA auto_vacuum = INCREMENTAL;
  -- Changes are appended to a log, with checksums, and go to the tables later.
  PRAGMA journal_mode = WAL;
  -- Each commit waits until the disk has the log: it survives a power cut. A
  -- killed broker alone would need no more than a write, since the system has
  -- it then.
  PRAGMA synchronous = FULL;
  -- macOS's fsync() stops at the disk's own memory; others ignore this.
  PRAGMA fullfsync = TRUE;
  PRAGMA checkpoint_fullfsync = TRUE;
  -- The log, once it has been large, doesn't stay so.
  PRAGMA journal_size_limit = 16777216;
`;

/**
 * Opens the database in a store's folder, or makes both.
 *
 * It is SQLite, which Deno brings along (`node:sqlite`) and which needs no more
 * than to read and write its folder. LevelDB would need
 * `--allow-ffi` and a native binary for each system; `Deno.openKv` is behind an unstable flag, and limits values to
 * 64 KiB; a journal of our own would have to do again what SQLite has been
 * proven at for years: torn writes, compaction, locking and a full disk.
 *
 * @param warn Is told what a user should know of.
 */
export async function openDatabase(
  folder: string,
  warn: (event: string) => void,
): Promise<DatabaseSync> {
  const path = join(folder, FILE);
  if (await prepare(folder, path) === 0) {
    warn(`had an empty "${FILE}": it starts with nothing`);
  }
  const { DatabaseSync } = await import("node:sqlite");
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    database.exec(EXCLUSIVE);
    setUp(database, folder, path);
    await closeToOthers(path, warn);
    return database;
  } catch (error) {
    database?.close();
    throw storeError(folder, path, error);
  }
}

/**
 * Finds what SQLite has no words for, or would take for a new database, and
 * tells the file's size, if there is one.
 */
async function prepare(
  folder: string,
  path: string,
): Promise<number | undefined> {
  try {
    await Deno.mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    const size = await sizeOf(path);
    // SQLite would make it for all to read. Those that it makes beside it, it
    // makes with the same mode.
    if (size === undefined) await makeEmpty(path);
    // It would delete the log beside an empty file, with all that is in it.
    if (size === 0 && await sizeOf(`${path}-wal`)) {
      throw new BrokerStoreError(
        folder,
        `Store "${folder}" is damaged: "${FILE}" is empty and "${FILE}-wal" isn't`,
      );
    }
    return size;
  } catch (error) {
    if (error instanceof BrokerStoreError) throw error;
    const message = error instanceof Deno.errors.AlreadyExists
      ? `Store "${folder}" is a file: it must be a folder`
      : error instanceof Deno.errors.NotCapable
      ? `Store "${folder}" is not permitted: run the program with --allow-read and --allow-write`
      : `Store "${folder}" can't be used: ${reasonOf(error)}`;
    throw new BrokerStoreError(folder, message, { cause: error });
  }
}

async function makeEmpty(path: string): Promise<void> {
  const options = { write: true, createNew: true, mode: FILE_MODE };
  try {
    (await Deno.open(path, options)).close();
  } catch (error) {
    // Another broker was quicker: its lock decides.
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

/** Takes away what others may do with the files of a store that is there. */
async function closeToOthers(
  path: string,
  warn: (event: string) => void,
): Promise<void> {
  if (Deno.build.os === "windows") return;
  for (const file of [path, ...BESIDE.map((suffix) => path + suffix)]) {
    try {
      const { mode } = await Deno.stat(file);
      if ((mode! & 0o077) !== 0) await Deno.chmod(file, FILE_MODE);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) continue;
      warn(`can't be closed to others: ${reasonOf(error)}`);
    }
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function setUp(database: DatabaseSync, folder: string, path: string): void {
  // The first look at the file takes the lock, and reads the log.
  const tables = pragma(database, "schema_version");
  if (tables === 0) {
    database.exec(DURABLE);
    database.exec(`
      BEGIN;
      PRAGMA application_id = ${APPLICATION_ID};
      PRAGMA user_version = ${VERSION};
      ${TABLES}
      ${SINCE_VERSION_2}
      COMMIT;
    `);
    return;
  }
  if (pragma(database, "application_id") !== APPLICATION_ID) {
    throw new BrokerStoreError(
      folder,
      `Store file "${path}" belongs to another program: choose another folder`,
    );
  }
  const version = pragma(database, "user_version");
  if (version !== 1 && version !== VERSION) {
    throw new BrokerStoreError(
      folder,
      `Store "${folder}" is of version ${version}: this broker reads version ${VERSION}`,
    );
  }
  const finding = pragma(database, "quick_check(1)");
  if (finding !== "ok") throw new Error(`malformed: ${finding}`);
  database.exec(DURABLE);
  if (version === 1) {
    database.exec(`
      BEGIN;
      PRAGMA user_version = ${VERSION};
      ${SINCE_VERSION_2}
      COMMIT;
    `);
  }
  shrink(database);
}

/**
 * Gives back what is free, if that is most of the file. While the broker runs,
 * free pages are used again: the file is as large as what waited at most.
 */
function shrink(database: DatabaseSync): void {
  const free = Number(pragma(database, "freelist_count"));
  const all = Number(pragma(database, "page_count"));
  // Each step of this statement frees one page, and exec() takes only one.
  if (free * 2 > all) database.prepare("PRAGMA incremental_vacuum").all();
}

function pragma(database: DatabaseSync, name: string): unknown {
  const row = database.prepare(`PRAGMA ${name}`).get();
  return row && Object.values(row)[0];
}

/** SQLite's words: its number for an error isn't there for each call. */
function storeError(
  folder: string,
  path: string,
  error: unknown,
): BrokerStoreError {
  if (error instanceof BrokerStoreError) return error;
  const { message } = error as Error;
  const text = message === "database is locked"
    ? `Store "${folder}" is in use by another broker: stop it, or choose another folder`
    : /not a database|malformed/.test(message)
    ? `Store file "${path}" is damaged: put back a copy of it, or move it away to start anew (${message})`
    : `Store "${folder}" can't be used: ${message}`;
  return new BrokerStoreError(folder, text, { cause: error });
}
