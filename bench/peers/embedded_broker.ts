/** The toolkit's embedded broker in a process of its own, until it is killed. */
import { startBroker } from "../../lib/mod.ts";
import { print } from "./_job.ts";

const broker = await startBroker({ port: 0 });
print({ port: broker.port });
