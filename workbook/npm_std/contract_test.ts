/**
 * What this project expects of each `@std` function that it uses. It passes
 * against the real packages and, with `--import-map`, against the stand-ins.
 */
import "./_contract_assert.ts";
import "./_contract_csv.ts";
import "./_contract_equals.ts";
import "./_contract_parse_args.ts";
import "./_contract_prompt_secret.ts";
import "./_contract_throws.ts";
