import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { oldaapi, olmem, type SdkFunction } from "../../ffi/symbols.ts";
import { readTable } from "./tables.ts";

const tables: Record<string, Readonly<Record<string, SdkFunction>>> = { oldaapi, olmem };
const rows = readTable("functions");

/** FFI type of every C type name that `types.tsv` lists; its first column may name several. */
const cTypes = new Map<string, string>();
for (const { ctype, deno } of readTable("types")) {
  for (const name of ctype!.replace(/\(.*?\)/g, "").split(/[/,]/)) cTypes.set(name.trim(), deno!);
}

const ENUMS = new Set(readTable("constants").map(({ family }) => family));

/** The FFI type that a parameter must have: handles are numbers of pointer size, so that they can be compared and posted. */
function ffiType(ctype: string, isOut: boolean): string {
  if (isOut) return "buffer";
  const known = cTypes.get(ctype);
  if (ctype === "HWND") return "u64";
  if (known === "pointer") return "usize";
  if (known !== undefined) return known;
  if (ctype === "PDRIVER_SPECIFIC_INFO") return "buffer";
  ok(ENUMS.has(ctype), `types.tsv does not know ${ctype}`);
  return "i32";
}

interface Parameter {
  ctype: string;
  name: string;
  direction: string;
}

function parametersOf(text: string): Parameter[] {
  if (text === "void") return [];
  return text.split(", ").map((parameter) => {
    const [ctype, name, direction = ""] = parameter.split(" ");
    return { ctype: ctype!, name: name!, direction };
  });
}

Deno.test("symbols.ts declares every function of the headers, and no other", () => {
  for (const dll of ["oldaapi", "olmem"]) {
    const plain = Object.keys(tables[dll]!).filter((name) => !name.endsWith("_nonblocking"));
    deepEqual(plain.sort(), rows.filter((row) => row.dll === dll).map((row) => row.name!).sort());
  }
  equal(rows.length, 262);
});

Deno.test("every declaration has the parameters, result and optional flag of the header", () => {
  const results: Record<string, string> = { ECODE: "u32", LPSTR: "pointer", void: "void" };
  for (const row of rows) {
    const declared = tables[row.dll!]![row.name!]!;
    const expected = parametersOf(row.parameters!).map(({ ctype, direction }) => ffiType(ctype, direction !== ""));
    deepEqual(declared.parameters, expected, row.name);
    equal(declared.result, results[row.returns!], row.name);
    equal(declared.optional ?? false, row.optional === "yes", row.name);
    equal(declared.name, undefined, row.name);
  }
});

Deno.test("the comment above every declaration names its parameters in order", () => {
  const source = Deno.readTextFileSync(new URL("../../ffi/symbols.ts", import.meta.url));
  for (const row of rows) {
    const comment = new RegExp(`/\\*\\* (.*?)(:.*)?\\. \\*/\\n  ${row.name}: \\{`).exec(source)?.[1]?.replace(
      / \(.*$/,
      "",
    );
    const names = parametersOf(row.parameters!).map(({ name }) => name).join(", ");
    equal(comment?.replaceAll("*", ""), names || "nothing", row.name);
  }
});

/** What the word of a parameter in `args` must be, from its C type alone; undefined where that does not settle it. */
function argKind({ ctype, direction }: Parameter): string | undefined {
  const words: Record<string, string> = { ULNG: "UINT", ULONG: "UINT", DWORD: "UINT", ECODE: "UINT", LNG: "INT" };
  const pointed = ctype.replace(/^LP|^P|\*$/g, "");
  if (direction === "") return words[ctype] ?? (ENUMS.has(ctype) ? "INT" : ctype);
  const word = direction === "*inout" ? "inout" : "out";
  return `${word} ${words[pointed] ?? (ENUMS.has(pointed) ? "INT" : pointed)}`;
}

/** Words that the C type cannot tell: texts, lengths, caller memory, lists, and parameters that JavaScript has no use for. */
const BY_HAND = new Set([
  "TEXT",
  "out TEXT",
  "size",
  "memory",
  "context",
  "INT[]",
  "out INT[]",
  "out FLOAT[]",
  "out POINTER",
]);

Deno.test("every word in args is that of the parameter's C type", () => {
  for (const row of rows) {
    const parameters = parametersOf(row.parameters!);
    const args = tables[row.dll!]![row.name!]!.args!;
    equal(args.length, parameters.length, row.name);
    args.forEach((kind, i) => {
      if (BY_HAND.has(kind)) return;
      equal(kind.replace(" or null", ""), argKind(parameters[i]!), `${row.name}, ${parameters[i]!.name}`);
    });
  }
});

Deno.test("words that stand for memory are on parameters that are memory", () => {
  for (const row of rows) {
    const { args, parameters } = tables[row.dll!]![row.name!]!;
    args!.forEach((kind, i) => {
      if (kind === "size") equal(parameters[i], "u32", row.name);
      else if (kind === "context") equal(parameters[i], "i64", row.name);
      else if (BY_HAND.has(kind)) equal(parameters[i], "buffer", row.name);
    });
  }
});

Deno.test("calls that can wait on the device have a nonblocking form with the same types", () => {
  const forms = Object.entries(oldaapi as Record<string, SdkFunction>).filter(([, { nonblocking }]) => nonblocking);
  for (const [key, { name, parameters, result, optional }] of forms) {
    equal(key, `${name}_nonblocking`);
    const plain = oldaapi[name as keyof typeof oldaapi] as SdkFunction;
    deepEqual({ parameters, result, optional }, { ...plainOf(plain) }, name);
  }
  deepEqual(forms.map(([, { name }]) => name).sort(), [...WAITING].sort());
});

function plainOf(
  { parameters, result, optional }: SdkFunction,
): Pick<SdkFunction, "parameters" | "result" | "optional"> {
  return { parameters, result, optional: optional! };
}

const WAITING = [
  "olDaAbort",
  "olDaAutoCalibrate",
  "olDaConfig",
  "olDaFlushBuffers",
  "olDaGetBuffer",
  "olDaGetCjcTemperature",
  "olDaGetCjcTemperatures",
  "olDaGetDASS",
  "olDaGetSingleFloat",
  "olDaGetSingleFloats",
  "olDaGetSingleValue",
  "olDaGetSingleValueEx",
  "olDaGetSingleValues",
  "olDaInitialize",
  "olDaMeasureFrequency",
  "olDaPutSingleValue",
  "olDaPutSingleValues",
  "olDaReadEvents",
  "olDaReleaseDASS",
  "olDaReset",
  "olDaSetDataFlow",
  "olDaSimultaneousPrestart",
  "olDaSimultaneousStart",
  "olDaStart",
  "olDaStop",
  "olDaTerminate",
];
