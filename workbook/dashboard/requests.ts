import type { FromPage } from "./protocol.ts";
import { numberAt } from "./json_paths.ts";

/** How many series one page may show. */
const MOST_SERIES = 32;

type Check = (value: unknown) => boolean;
type Shape = Record<string, Check>;

const isText: Check = (value) => typeof value === "string";
const isFlag: Check = (value) => typeof value === "boolean";
const isWhole: Check = (value) => Number.isSafeInteger(value);
const isQos: Check = (value) => value === 0 || value === 1 || value === 2;
const maybe = (check: Check): Check => (value) =>
  value === undefined || check(value);
const isSeries: Check = (value) =>
  has({
    key: isText,
    topic: isText,
    path: (path) => isText(path) && numberAt(path as string) !== undefined,
  })(value);
const areProperties = has({
  contentType: maybe(isText),
  responseTopic: maybe(isText),
  correlationData: maybe(isText),
  messageExpiryInterval: maybe((value) =>
    isWhole(value) && (value as number) >= 0 && (value as number) < 2 ** 32
  ),
  userProperties: maybe((value) =>
    typeof value === "object" && value !== null &&
    Object.values(value).every(isText)
  ),
});

const SHAPES = new Map<unknown, Check>(Object.entries({
  hello: has({ password: maybe(isText) }),
  handled: has({ number: isWhole }),
  open: has({ topic: (value) => value === null || isText(value) }),
  series: has({
    series: (value) =>
      Array.isArray(value) && value.length <= MOST_SERIES &&
      value.every(isSeries),
  }),
  packets: has({ isShown: isFlag }),
  clients: has({ isShown: isFlag }),
  publish: has({
    request: isWhole,
    topic: isText,
    payload: isText,
    qos: isQos,
    retain: isFlag,
    properties: maybe(areProperties),
  }),
}));

/**
 * Reads what a page says.
 *
 * @returns The request; `undefined` if it is none: no page of ours says such a thing.
 */
export function readRequest(text: string): FromPage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const type = (value as { type?: unknown } | null)?.type;
  return SHAPES.get(type)?.(value) ? value as FromPage : undefined;
}

function has(shape: Shape): Check {
  return (value) =>
    typeof value === "object" && value !== null &&
    Object.entries(shape).every(([name, check]) =>
      check((value as Record<string, unknown>)[name])
    );
}
