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
  readonly layout: RowLayout;
}

class BinlogDecoder implements ChangeDecoder {
  readonly #selection: ObjectSelection;
  readonly #evolve: Evolve;
  readonly #known = new Map<number, KnownLayout>();
  #history: StructureHistory;
  /** Layouts of the open transaction by table id. */
  readonly #layouts = new Map<number, RowLayout>();
  /** Table ids of the open transaction whose rows are left out. */
  readonly #ignored = new Set<number>();
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
    this.#layouts.clear();
    this.#ignored.clear();
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
    return this.#ignored.has(piece.body.readUIntLE(0, 6)) ? [] : [this.#rows(piece)];
  }

  #rows(piece: Piece): ChangeEvent {
    const layout = this.#layouts.get(piece.body.readUIntLE(0, 6));
    if (!layout) throw corrupt('rows come without the map of their table');
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
    const id = body.readUIntLE(0, 6);
    this.#ignored.delete(id);
    const known = this.#known.get(id);
    if (known?.history === this.#history && known.map.equals(body)) {
      this.#layouts.set(id, known.layout);
      return;
    }
    const map = parseTableMap(body);
    if (this.#ignores({ database: map.database, name: map.name })) {
      this.#ignored.add(id);
      return;
    }
    const table = this.#history.table({ database: map.database, name: map.name });
    if (!table) {
      const object = tableLabel({ database: map.database, name: map.name });
      throw new DtsError('SCHEMA_MISMATCH', `The structure of ${object} is not known.`, {
        details: { object },
      });
    }
    const layout = rowLayout(map, table);
    // Ids grow with every reopening of a table: what is kept stays bounded.
    if (this.#known.size >= knownLimit) this.#known.clear();
    this.#known.set(id, { map: Buffer.from(body), history: this.#history, layout });
    this.#layouts.set(id, layout);
  }
}

const knownLimit = 10_000;

/** The tables that a label may mean: names may hold dots. */
function labelled(label: string): TableId[] {
  const parts = label.split('.');
  return parts.slice(1).map((_, i) => ({
    database: parts.slice(0, i + 1).join('.'),
    name: parts.slice(i + 1).join('.'),
  }));
}
