const [file = "sensorvalues.csv"] = Deno.args;

// README.md says what this program is to do with the file.
console.error(`Nothing to do yet with ${file}`);
