/** Prints a conversation that it made up. */
console.log("\t\t10.10.10.23 est arrivé");
console.log("\t\tbonjour");
