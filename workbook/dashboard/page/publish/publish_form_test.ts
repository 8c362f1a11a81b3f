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

Deno.test("readForm() refuses what is no topic, and says which field it is", () => {
  const refused = (form: Partial<typeof FORM>) =>
    readForm({ ...FORM, ...form });
  const topic = (label: string) => ({ field: "topic", label }) as unknown;
  assertEquals(refused({ topic: "" }) as unknown, topic("topicEmpty"));
  assertEquals(refused({ topic: "home/#" }) as unknown, topic("topicWildcard"));
  assertEquals(refused({ topic: "a+b" }) as unknown, topic("topicWildcard"));
  assertEquals(refused({ topic: "a\0" }) as unknown, topic("topicNul"));
  assertEquals(
    refused({ topic: "é".repeat(32_768) }) as unknown,
    topic("topicLong"),
  );
  assertEquals(refused({ responseTopic: "+" }) as unknown, {
    field: "responseTopic",
    label: "topicWildcard",
  });
});

Deno.test("readForm() refuses an expiry and user properties that are none", () => {
  for (const messageExpiryInterval of ["-1", "1.5", "1e3", "4294967296", "x"]) {
    assertEquals(readForm({ ...FORM, messageExpiryInterval }) as unknown, {
      field: "messageExpiryInterval",
      label: "expiryWrong",
    });
  }
  for (const userProperties of ["name", ": value", "a: b\nc"]) {
    assertEquals(readForm({ ...FORM, userProperties }) as unknown, {
      field: "userProperties",
      label: "userPropertiesWrong",
    });
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
