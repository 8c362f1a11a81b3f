import { startChild } from "../_children.ts";
import type { Sample } from "../_measurement.ts";
import { denoProgram, type Job } from "../_programs.ts";
import type { MeasuredBroker } from "./_brokers.ts";

/** What takes part besides the broker: programs of `peers/`. */
export interface Clients {
  publish: (job: Job) => string[];
  receive: (job: Job) => string[];
}

/** The toolkit's clients, as programs use them. */
export const TOOLKIT_CLIENTS: Clients = {
  publish: (job) => denoProgram("toolkit_publish.ts", job),
  receive: (job) => denoProgram("toolkit_receive.ts", job),
};

/** Clients that know their packets beforehand and cost next to nothing. */
export const PREPARED_CLIENTS: Clients = {
  publish: (job) => denoProgram("prepared_publish.ts", job),
  receive: (job) => denoProgram("counting_receive.ts", job),
};

/**
 * Sends messages from one program to another through a broker: three processes.
 *
 * @returns How many arrive a second, from the first publish to the arrival of the
 *   message that follows the last one.
 */
export async function relay(
  job: Job & { messages: number },
  { broker, publish, receive }: Clients & { broker: MeasuredBroker },
): Promise<Sample> {
  await using running = await broker.start();
  const { port } = running;
  const messages = job.messages * (job.subscribers ?? 1);
  await using subscriber = startChild(receive({ ...job, port }));
  await subscriber.next();
  await using publisher = startChild(
    publish({ ...job, port, clientId: "publisher" }),
  );
  const { started } = await publisher.next<{ started: number }>();
  const { ended, received } = await subscriber.next<
    { ended: number; received: number }
  >();
  await Promise.all([publisher.finished(), subscriber.finished()]);
  const value = received / (ended - started) * 1000;
  return { value, messages, lost: messages - received };
}
