import { assertEquals, assertThrows } from "@std/assert";
import { readOptions } from "./program.ts";
import { PROPERTY_NAMES, readProperties } from "./property_options.ts";

function read(...given: string[]) {
  const args = given.flatMap((words) => ["-D", ...words.split(" ")]);
  return readProperties(readOptions(args, PROPERTY_NAMES));
}

Deno.test("readProperties() reads what -D gives", () => {
  assertEquals(read(), {});
  assertEquals(
    read(
      "publish content-type text/plain",
      "publish message-expiry-interval 60",
      "PUBLISH payload-format-indicator 1",
      "publish response-topic a/b",
      "publish correlation-data 7",
      "publish user-property b 1",
      "publish user-property a 2",
      "publish user-property b 3",
      "connect session-expiry-interval 4294967295",
      "connect request-problem-information 0",
      "will will-delay-interval 5",
    ),
    {
      publish: {
        contentType: "text/plain",
        messageExpiryInterval: 60,
        payloadFormatIndicator: true,
        responseTopic: "a/b",
        correlationData: "7",
        userProperties: [["b", "1"], ["a", "2"], ["b", "3"]],
      },
      connect: {
        sessionExpiryInterval: 0xffffffff,
        requestProblemInformation: false,
      },
      will: { willDelayInterval: 5 },
    },
  );
});

Deno.test("readProperties() refuses what can't be carried out", () => {
  const mistakes: [given: string, message: string][] = [
    ["publis content-type a", 'Property kind of -D is "publis"'],
    ["publish contentType a", 'Property of -D publish is "contentType": it'],
    ["publish will-delay-interval 1", 'is "will-delay-interval": it must be'],
    ["publish constructor 1", 'Property of -D publish is "constructor"'],
    ["publish message-expiry-interval -1", "-D message-expiry-interval is"],
    ["publish payload-format-indicator 2", "-D payload-format-indicator is"],
    ["publish response-topic a/#", 'Topic name is "a/#"'],
    ["connect receive-maximum 0", "Property receiveMaximum is 0"],
    ["publish user-property a", 'Option "-D" lacks one of its values'],
    ["publish content-type", 'Option "-D" lacks one of its values'],
  ];
  for (const [given, message] of mistakes) {
    assertThrows(() => read(given), Error, message);
  }
  assertThrows(
    () => read("publish content-type a", "publish content-type b"),
    Error,
    "Property content-type of -D publish is given twice",
  );
});
