import { runBroker } from "./broker_process.ts";

await runBroker();
