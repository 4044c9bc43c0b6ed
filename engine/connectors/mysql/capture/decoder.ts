import type { ChangeEvent, SchemaEffect, SchemaStatement } from '../../../core/change.ts';
import { DtsError } from '../../../core/errors.ts';
import type { ObjectSelection } from '../../../core/selection.ts';
import type { ChangeDecoder, StructureHistory } from '../../../core/structure.ts';
import { tableLabel } from '../../../core/table.ts';
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

export interface DecoderOptions {
  readonly history: StructureHistory;
  readonly selection: ObjectSelection;
  readonly evolve: Evolve;
}

/** Decodes the pieces of MySQL capture (piece.ts). */
export function createDecoder(options: DecoderOptions): ChangeDecoder {
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

  constructor({ history, selection, evolve }: DecoderOptions) {
    this.#history = history;
    this.#selection = selection;
    this.#evolve = evolve;
  }

  get history(): StructureHistory {
    return this.#history;
  }

  beginTransaction(): void {
    this.#layouts.clear();
  }

  decode(bytes: Uint8Array): Iterable<ChangeEvent> {
    const piece = readPiece(bytes);
    if (piece.type === eventTypes.tableMap) {
      this.#map(piece.body);
      return [];
    }
    return [piece.type === eventTypes.query ? this.#statement(piece) : this.#rows(piece)];
  }

  #rows(piece: Piece): ChangeEvent {
    const layout = this.#layouts.get(piece.body.readUIntLE(0, 6));
    if (!layout) throw corrupt('rows come without the map of their table');
    return {
      kind: 'rows',
      table: layout.table,
      changes: readRows(piece, layout),
      foreignKeyChecks: checksForeignKeys(piece.body),
    };
  }

  #statement(piece: Piece): ChangeEvent {
    const statement = schemaStatement(piece);
    const { history, effects } = this.#evolve(this.#history, statement, this.#selection);
    this.#history = history;
    return { kind: 'schema', statement, effects };
  }

  #map(body: Buffer): void {
    const id = body.readUIntLE(0, 6);
    const known = this.#known.get(id);
    if (known?.history === this.#history && known.map.equals(body)) {
      this.#layouts.set(id, known.layout);
      return;
    }
    const map = parseTableMap(body);
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
