/**
 * @title Log in with a user name and a password
 * @difficulty beginner
 * @tags connect, user, password
 * @run deno run --allow-env --allow-net lessons/08_authentication/login.ts
 *
 * Some brokers ask who comes. This client says its name and its password when it
 * connects.
 */
import { brokerUrl, ConnectionRefusedError } from "../../lib/mod.ts";
import { connect, exitWithError } from "../../lib/mod.ts";

try {
  // 1. Name and password travel in CONNECT, the first packet of all, so they are
  // given when we connect. Everyone may know this password, or it wouldn't stand
  // here: environment.ts shows where yours belongs.
  await using _client = await connect(brokerUrl(), {
    username: "alice",
    password: "abc-123",
  });

  // 2. The broker has let us in. What follows is as in the other lessons.
  console.log("Connecté");
} catch (error) {
  // 3. It hasn't: 4 says that the name or the password is wrong, 5
  // that we may not come in.
  if (error instanceof ConnectionRefusedError) {
    console.log(`Erreur code ${error.code}`);
  }
  exitWithError(error);
}
