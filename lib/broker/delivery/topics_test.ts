import { assertEquals } from "@std/assert";
import { covers, intersect } from "./topics.ts";

function check(cases: Record<string, boolean>): void {
  for (const [line, expected] of Object.entries(cases)) {
    const [filter, other] = line.split(" ") as [string, string];
    assertEquals(covers(filter.split("/"), other.split("/")), expected, line);
  }
}

Deno.test("covers() matches topic names as the specification's section 4.7 does", () => {
  check({
    "sport/tennis/player1/# sport/tennis/player1": true,
    "sport/tennis/player1/# sport/tennis/player1/ranking": true,
    "sport/tennis/player1/# sport/tennis/player1/score/wimbledon": true,
    "sport/# sport": true,
    "# sport": true,
    "# /": true,
    "sport/tennis/+ sport/tennis/player1": true,
    "sport/tennis/+ sport/tennis/player1/ranking": false,
    "sport/+ sport": false,
    "sport/+ sport/": true,
    "+/+ /finance": true,
    "/+ /finance": true,
    "+ /finance": false,
    "sport Sport": false,
    "# $SYS/broker": false,
    "+/monitor/Clients $SYS/monitor/Clients": false,
    "$SYS/# $SYS/broker": true,
    "$SYS/monitor/+ $SYS/monitor/Clients": true,
  });
});

Deno.test("covers() lets no filter reach further than the one that is allowed", () => {
  check({
    "iot/# #": false,
    "iot/# +/user1": false,
    "iot/# +/#": false,
    "iot/# iot": true,
    "iot/# iot/#": true,
    "iot/# iot/+/temp": true,
    "iot/+ iot/#": false,
    "iot/+ iot/+": true,
    "iot/+ iot/temp": true,
    "iot/+/temp iot/+/+": false,
    "iot/user1 iot/+": false,
    "iot/user1 iot/user1/#": false,
    "# #": true,
    "# +/+": true,
    "+ #": false,
    "# $SYS/#": false,
    "+/# $SYS/#": false,
  });
});

Deno.test("intersect() finds the filter that lets through what both do", () => {
  const cases = {
    "iot/# iot/#": "iot/#",
    "iot/# #": "iot/#",
    "# +/+": "+/+",
    "iot/# iot": "iot",
    "iot/# +": "iot",
    "iot/# +/temp": "iot/temp",
    "iot/+ +/temp": "iot/temp",
    "iot/+/# +/ann": "iot/ann",
    "iot/+/# +/#": "iot/+/#",
    "+/a/# b/+": "b/a",
    "iot/# news": undefined,
    "iot/+ iot": undefined,
    "iot/+ iot/": "iot/",
    "iot/+/x iot/+/y": undefined,
    "iot/a iot/a/b": undefined,
    "# $SYS/#": undefined,
    "+/# $SYS/uptime": undefined,
    "$SYS/# $SYS/+": "$SYS/+",
  };
  for (const [line, expected] of Object.entries(cases)) {
    const [one, other] = line.split(" ").map((filter) => filter.split("/"));
    for (const both of [intersect(one!, other!), intersect(other!, one!)]) {
      assertEquals(both?.join("/"), expected, line);
    }
  }
});
