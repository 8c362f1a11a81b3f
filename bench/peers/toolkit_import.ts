/** Imports the toolkit, and does nothing with it. */
import "../../lib/mod.ts";
