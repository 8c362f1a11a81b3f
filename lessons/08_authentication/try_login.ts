/**
 * @title See what a wrong password gives
 * @difficulty beginner
 * @tags connect, refusal, result code
 * @run deno run --allow-env --allow-net lessons/08_authentication/try_login.ts alice abc-321
 *
 * Logs in with the name and the password among its arguments, or with none, and
 * prints the broker's answer.
 */
import { brokerUrl, ConnectionRefusedError } from "../../lib/mod.ts";
import { connect, exitWithError } from "../../lib/mod.ts";

// 1. Arguments are good for playing only. Every user of this computer can see
// them in the list of processes, and the terminal remembers them.
const [username, password] = Deno.args;

try {
  // 2. A broker that can't be reached is tried again for a while: it may come
  // back. One that refuses us is not, because the same password would be wrong
  // again. So this throws at once.
  await using _client = await connect(brokerUrl(), { username, password });
  console.log("Connecté");
} catch (error) {
  // 3. The code is for us. What exitWithError prints is for people: one line.
  if (error instanceof ConnectionRefusedError) {
    console.log(`Erreur code ${error.code}`);
  }
  exitWithError(error);
}
