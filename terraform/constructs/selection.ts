import { Token } from 'cdktf';

/** How a task's configuration names what it carries. */
export interface SelectedDatabase {
  readonly target?: string | undefined;
  readonly tables?: Readonly<Record<string, { readonly target?: string | undefined }>> | undefined;
  readonly excludeTables?: readonly string[] | undefined;
}

interface ChosenTable {
  readonly name: string;
  readonly target: string | undefined;
}

interface Choice {
  readonly name: string;
  readonly target?: string;
  readonly tables: readonly ChosenTable[];
  readonly excluded: readonly string[];
}

/**
 * What a task carries of one database, chosen step by step; each step gives a new selection.
 *
 *     database('shop')                                             // all of it, also what is created later
 *     database('shop').as('shop_v2').except('audit')               // all but one table, under another name
 *     database('shop').table('orders').table('items', { as: 'lines' })
 */
export class DatabaseSelection {
  readonly #choice: Choice;

  private constructor(choice: Choice) {
    this.#choice = choice;
  }

  static named(name: string): DatabaseSelection {
    return new DatabaseSelection({ name, tables: [], excluded: [] });
  }

  /** Its name at the source. */
  get name(): string {
    return this.#choice.name;
  }

  /** Another name at the target. */
  as(target: string): DatabaseSelection {
    return new DatabaseSelection({ ...this.#choice, target });
  }

  /** Carries this table, and of the others only those that are named too. */
  table(name: string, options: { readonly as?: string } = {}): DatabaseSelection {
    const tables = [...this.#choice.tables, { name, target: options.as }];
    return new DatabaseSelection({ ...this.#choice, tables });
  }

  /** Carries these tables under their own names, and of the others only those that are named too. */
  tables(...names: readonly string[]): DatabaseSelection {
    return names.reduce((selection: DatabaseSelection, name) => selection.table(name), this);
  }

  /** Leaves these tables out of the whole database. */
  except(...names: readonly string[]): DatabaseSelection {
    return new DatabaseSelection({ ...this.#choice, excluded: [...this.#choice.excluded, ...names] });
  }

  /** As the configuration of a task has it. */
  toConfig(): SelectedDatabase {
    const { target, tables, excluded } = this.#choice;
    return {
      target,
      tables:
        tables.length === 0
          ? undefined
          : Object.fromEntries(tables.map((table) => [table.name, { target: table.target }])),
      excludeTables: excluded.length === 0 ? undefined : excluded,
    };
  }

  /** Tables that were chosen more than once. */
  get repeatedTables(): readonly string[] {
    return repeated(this.#choice.tables.map(({ name }) => name));
  }
}

/** Begins to choose what a task carries of the database. */
export function database(name: string): DatabaseSelection {
  return DatabaseSelection.named(name);
}

/** The selections as the configuration of a task has them. */
export function databasesOf(selections: readonly DatabaseSelection[]): Record<string, SelectedDatabase> {
  return Object.fromEntries(selections.map((selection) => [selection.name, selection.toConfig()]));
}

/**
 * What was chosen twice, each with the remedy: the configuration of a task would keep the last one alone. All else that can be wrong
 * with a selection its configuration shows.
 */
export function selectionFaults(selections: readonly DatabaseSelection[]): string[] {
  const tables = selections.flatMap(({ name, repeatedTables }) =>
    repeatedTables.map((table) => `table "${name}.${table}" is chosen twice: remove one.`),
  );
  const databases = repeated(selections.map(({ name }) => name)).map(
    (name) => `database "${name}" is selected twice: choose all of its tables in one selection.`,
  );
  return [...tables, ...databases];
}

/** Names that are known at the deployment alone are passed over. */
function repeated(names: readonly string[]): string[] {
  const again = names.filter((name, index) => !Token.isUnresolved(name) && names.indexOf(name) !== index);
  return [...new Set(again)];
}
