// Only tests need this package. In deno.json it would be downloaded by everyone who runs a task.
// deno-lint-ignore no-import-prefix
export * from "npm:@cfworker/json-schema@4.1.6";
