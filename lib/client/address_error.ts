import { printable } from "../printable.ts";

/** Says that readers could disagree on what is the host. */
export function ambiguous(text: string): TypeError {
  return new TypeError(
    `Broker address "${
      withoutSecrets(text)
    }" is ambiguous: in a user name or password, write / as %2F, ? as %3F, # as %23, \\ as %5C, @ as %40, % as %25 and , as %2C`,
  );
}

/** Says that it is none of the forms of an address. */
export function invalid(text: string): TypeError {
  return new TypeError(
    `Broker address "${
      withoutSecrets(text)
    }" is not a name, name:port, or a URL of mqtt, mqtts, ws or wss`,
  );
}

/**
 * An address without what may be secret: all up to its last `@`, what stands where
 * a port should, and a query; all of it, where nobody can say what is the host.
 */
export function withoutSecrets(text: string): string {
  const [, scheme = "", rest = ""] = /^([a-z][a-z\d+.-]*:\/\/)?(.*)$/is
    .exec(text)!;
  const shown = /[/?#\\].*@/s.test(rest) ? "…" : rest.replace(/^.*@/s, "…@")
    .replace(/([?#]).*$/s, "$1…")
    .replace(/:(?!\d{1,5}(?:[,/?#]|$)).*$/s, ":…");
  return printable(scheme + shown);
}
