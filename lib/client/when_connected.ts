import type { ToolkitClient } from "./client.ts";
import type { ConnectOptions } from "./options.ts";
import { isNotPermitted } from "./describe_cause.ts";
import { explainFailure } from "./explain_failure.ts";
import { startTimer } from "./runtime.ts";
import { BrokerUnreachableError } from "../errors.ts";

/** Waits until the client is connected for the first time. */
export async function whenConnected(
  client: ToolkitClient,
  { timeout = 30, retry = true, tls, signal }: ConnectOptions,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const { addresses } = client;
  const settled = new AbortController();
  let explaining: Promise<void> | undefined;
  let hasFailed = false;
  let isTold = false;
  const explain = async (tell: (error: BrokerUnreachableError) => void) => {
    const error = client.watch.lastError ?? silence(client) ??
      closing(client);
    const attempt = { address: client.address, tls, signal: settled.signal };
    const cause = error && await explainFailure(error, attempt);
    if (settled.signal.aborted) return;
    const labels = addresses.map(({ label }) => label).join(", ");
    tell(new BrokerUnreachableError(labels, cause));
  };
  const onError = () => client.refusal && reject(client.refusal);
  const onClose = () => {
    // A permission that is missing now will be missing later.
    const isForbidden = isNotPermitted(client.watch.lastError);
    const isLast = !retry || isForbidden;
    // One that fails is told of once each of the hosts has.
    if (hasFailed || !(client.watch.isRoundOver || isForbidden)) return;
    hasFailed = true;
    explaining = explain((error) => {
      if (isLast) return reject(error);
      isTold = true;
      client.report(`${error.message}; trying again`);
    });
    // It mustn't try again while the failure is being explained.
    if (isLast) void client.close();
  };
  const onTimeout = () => explaining = explain(reject);
  const onAbort = () => reject(signal?.reason);
  const timer = startTimer(timeout, onTimeout);
  client.once("connect", () => {
    if (isTold) client.report(`Connected to ${client.address.label}`);
    resolve();
  });
  client.on("error", onError);
  client.on("close", onClose);
  signal?.addEventListener("abort", onAbort);
  if (signal?.aborted) onAbort();
  try {
    await promise;
  } finally {
    settled.abort();
    await explaining;
    clearTimeout(timer);
    client.off("error", onError);
    client.off("close", onClose);
    signal?.removeEventListener("abort", onAbort);
  }
}

/** What to say of a connection that neither failed nor was answered, if it stands. */
function silence(client: ToolkitClient): Error | undefined {
  if (client.stream.destroyed) return undefined;
  const isOpen = client.stream.writable && !("connecting" in client.stream &&
    client.stream.connecting);
  return isOpen
    ? new Error("connack timeout")
    : Object.assign(new Error(), { code: "ETIMEDOUT" });
}

/** What to say of a broker that closes at CONNECT; most take MQTT 3.1.1. */
function closing({ options }: ToolkitClient): Error | undefined {
  const { protocolVersion } = options;
  if (protocolVersion === 4) return undefined;
  const version = protocolVersion === 5 ? "5" : "3.1";
  return new Error(
    `it closed the connection without an answer (does it speak MQTT ${version}?)`,
  );
}
