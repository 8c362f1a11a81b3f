/**
 * @title Take the password from the environment
 * @difficulty beginner
 * @tags connect, user, password, environment
 * @run deno run --env-file=lessons/08_authentication/alice.env --allow-env --allow-net lessons/08_authentication/environment.ts
 *
 * The same, without a secret in the program. It can be shown to anyone, and each
 * user has a password of their own.
 */
import { brokerUrl, connect, exitWithError } from "../../lib/mod.ts";

// 1. The variables come from the file after --env-file, or from the terminal,
// which goes first.
const username = Deno.env.get("MQTT_USER");
const password = Deno.env.get("MQTT_PASSWORD");

// 2. Without them we don't even try: nobody should have to guess why a broker
// refuses us. What is missing is said, but never what the password is.
if (!username || !password) {
  console.error("User or password is missing: set MQTT_USER and MQTT_PASSWORD");
  Deno.exit(2);
}

// 3. From here on it is the same as with a password in the program.
await using _client = await connect(brokerUrl(), { username, password })
  .catch(exitWithError);
console.log("Connecté");
