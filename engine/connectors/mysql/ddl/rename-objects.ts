import { DtsError } from '../../../core/errors.ts';
import type { TableId } from '../../../core/table.ts';
import type { NameMapping } from '../../../core/target.ts';
import { quoteName } from '../identifier.ts';
import type { Token } from './lexer.ts';
import type { Identifier, QualifiedName } from './parser/ast.ts';
import type { Cursor, NameUse } from './parser/cursor.ts';
import { type Edit, replaceName } from './text-edits.ts';

/** Where a name stands before it is mapped. */
export const idOfName = (name: QualifiedName, database: string): TableId => ({
  database: name.database?.value ?? database,
  name: name.name.value,
});

/** The target's name of an object: only tables and views have names of their own in a mapping. */
export function mappedId(role: NameUse['role'], id: TableId, mapping: NameMapping): TableId {
  if (role === 'table' || role === 'view') return mapping.table(id);
  return { database: mapping.database(id.database), name: id.name };
}

/** Edits that give all names which the parser met their target's form. `database` is the source's default database. */
export function nameEdits(cursor: Cursor, mapping: NameMapping, database: string): Edit[] {
  const names = cursor.uses.flatMap(({ role, name }) => {
    const id = idOfName(name, database);
    const mapped = mappedId(role, id, mapping);
    const edits: Edit[] = [];
    if (name.database === undefined) {
      if (mapped.database !== mapping.database(database)) {
        return [{ ...span(name.name), text: `${quoteName(mapped.database)}.${quoteName(mapped.name)}` }];
      }
    } else if (mapped.database !== id.database) edits.push(replaceName(name.database, mapped.database));
    if (mapped.name !== id.name) edits.push(replaceName(name.name, mapped.name));
    return edits;
  });
  const databases = cursor.databaseUses
    .filter((name) => mapping.database(name.value) !== name.value)
    .map((name) => replaceName(name, mapping.database(name.value)));
  return [...names, ...databases];
}

const span = ({ start, end }: Identifier) => ({ start, end });

const isName = (token: Token | undefined): token is Token =>
  token?.kind === 'word' || token?.kind === 'quoted-name';
const isDot = (token: Token | undefined): boolean => token?.kind === 'symbol' && token.value === '.';

// Words behind which a table's name stands.
const beforeTable = new Set([
  'FROM',
  'JOIN',
  'STRAIGHT_JOIN',
  'INTO',
  'UPDATE',
  'TABLE',
  'ON',
  'REFERENCES',
  'LIKE',
]);

/**
 * Edits inside the body of a view or program, which is not parsed: qualified names of renamed databases, and names of renamed
 * tables where nothing else can stand. Throws DDL_NOT_UNDERSTOOD when a renamed object is mentioned where that is not certain.
 */
export function bodyEdits(
  cursor: Cursor,
  mapping: NameMapping,
  database: string,
  known: readonly Edit[],
): Edit[] {
  const body = new BodyScan(cursor, mapping, database);
  const done = new Set(known.map((edit) => edit.start));
  const parsed = new Set(cursor.uses.flatMap(({ name }) => [name.name.start, name.database?.start ?? -1]));
  const edits: Edit[] = [];
  cursor.tokens.forEach((token, at) => {
    if (done.has(token.start) || parsed.has(token.start)) return;
    if (isName(token)) edits.push(...body.editsAt(at));
    if (token.kind === 'string') body.refuseDynamic(token);
  });
  return edits;
}

class BodyScan {
  readonly #tokens: readonly Token[];
  readonly #mapping: NameMapping;
  readonly #database: string;
  readonly #preparesText: boolean;

  constructor(cursor: Cursor, mapping: NameMapping, database: string) {
    this.#tokens = cursor.tokens;
    this.#mapping = mapping;
    this.#database = database;
    this.#preparesText = cursor.tokens.some(
      (token) => token.kind === 'word' && /^(?:PREPARE|EXECUTE)$/i.test(token.value),
    );
  }

  editsAt(at: number): Edit[] {
    const token = this.#tokens[at]!;
    if (isDot(this.#tokens[at - 1])) return [];
    const qualifies = isDot(this.#tokens[at + 1]) && isName(this.#tokens[at + 2]);
    if (qualifies && this.#isDatabase(token.value)) {
      const table = this.#tokens[at + 2]!;
      this.#refuseAlias(token.value);
      const mapped = this.#mapping.table({ database: token.value, name: table.value });
      const edits: Edit[] = [];
      if (mapped.database !== token.value) edits.push(replaceName(token, mapped.database));
      if (mapped.name !== table.value) edits.push(replaceName(table, mapped.name));
      return edits;
    }
    const renamedTo = this.#tableName(token.value);
    if (renamedTo === undefined) return [];
    if (qualifies || this.#standsAsTable(at)) return [replaceName(token, renamedTo)];
    throw this.#ambiguous(token);
  }

  /** A name that the mapping changes as a database's, in itself or for the table behind it. */
  #isDatabase(name: string): boolean {
    if (this.#mapping.database(name) !== name) return true;
    return name === this.#database;
  }

  /** The new name of a table of the default database; undefined when it keeps its own. */
  #tableName(name: string): string | undefined {
    const mapped = this.#mapping.table({ database: this.#database, name }).name;
    return mapped === name ? undefined : mapped;
  }

  #standsAsTable(at: number): boolean {
    let before = at - 1;
    while (this.#tokens[before]?.kind === 'symbol' && this.#tokens[before]?.value === '(') before -= 1;
    const word = this.#tokens[before];
    return word?.kind === 'word' && beforeTable.has(word.value.toUpperCase());
  }

  /** A renamed database's name that also stands alone may be an alias: `a.b` would then be a column. */
  #refuseAlias(name: string): void {
    if (name === this.#database) return;
    const alone = this.#tokens.find(
      (token, at) =>
        isName(token) && token.value === name && !isDot(this.#tokens[at - 1]) && !isDot(this.#tokens[at + 1]),
    );
    if (alone !== undefined) throw this.#ambiguous(alone);
  }

  refuseDynamic(token: Token): void {
    if (!this.#preparesText) return;
    const words = token.value.match(/[\w$]+/g) ?? [];
    if (words.some((word) => this.#mapping.database(word) !== word || this.#tableName(word) !== undefined)) {
      throw this.#ambiguous(token);
    }
  }

  #ambiguous(token: Token): DtsError {
    return new DtsError(
      'DDL_NOT_UNDERSTOOD',
      `The text mentions "${token.value.slice(0, 64)}", which is renamed at the target, where it cannot be replaced with certainty.`,
      { details: { offset: token.start } },
    );
  }
}
