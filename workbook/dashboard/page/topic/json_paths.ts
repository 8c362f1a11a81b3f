/** A member of a JSON object, or an element of an array. */
export interface Member {
  /** Its name, or the element's index. */
  name: string | number;
  /** Where it is, such as `$.a[0]["b.c"]` (RFC 9535). */
  path: string;
  value: unknown;
}

/** The members of a JSON value, at most `most`; none of what has none. */
export function membersOf(
  value: unknown,
  path: string,
  most = Infinity,
): Member[] {
  if (Array.isArray(value)) {
    return value.slice(0, most).map((value, index) => ({
      name: index,
      path: `${path}[${index}]`,
      value,
    }));
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).slice(0, most).map(([name, value]) => ({
    name,
    path: `${path}${
      /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`
    }`,
    value,
  }));
}

/** How many members a JSON value has; nothing if it can have none. */
export function memberCount(value: unknown): number | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}
