import type { ChangeEvent, SchemaEffect, SchemaStatement } from '../../../core/change.ts';
import { DtsError } from '../../../core/errors.ts';
import type { ObjectSelection } from '../../../core/selection.ts';
import type { ChangeDecoder, DecoderOptions, StructureHistory } from '../../../core/structure.ts';
import { type TableId, tableLabel } from '../../../core/table.ts';
import { corrupt, eventTypes } from './event.ts';
import { type Piece, readPiece } from './piece.ts';
import { type RowLayout, rowLayout } from './row-layout.ts';
import { checksForeignKeys, readRows } from './rows-event.ts';
import { schemaStatement } from './statement-session.ts';
import { parseTableMap } from './table-map.ts';

/** What a schema statement makes of the structure; see ddl/evolve.ts. */
export type Evolve = (
  history: StructureHistory,
  statement: SchemaStatement,
  selection: ObjectSelection,
) => { readonly history: StructureHistory; readonly effects: readonly SchemaEffect[] };

export interface BinlogDecoderOptions extends DecoderOptions {
  readonly history: StructureHistory;
  readonly selection: ObjectSelection;
  readonly evolve: Evolve;
  /** What a statement that failed at the source has done; absent: what its text says. */
  readonly effectOfFailed?: ((statement: SchemaStatement) => SchemaStatement) | undefined;
  /** Session variables of the source's sessions that its log may not tell. */
  readonly settingsOf?: ((history: StructureHistory) => Readonly<Record<string, string>>) | undefined;
}

/** Decodes the pieces of MySQL capture (piece.ts). */
export function createDecoder(options: BinlogDecoderOptions): ChangeDecoder {
  return new BinlogDecoder(options);
}

/** A layout with the table map that it was made of: the same bytes under the same structure give the same layout. */
interface KnownLayout {
  readonly map: Buffer;
  readonly history: StructureHistory;
  /** Undefined for a table whose rows are left out. */
  readonly layout: RowLayout | undefined;
  /** Number of the last transaction that had the map: it holds for that one alone. */
  transaction: number;
}

class BinlogDecoder implements ChangeDecoder {
  readonly #selection: ObjectSelection;
  readonly #evolve: Evolve;
  /** By table id. */
  readonly #known = new Map<number, KnownLayout>();
  #history: StructureHistory;
  /** Number of the open transaction. */
  #transaction = 0;
  readonly #ignores: (table: TableId) => boolean;

  readonly #effectOfFailed: NonNullable<BinlogDecoderOptions['effectOfFailed']>;
  readonly #settingsOf: NonNullable<BinlogDecoderOptions['settingsOf']>;

  constructor({ history, selection, evolve, ignores, effectOfFailed, settingsOf }: BinlogDecoderOptions) {
    this.#effectOfFailed = effectOfFailed ?? ((statement) => statement);
    this.#settingsOf = settingsOf ?? (() => ({}));
    this.#ignores = ignores ?? (() => false);
    this.#history = history;
    this.#selection = selection;
    this.#evolve = evolve;
  }

  get history(): StructureHistory {
    return this.#history;
  }

  beginTransaction(): void {
    this.#transaction += 1;
  }

  adopt(history: StructureHistory): void {
    this.#history = history;
  }

  decode(bytes: Uint8Array): Iterable<ChangeEvent> {
    return this.#decode(readPiece(bytes));
  }

  substitute(bytes: Uint8Array, sql: string): Iterable<ChangeEvent> {
    const piece = readPiece(bytes);
    if (piece.type !== eventTypes.query) return this.#decode(piece);
    return [this.#evolved({ ...this.#read(piece), text: sql })];
  }

  #decode(piece: Piece): Iterable<ChangeEvent> {
    if (piece.type === eventTypes.tableMap) {
      this.#map(piece.body);
      return [];
    }
    if (piece.type === eventTypes.query) return [this.#statement(piece)];
    const known = this.#known.get(tableIdOf(piece.body));
    if (known?.transaction !== this.#transaction) throw corrupt('rows come without the map of their table');
    return known.layout === undefined ? [] : [this.#rows(piece, known.layout)];
  }

  #rows(piece: Piece, layout: RowLayout): ChangeEvent {
    return {
      kind: 'rows',
      table: layout.table,
      changes: readRows(piece, layout),
      foreignKeyChecks: checksForeignKeys(piece),
    };
  }

  #read(piece: Piece): SchemaStatement {
    const { failed, ...logged } = schemaStatement(piece);
    const session = { ...this.#settingsOf(this.#history), ...logged.session };
    const statement = { ...logged, session };
    return failed ? this.#effectOfFailed(statement) : statement;
  }

  #statement(piece: Piece): ChangeEvent {
    const statement = this.#read(piece);
    try {
      return this.#evolved(statement);
    } catch (error) {
      const object = error instanceof DtsError ? error.details.object : undefined;
      if (object === undefined || !labelled(object).some((id) => this.#ignores(id))) throw error;
      return {
        kind: 'schema',
        statement,
        effects: [{ kind: 'none', reason: 'a table that is copied later' }],
      };
    }
  }

  #evolved(statement: SchemaStatement): ChangeEvent {
    const { history, effects } = this.#evolve(this.#history, statement, this.#selection);
    this.#history = history;
    return { kind: 'schema', statement, effects };
  }

  #map(body: Buffer): void {
    const id = tableIdOf(body);
    const known = this.#known.get(id);
    if (known?.layout && known.history === this.#history && known.map.equals(body)) {
      known.transaction = this.#transaction;
      return;
    }
    // Ids grow with every reopening of a table: what is kept stays bounded.
    if (this.#known.size >= knownLimit) this.#forgetOthers();
    this.#known.set(id, {
      map: Buffer.from(body),
      history: this.#history,
      layout: this.#layout(body),
      transaction: this.#transaction,
    });
  }

  #layout(body: Buffer): RowLayout | undefined {
    const map = parseTableMap(body);
    const id = { database: map.database, name: map.name };
    if (this.#ignores(id)) return undefined;
    const table = this.#history.table(id);
    if (table) return rowLayout(map, table);
    const object = tableLabel(id);
    throw new DtsError('SCHEMA_MISMATCH', `The structure of ${object} is not known.`, {
      details: { object },
    });
  }

  #forgetOthers(): void {
    for (const [id, { transaction }] of this.#known) {
      if (transaction !== this.#transaction) this.#known.delete(id);
    }
  }
}

/** The first 6 bytes of table maps and rows. */
const tableIdOf = (body: Buffer): number =>
  (body[0]! | (body[1]! << 8) | (body[2]! << 16)) +
  (body[3]! | (body[4]! << 8) | (body[5]! << 16)) * 0x1000000;

const knownLimit = 10_000;

/** The tables that a label may mean: names may hold dots. */
function labelled(label: string): TableId[] {
  const parts = label.split('.');
  return parts.slice(1).map((_, i) => ({
    database: parts.slice(0, i + 1).join('.'),
    name: parts.slice(i + 1).join('.'),
  }));
}
