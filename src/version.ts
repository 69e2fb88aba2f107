/** Version of this library, as files carry it; a test holds it against `deno.json`. */
export const VERSION = "0.1.0";
