/** What a `pigpio://` URL names. */
export interface PigpioUrl {
  hostname: string;
  port: number;
  /** Host and port as a reader knows them. */
  label: string;
  /** The parts of the path: a GPIO, or a device and its channel. */
  path: string[];
}

/** The port of pigpiod, unless it was started with another. */
const DEFAULT_PORT = 8888;

/**
 * Reads a URL of a device on a Raspberry Pi.
 *
 * @param what What the URL is for, to begin the error's message.
 * @param example A right one, whose path has as many parts.
 * @throws {TypeError} If it isn't such a URL.
 */
export function parsePigpioUrl(
  what: string,
  text: string,
  example: string,
): PigpioUrl {
  const url = URL.parse(text);
  const [, ...path] = url?.pathname.split("/") ?? [];
  const { length } = new URL(example).pathname.split("/").slice(1);
  if (
    url?.protocol !== "pigpio:" || url.hostname === "" || url.port === "0" ||
    path.length !== length || /[@?#]/.test(text)
  ) {
    throw new TypeError(`${what} "${text}" is not a URL such as ${example}`);
  }
  const { hostname } = url;
  const port = Number(url.port || DEFAULT_PORT);
  return { hostname, port, label: `${hostname}:${port}`, path };
}
