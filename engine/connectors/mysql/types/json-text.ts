import { DtsError } from '../../../core/errors.ts';

/** A value within JSON text as the server prints it: one form of blanks, escapes and numbers. */
export interface JsonNode {
  readonly kind: 'object' | 'array' | 'scalar';
  /** [start, end) in the text. */
  readonly start: number;
  readonly end: number;
  readonly parent: JsonNode | undefined;
  /** Step from the parent to it as in a JSON path: `."name"`, `[3]`. */
  readonly leg: string;
  readonly children: readonly JsonNode[];
}

/** Reads JSON text as the server prints it. Throws INTERNAL for any other. */
export function parseJsonText(text: string): JsonNode {
  return new Parser(text).node(undefined, '');
}

/** `$."a"[3]` */
export function pathOf(node: JsonNode): string {
  let path = '';
  for (let at: JsonNode | undefined = node; at !== undefined; at = at.parent) path = at.leg + path;
  return `$${path}`;
}

/** The scalars in the order of the text. */
export function* scalarsOf(node: JsonNode): Generator<JsonNode> {
  if (node.kind === 'scalar') yield node;
  for (const child of node.children) yield* scalarsOf(child);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  node(parent: JsonNode | undefined, leg: string): JsonNode {
    const first = this.#text[this.#at];
    if (first === '{') return this.#container('object', '}', parent, leg);
    if (first === '[') return this.#container('array', ']', parent, leg);
    const start = this.#at;
    if (first === '"') this.#string();
    else while (this.#at < this.#text.length && !',]}'.includes(this.#text[this.#at]!)) this.#at++;
    if (this.#at === start) throw this.#unknown();
    return { kind: 'scalar', start, end: this.#at, parent, leg, children: [] };
  }

  #container(kind: 'object' | 'array', close: string, parent: JsonNode | undefined, leg: string): JsonNode {
    const children: JsonNode[] = [];
    const node = { kind, start: this.#at++, end: 0, parent, leg, children };
    while (this.#text[this.#at] !== close) {
      if (children.length > 0) this.#expect(', ');
      children.push(this.node(node, kind === 'object' ? `.${this.#name()}` : `[${children.length}]`));
    }
    node.end = ++this.#at;
    return node;
  }

  /** A member's name as it stands, quotes and escapes included: a path takes it so. */
  #name(): string {
    const start = this.#at;
    this.#string();
    const name = this.#text.slice(start, this.#at);
    this.#expect(': ');
    return name;
  }

  #string(): void {
    if (this.#text[this.#at] !== '"') throw this.#unknown();
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === BACKSLASH) this.#at++;
      else if (code === QUOTE) {
        this.#at++;
        return;
      }
    }
    throw this.#unknown();
  }

  #expect(separator: string): void {
    if (!this.#text.startsWith(separator, this.#at)) throw this.#unknown();
    this.#at += separator.length;
  }

  #unknown(): DtsError {
    return new DtsError('INTERNAL', `JSON text of an unknown form at ${this.#at}`);
  }
}
