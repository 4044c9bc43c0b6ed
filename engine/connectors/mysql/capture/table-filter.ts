import type { ObjectSelection } from '../../../core/selection.ts';
import { type BinlogEvent, headerLength } from './event.ts';
import { startsWith } from './same-bytes.ts';

/** Whether rows of a table are carried. */
export type TableFilter = (database: string, table: string) => boolean;

export function tableFilter(selection: ObjectSelection): TableFilter {
  const rules = new Map(
    selection.databases.map((database) => {
      const listed = database.tables && new Set(database.tables.map((table) => table.name));
      const excluded = new Set(database.excludeTables);
      return [database.name, (table: string) => (listed ? listed.has(table) : !excluded.has(table))] as const;
    }),
  );
  return (database, table) => rules.get(database)?.(table) ?? false;
}

/** Decides for table map events. */
export class TableMapFilter {
  readonly #filter: TableFilter;
  #last: { readonly names: Buffer; readonly selected: boolean } | undefined;

  constructor(selection: ObjectSelection) {
    this.#filter = tableFilter(selection);
  }

  /** Database and table stand in the event with a length before and a zero byte behind each. */
  selects({ buffer, start }: BinlogEvent): boolean {
    const from = start + headerLength + 8;
    // Most maps follow one of the same table. The lengths are among the bytes: what begins alike is alike.
    if (this.#last && startsWith(buffer, from, this.#last.names)) return this.#last.selected;
    const databaseEnd = from + 1 + buffer[from]!;
    const end = databaseEnd + 2 + buffer[databaseEnd + 1]!;
    const database = buffer.toString('utf8', from + 1, databaseEnd);
    const selected = this.#filter(database, buffer.toString('utf8', databaseEnd + 2, end));
    this.#last = { names: Buffer.from(buffer.subarray(from, end)), selected };
    return selected;
  }
}

/** Whether a statement in this text and default database may touch a selected table: by names, never too few. */
export function mayTouch(
  selection: ObjectSelection,
  statement: { database: string; updatedDatabases: readonly string[] | undefined; text: string },
): boolean {
  const text = statement.text.toLowerCase();
  return selection.databases.some(({ name, tables }) => {
    const named =
      statement.database === name ||
      statement.updatedDatabases?.includes(name) === true ||
      text.includes(name.toLowerCase());
    return named && (!tables || tables.some((table) => text.includes(table.name.toLowerCase())));
  });
}
