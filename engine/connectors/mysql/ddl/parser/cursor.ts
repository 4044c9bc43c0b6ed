import { DtsError } from '../../../../core/errors.ts';
import type { Dialect } from '../dialect.ts';
import { isContent, type Token, tokenize } from '../lexer.ts';
import type { Identifier, QualifiedName, Span } from './ast.ts';

/** A place where the text names a table or another object that lives in a database, for renaming. */
export interface NameUse {
  readonly role: 'table' | 'view' | 'routine' | 'trigger' | 'event' | 'sequence';
  readonly name: QualifiedName;
}

/** The parser asks for the same few hundred phrases at each token of each statement. */
const phrases = new Map<string, readonly string[]>();

function partsOf(phrase: string): readonly string[] {
  let parts = phrases.get(phrase);
  if (parts === undefined) {
    parts = phrase.split(' ');
    phrases.set(phrase, parts);
  }
  return parts;
}

/** Walks over the tokens that count; keywords are compared without case. */
export class Cursor {
  readonly text: string;
  readonly dialect: Dialect;
  readonly tokens: readonly Token[];
  /** Opening and closing marks of versioned comments. */
  readonly versionMarks: readonly Token[];
  readonly uses: NameUse[] = [];
  readonly databaseUses: Identifier[] = [];
  /** Of each token: a keyword in upper case, a symbol, or '' where it is neither. */
  readonly #words: readonly string[];
  #at = 0;

  constructor(text: string, dialect: Dialect) {
    this.text = text;
    this.dialect = dialect;
    const all = tokenize(text, dialect);
    this.versionMarks = all.filter((t) => t.kind === 'version-open' || t.kind === 'version-close');
    const tokens = all.filter(isContent);
    while (tokens.at(-1)?.kind === 'symbol' && tokens.at(-1)?.value === ';') tokens.pop();
    this.tokens = tokens;
    this.#words = tokens.map(({ kind, value }) =>
      kind === 'word' ? value.toUpperCase() : kind === 'symbol' ? value : '',
    );
  }

  get atEnd(): boolean {
    return this.#at >= this.tokens.length;
  }

  /** Start of the next token; the end of the text when there is none. */
  get offset(): number {
    return this.tokens[this.#at]?.start ?? this.text.length;
  }

  /** End of the last token taken. */
  get lastEnd(): number {
    return this.tokens[this.#at - 1]?.end ?? 0;
  }

  peek(ahead = 0): Token | undefined {
    return this.tokens[this.#at + ahead];
  }

  /** A place to come back to. */
  mark(): number {
    return this.#at;
  }

  reset(mark: number): void {
    this.#at = mark;
  }

  next(): Token {
    const token = this.tokens[this.#at];
    if (token === undefined) throw this.failure('more text');
    this.#at += 1;
    return token;
  }

  /** The keyword at `ahead`, upper case, or ''. */
  word(ahead = 0): string {
    return this.peek(ahead)?.kind === 'word' ? this.#words[this.#at + ahead]! : '';
  }

  /** True when the next tokens are these keywords and symbols, separated by blanks: `PRIMARY KEY (`. */
  sees(phrase: string): boolean {
    return this.#seesAll(partsOf(phrase));
  }

  /** Takes the phrase if it comes next. */
  take(phrase: string): boolean {
    const parts = partsOf(phrase);
    if (!this.#seesAll(parts)) return false;
    this.#at += parts.length;
    return true;
  }

  #seesAll(parts: readonly string[]): boolean {
    return parts.every((part, index) => this.#words[this.#at + index] === part);
  }

  /** Takes the first of the phrases that comes next. */
  takeAny(...phrases: readonly string[]): string | undefined {
    return phrases.find((phrase) => this.take(phrase));
  }

  expect(...phrases: readonly string[]): string {
    const taken = this.takeAny(...phrases);
    if (taken === undefined) throw this.failure(phrases.join(' or '));
    return taken;
  }

  identifier(): Identifier {
    const token = this.peek();
    if (token === undefined || (token.kind !== 'word' && token.kind !== 'quoted-name')) {
      throw this.failure('a name');
    }
    this.#at += 1;
    return { value: token.value, start: token.start, end: token.end };
  }

  /** True when a name comes next that could not be mistaken for one of the keywords. */
  seesName(...keywords: readonly string[]): boolean {
    const token = this.peek();
    if (token?.kind === 'quoted-name') return true;
    return token?.kind === 'word' && !keywords.includes(token.value.toUpperCase());
  }

  qualifiedName(role: NameUse['role']): QualifiedName {
    this.take('.');
    const first = this.identifier();
    const name: QualifiedName = this.take('.')
      ? { database: first, name: this.identifier() }
      : { name: first };
    this.uses.push({ role, name });
    return name;
  }

  databaseName(): Identifier {
    const name = this.identifier();
    this.databaseUses.push(name);
    return name;
  }

  number(): number {
    const token = this.next();
    if (token.kind !== 'number') throw this.failure('a number', token);
    return Number(token.value);
  }

  string(): string {
    const token = this.next();
    if (token.kind !== 'string') throw this.failure('a string', token);
    let value = token.value;
    while (this.peek()?.kind === 'string') value += this.next().value;
    return value;
  }

  /** A character set, collation or engine: bare, quoted or as a string. */
  nameOrString(): string {
    return this.peek()?.kind === 'string' ? this.string() : this.identifier().value;
  }

  /** Takes what stands in brackets, brackets included. */
  parenthesized(): Span {
    const open = this.next();
    if (open.kind !== 'symbol' || open.value !== '(') throw this.failure('(', open);
    this.#skipToClosing();
    return { start: open.start, end: this.lastEnd };
  }

  /** Takes one token, or a whole bracket. */
  skip(): void {
    const token = this.next();
    if (token.kind === 'symbol' && token.value === '(') this.#skipToClosing();
  }

  #skipToClosing(): void {
    for (let depth = 1; depth > 0; ) {
      const token = this.next();
      if (token.kind !== 'symbol') continue;
      if (token.value === '(') depth += 1;
      if (token.value === ')') depth -= 1;
    }
  }

  toEnd(): Span {
    const start = this.offset;
    this.#at = this.tokens.length;
    return { start, end: this.lastEnd };
  }

  /** The text of a span without the marks of versioned comments, so that it can stand alone. */
  slice(span: Span): string {
    let text = '';
    let at = span.start;
    for (const mark of this.versionMarks) {
      if (mark.start < span.start || mark.end > span.end) continue;
      text += `${this.text.slice(at, mark.start)} `;
      at = mark.end;
    }
    return (text + this.text.slice(at, span.end)).trim();
  }

  /** What to throw when something else stands here. */
  failure(expected: string, token: Token | undefined = this.peek()): DtsError {
    const at = token?.start ?? this.text.length;
    const excerpt = this.text.slice(at, at + 40).replace(/\s+/g, ' ');
    const found = excerpt === '' ? 'the end' : `"${excerpt}"`;
    return new DtsError(
      'DDL_NOT_UNDERSTOOD',
      `Expected ${expected} at character ${at + 1} of the statement, found ${found}.`,
      { details: { offset: at } },
    );
  }
}
