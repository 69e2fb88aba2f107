/**
 * The text of a formula as a tree.
 *
 * @module
 */

import { DtolValidationError } from "../errors.ts";

/** Functions of one value. */
export type FunctionOfOne = "sqrt" | "abs" | "exp" | "ln" | "log10" | "sin" | "cos";
/** What makes one value of two. */
export type OperatorOfTwo = "+" | "-" | "*" | "/" | "^" | "atan2" | "min" | "max";

/** A part of a formula. */
export type Node =
  | { readonly is: "number"; readonly value: number }
  | { readonly is: "name"; readonly name: string }
  | { readonly is: "one"; readonly by: FunctionOfOne | "negate"; readonly of: Node }
  | { readonly is: "two"; readonly by: OperatorOfTwo; readonly left: Node; readonly right: Node };

const OF_ONE: readonly string[] = ["sqrt", "abs", "exp", "ln", "log10", "sin", "cos"] satisfies FunctionOfOne[];
const OF_MORE: readonly string[] = ["min", "max"] satisfies OperatorOfTwo[];
const FUNCTIONS: readonly string[] = [...OF_ONE, "atan2", ...OF_MORE];

const MAX_LENGTH = 4096;
const MAX_DEPTH = 100;

/** A piece of the text: what it is, what it says, where it begins. */
interface Token {
  readonly is: "number" | "word" | "quoted" | "sign" | "end";
  readonly text: string;
  readonly at: number;
}

const TOKEN =
  /\s*(?:((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|([\p{L}_][\p{L}\p{M}\p{N}_]*)|"((?:[^"\\]|\\["\\])*)"|([-+*\/^(),]))/uy;

/**
 * Reads a formula.
 *
 * @throws {DtolValidationError} With the place in the text where it stops being a formula.
 */
export function parse(text: string): { root: Node; names: string[] } {
  if (typeof text !== "string" || text.trim() === "") {
    throw new DtolValidationError(`Cannot read a formula as there is none: ${JSON.stringify(text)}`);
  }
  if (text.length > MAX_LENGTH) {
    throw new DtolValidationError(`Cannot read a formula of ${text.length} characters: at most ${MAX_LENGTH} may be`);
  }
  const parser = new Parser(text);
  return { root: parser.whole(), names: [...parser.names] };
}

class Parser {
  readonly names = new Set<string>();
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = this.#split();
  }

  /** The formula, with nothing behind it. */
  whole(): Node {
    const root = this.#sum();
    const rest = this.#peek();
    if (rest.is !== "end") this.#fail(rest, "an operator or the end");
    return root;
  }

  #sum(): Node {
    let left = this.#product();
    for (;;) {
      if (this.#take("+")) left = two("+", left, this.#product());
      else if (this.#take("-")) left = two("-", left, this.#product());
      else return left;
    }
  }

  #product(): Node {
    let left = this.#signed();
    for (;;) {
      if (this.#take("*")) left = two("*", left, this.#signed());
      else if (this.#take("/")) left = two("/", left, this.#signed());
      else return left;
    }
  }

  /** Binds less than `^`: `-2^2` is -4. */
  #signed(): Node {
    return this.#deeper(() => {
      if (this.#take("-")) return { is: "one", by: "negate", of: this.#signed() };
      if (this.#take("+")) return this.#signed();
      return this.#power();
    });
  }

  #power(): Node {
    const base = this.#value();
    return this.#take("^") ? two("^", base, this.#signed()) : base;
  }

  #value(): Node {
    const token = this.#peek();
    this.#next++;
    if (token.is === "number") return this.#number(token);
    if (token.is === "quoted") return this.#name(token.text);
    if (token.is === "word") return this.#word(token);
    if (token.text !== "(") this.#fail(token, "a number, a channel, a function or (");
    const inside = this.#sum();
    this.#expect(")");
    return inside;
  }

  #word(token: Token): Node {
    const { text } = token;
    if (text === "pi") return { is: "number", value: Math.PI };
    if (FUNCTIONS.includes(text)) return this.#call(token);
    if (this.#peek().text === "(") this.#fail(token, `one of the functions ${FUNCTIONS.join(", ")}`);
    return this.#name(text);
  }

  #call(token: Token): Node {
    const { text } = token;
    this.#expect("(", ` (a channel called ${text} is written "${text}")`);
    const values = [this.#sum()];
    while (this.#take(",")) values.push(this.#sum());
    const [least, most] = OF_ONE.includes(text) ? [1, 1] : OF_MORE.includes(text) ? [2, Infinity] : [2, 2];
    if (values.length < least || values.length > most) {
      this.#refuse(token, `${text} takes ${least === most ? least : "2 or more"} values`, values.length);
    }
    this.#expect(")");
    if (most === 1) return { is: "one", by: text as FunctionOfOne, of: values[0]! };
    return values.slice(1).reduce((left, right) => two(text as OperatorOfTwo, left, right), values[0]!);
  }

  #number(token: Token): Node {
    const value = Number(token.text);
    if (!Number.isFinite(value)) this.#fail(token, "a finite number");
    return { is: "number", value };
  }

  #name(name: string): Node {
    this.names.add(name);
    return { is: "name", name };
  }

  /** Brackets and signs in each other, within reason: each level is one of the program's too. */
  #deeper(read: () => Node): Node {
    if (++this.#depth > MAX_DEPTH) this.#fail(this.#peek(), `at most ${MAX_DEPTH} levels of brackets and signs`);
    const node = read();
    this.#depth--;
    return node;
  }

  #peek(): Token {
    return this.#tokens[this.#next]!;
  }

  #take(sign: string): boolean {
    const token = this.#peek();
    if (token.is !== "sign" || token.text !== sign) return false;
    this.#next++;
    return true;
  }

  #expect(sign: string, hint = ""): void {
    if (!this.#take(sign)) this.#fail(this.#peek(), sign + hint);
  }

  #split(): Token[] {
    const tokens: Token[] = [];
    TOKEN.lastIndex = 0;
    const end = this.#text.trimEnd().length;
    while (TOKEN.lastIndex < end) {
      const from = TOKEN.lastIndex;
      const match = TOKEN.exec(this.#text);
      if (match === null) {
        const at = from + this.#text.slice(from).search(/\S/);
        this.#fail({ is: "sign", text: this.#text[at]!, at }, "a number, a channel, a function or an operator");
      }
      tokens.push(tokenOf(match));
    }
    return [...tokens, { is: "end", text: "", at: this.#text.length }];
  }

  #fail(token: Token, wanted: string): never {
    this.#refuse(token, `there must be ${wanted}`, token.is === "end" ? "it ends" : JSON.stringify(token.text));
  }

  #refuse(token: Token, rule: string, found: string | number): never {
    const text = JSON.stringify(this.#text);
    throw new DtolValidationError(
      `Cannot read the formula ${text} as at character ${token.at + 1} ${rule}: ${found}`,
    );
  }
}

function two(by: OperatorOfTwo, left: Node, right: Node): Node {
  return { is: "two", by, left, right };
}

function tokenOf(match: RegExpExecArray): Token {
  const [all, number, word, quoted, sign] = match;
  const at = match.index + all.length - all.trimStart().length;
  if (number !== undefined) return { is: "number", text: number, at };
  if (word !== undefined) return { is: "word", text: word, at };
  if (quoted !== undefined) return { is: "quoted", text: quoted.replaceAll(/\\(.)/g, "$1"), at };
  return { is: "sign", text: sign!, at };
}
