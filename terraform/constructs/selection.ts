import { Token } from 'cdktf';
import { objectNameFault } from '../provider/names.ts';

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

  /** Its name at the target. */
  get targetName(): string {
    return this.#choice.target ?? this.#choice.name;
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

  /** What is wrong with it by itself, each with the remedy. */
  faults(): string[] {
    const { name, target, tables, excluded } = this.#choice;
    const names = [
      name,
      target ?? name,
      ...tables.flatMap((table) => [table.name, table.target ?? table.name]),
    ];
    const faults = new Set([...names, ...excluded].map(nameFault).filter((fault) => fault !== undefined));
    if (tables.length > 0 && excluded.length > 0) {
      faults.add(`of "${name}" tables are both named and left out: use either table(…) or except(…).`);
    }
    for (const table of repeated(tables.map((each) => each.name))) {
      faults.add(`table "${name}.${table}" is chosen twice: remove one.`);
    }
    return [...faults];
  }

  /** Names at the target of what is chosen: the whole database, or its tables. */
  arrivals(): { readonly database: string; readonly tables: readonly string[] | 'all' } {
    const { tables } = this.#choice;
    const targets = new Map(tables.map((table) => [table.name, table.target ?? table.name]));
    return { database: this.targetName, tables: tables.length === 0 ? 'all' : [...targets.values()] };
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

/** What is wrong with the selections of one task, each with the remedy. Names that are known at the deployment alone are passed over. */
export function selectionFaults(selections: readonly DatabaseSelection[]): string[] {
  if (selections.length === 0) return ["nothing is selected: give objects, such as [database('shop')]."];
  const faults = selections.flatMap((selection) => selection.faults());
  for (const name of repeated(selections.map((selection) => selection.name))) {
    faults.push(`database "${name}" is selected twice: choose all of its tables in one selection.`);
  }
  return [...faults, ...clashes(selections)];
}

/** No two tables arrive under one name; two databases may arrive as one only if both name their tables. */
function clashes(selections: readonly DatabaseSelection[]): string[] {
  const faults: string[] = [];
  const arrived = new Map<string, Set<string> | 'all'>();
  for (const selection of selections) {
    const { database: target, tables } = selection.arrivals();
    if (Token.isUnresolved(target)) continue;
    const before = arrived.get(target);
    if (before !== undefined && (before === 'all' || tables === 'all')) {
      faults.push(
        `two databases arrive as "${target}": give one another name by as(…), or name the tables of both.`,
      );
      continue;
    }
    const names = new Set(before);
    for (const table of tables === 'all' ? [] : tables) {
      if (names.has(table))
        faults.push(`two tables arrive as "${target}.${table}": give one another name by { as: … }.`);
      names.add(table);
    }
    arrived.set(target, tables === 'all' ? 'all' : names);
  }
  return faults;
}

function nameFault(name: string): string | undefined {
  return Token.isUnresolved(name) ? undefined : objectNameFault(name);
}

function repeated(names: readonly string[]): Set<string> {
  return new Set(names.filter((name, index) => !Token.isUnresolved(name) && names.indexOf(name) !== index));
}
