import type { PublishRequest } from "../../protocol.ts";
import type { Labels } from "../labels.ts";
import type { Draft } from "./publishing.ts";

/** What stands in the form's fields. */
export interface PublishForm {
  topic: string;
  payload: string;
  qos: 0 | 1 | 2;
  retain: boolean;
  contentType: string;
  responseTopic: string;
  correlationData: string;
  /** Seconds. */
  messageExpiryInterval: string;
  /** A line each: `name: value`. */
  userProperties: string;
}

/** A form with nothing in it. */
export const EMPTY_FORM: PublishForm = {
  topic: "",
  payload: "",
  qos: 0,
  retain: false,
  contentType: "",
  responseTopic: "",
  correlationData: "",
  messageExpiryInterval: "",
  userProperties: "",
};

/** A field that can't be sent as it is, and the label that says why. */
export interface FormError {
  field: keyof PublishForm;
  label: keyof Labels;
}

const LONGEST_TOPIC = 65_535;
const LONGEST_EXPIRY = 2 ** 32 - 1;

/** Reads the form. */
export function readForm(form: PublishForm): Draft | FormError {
  const label = topicError(form.topic);
  if (label) return { field: "topic", label };
  if (form.responseTopic !== "") {
    const label = topicError(form.responseTopic);
    if (label) return { field: "responseTopic", label };
  }
  const properties: NonNullable<PublishRequest["properties"]> = {};
  for (
    const name of ["contentType", "responseTopic", "correlationData"] as const
  ) {
    if (form[name] !== "") properties[name] = form[name];
  }
  const seconds = form.messageExpiryInterval.trim();
  if (seconds !== "") {
    if (!/^\d{1,10}$/.test(seconds) || Number(seconds) > LONGEST_EXPIRY) {
      return { field: "messageExpiryInterval", label: "expiryWrong" };
    }
    properties.messageExpiryInterval = Number(seconds);
  }
  const lines = form.userProperties.split("\n").filter((line) => line.trim());
  if (lines.some((line) => !/[^:\s].*:/.test(line))) {
    return { field: "userProperties", label: "userPropertiesWrong" };
  }
  if (lines.length > 0) {
    // Unlike an assignment, this makes a member of `__proto__`, too.
    properties.userProperties = Object.fromEntries(lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    }));
  }
  const { topic, payload, qos, retain } = form;
  const draft = { topic, payload, qos, retain };
  return Object.keys(properties).length > 0 ? { ...draft, properties } : draft;
}

/** Fills the form with a message that was published. */
export function formOf({ properties = {}, ...draft }: Draft): PublishForm {
  const { messageExpiryInterval, userProperties = {}, ...texts } = properties;
  return {
    ...EMPTY_FORM,
    ...draft,
    ...texts,
    messageExpiryInterval: String(messageExpiryInterval ?? ""),
    userProperties: Object.entries(userProperties)
      .map(([name, value]) => `${name}: ${value}`).join("\n"),
  };
}

function topicError(topic: string): keyof Labels | undefined {
  if (topic === "") return "topicEmpty";
  if (/[+#]/.test(topic)) return "topicWildcard";
  if (topic.includes("\0")) return "topicNul";
  if (new TextEncoder().encode(topic).length > LONGEST_TOPIC) {
    return "topicLong";
  }
  return undefined;
}
