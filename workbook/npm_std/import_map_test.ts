import { assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import importMap from "./import_map.json" with { type: "json" };

const PACKAGES = { ...config.imports, ...config.scopes["file:///"] };

/** All imports but those of `@std`. */
function others(imports: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(imports).filter(([name]) => !name.startsWith("@std/")),
  );
}

Deno.test("import_map.json agrees with deno.json in all but @std", () => {
  assertEquals(others(importMap.imports), others(PACKAGES));
});

Deno.test("import_map.json stands in for nothing that deno.json doesn't name", () => {
  const packages = Object.keys(PACKAGES);
  for (const name of Object.keys(importMap.imports)) {
    const isNamed = packages.some((each) =>
      name === each || name.startsWith(`${each}/`)
    );
    assertEquals(isNamed, true, name);
  }
});

Deno.test("deno.json pins every package exactly", () => {
  for (const [name, specifier] of Object.entries(PACKAGES)) {
    const version = /^(?:npm|jsr):(?:@[^/]+\/)?[^/@]+@([^/]+)/.exec(specifier);
    assertEquals(/^\d+\.\d+\.\d+$/.test(version?.[1] ?? ""), true, name);
  }
});
