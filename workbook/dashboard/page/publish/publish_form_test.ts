import { assertEquals } from "@std/assert";
import { EMPTY_FORM, formOf, readForm } from "./publish_form.ts";

const FORM = { ...EMPTY_FORM, topic: "home/lamp", payload: "on" };
const DRAFT = { topic: "home/lamp", payload: "on", qos: 0, retain: false };

Deno.test("readForm() reads a message, without properties if none are set", () => {
  assertEquals(readForm(FORM) as unknown, DRAFT);
});

Deno.test("readForm() reads MQTT 5's properties", () => {
  const read = readForm({
    ...FORM,
    contentType: "text/plain",
    responseTopic: "home/answer",
    messageExpiryInterval: " 60 ",
    userProperties: "from: me: myself\n\n__proto__:x\nempty:",
  });
  assertEquals(read as unknown, {
    ...DRAFT,
    properties: {
      contentType: "text/plain",
      responseTopic: "home/answer",
      messageExpiryInterval: 60,
      userProperties: JSON.parse(
        '{"from":"me: myself","__proto__":"x","empty":""}',
      ),
    },
  });
});

const REFUSED: [Partial<typeof FORM>, label: string][] = [
  [{ topic: "" }, "topicEmpty"],
  [{ topic: "home/#" }, "topicWildcard"],
  [{ topic: "a+b" }, "topicWildcard"],
  [{ topic: "a\0" }, "topicNul"],
  [{ topic: "é".repeat(32_768) }, "topicLong"],
  [{ responseTopic: "+" }, "topicWildcard"],
  [{ messageExpiryInterval: "-1" }, "expiryWrong"],
  [{ messageExpiryInterval: "1.5" }, "expiryWrong"],
  [{ messageExpiryInterval: "1e3" }, "expiryWrong"],
  [{ messageExpiryInterval: "4294967296" }, "expiryWrong"],
  [{ messageExpiryInterval: "x" }, "expiryWrong"],
  [{ userProperties: "name" }, "userPropertiesWrong"],
  [{ userProperties: ": value" }, "userPropertiesWrong"],
  [{ userProperties: "a: b\nc" }, "userPropertiesWrong"],
];

Deno.test("readForm() refuses what can't be sent, and says which field it is", () => {
  for (const [form, label] of REFUSED) {
    const [field] = Object.keys(form);
    const refusal = readForm({ ...FORM, ...form }) as unknown;
    assertEquals(refusal, { field, label }, JSON.stringify(form).slice(0, 80));
  }
});

Deno.test("formOf() fills the form so that the same message is read from it", () => {
  const draft = {
    ...DRAFT,
    qos: 1,
    properties: { correlationData: "7", messageExpiryInterval: 0 },
    retain: true,
  } as const;
  assertEquals(readForm(formOf(draft)) as unknown, draft);
  const form = { ...FORM, userProperties: "a: b\nc: d: e" };
  const read = readForm(form);
  assertEquals("label" in read ? read : formOf(read), form);
});
