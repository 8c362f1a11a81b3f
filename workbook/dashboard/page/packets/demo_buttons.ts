import { fill, labels } from "../labels.ts";
import { OutcomeText } from "../publish/outcome.ts";
import { publish } from "../publish/publishing.ts";
import { html, useSignal, type VNode } from "../view.ts";

const TOPIC = "iot/demo";
const QOS = [0, 1, 2] as const;

/** Buttons that publish a message, so that its packets can be seen at once. */
export function DemoButtons(): VNode {
  const request = useSignal<number | undefined>(undefined);
  const text = labels.value;
  return html`
    <div class="packet-demo" role="group" aria-label=${text.packetDemo}>
      <span>${fill(text.packetDemoTo, { topic: TOPIC })}</span>
      ${QOS.map((qos) =>
        html`
          <button type="button" key=${qos} onClick=${() => {
            const payload = `QoS ${qos}`;
            request.value = publish({
              topic: TOPIC,
              payload,
              qos,
              retain: false,
            });
          }}>${fill(text.packetDemoQos, { qos })}</button>
        `
      )}
      <${OutcomeText} request=${request.value} />
    </div>
  ` as VNode;
}
