import { DefaultTokenResolver, StringConcat, TerraformResource, TerraformStack, Tokenization } from 'cdktf';
import type { Construct } from 'constructs';
import { argumentsOf } from './offline-rules.ts';
import { warn } from './warnings.ts';

/** What a task carries, as it is synthesized: references are texts, so that those to one object are equal. */
export interface Carrying {
  readonly source_id: unknown;
  readonly target_id: unknown;
  readonly desired_status?: unknown;
  readonly databases: Readonly<Record<string, CarriedDatabase>>;
}

interface CarriedDatabase {
  readonly target?: string;
  readonly tables?: Readonly<Record<string, { readonly target?: string }>>;
  readonly exclude_tables?: readonly string[];
}

/**
 * The tables, by their names at the target, that both tasks carry there from one source; `name.*` for a whole database. What only the
 * servers know, such as which tables there are, is passed over; so is a task that is to be stopped.
 */
export function tablesOfBoth(one: Carrying, other: Carrying): string[] {
  if (one.source_id !== other.source_id || one.target_id !== other.target_id) return [];
  if (one.desired_status === 'stopped' || other.desired_status === 'stopped') return [];
  return Object.entries(one.databases).flatMap(([name, left]) =>
    Object.entries(other.databases).flatMap(([otherName, right]) => {
      const target = left.target ?? name;
      if (target !== (right.target ?? otherName)) return [];
      return tablesOf(left, right, name === otherName).map((table) => `${target}.${table}`);
    }),
  );
}

/** The tables at the target of two selections that go to one database. */
function tablesOf(left: CarriedDatabase, right: CarriedDatabase, isOneDatabase: boolean): string[] {
  if (left.tables !== undefined && right.tables !== undefined) {
    const names = Object.entries(right.tables).map(nameAtTarget);
    return Object.entries(left.tables)
      .map(nameAtTarget)
      .filter((name) => names.includes(name));
  }
  if (!isOneDatabase) return [];
  const [chosen, whole] = left.tables === undefined ? [right, left] : [left, right];
  if (chosen.tables === undefined) return ['*'];
  // Of a whole database each table keeps its name.
  return Object.entries(chosen.tables)
    .filter(([name, { target = name }]) => target === name && !whole.exclude_tables?.includes(name))
    .map(([name]) => name);
}

const nameAtTarget = ([name, { target = name }]: [string, { readonly target?: string }]) => target;

const checkedStacks = new WeakSet<TerraformStack>();

/** Lets two tasks of the construct's stack that carry the same tables be warned of when it is synthesized. */
export function warnOfSharedTables(construct: Construct): void {
  const stack = TerraformStack.of(construct);
  if (checkedStacks.has(stack)) return;
  checkedStacks.add(stack);
  stack.node.addValidation({
    validate() {
      const tasks = stack.node.findAll().flatMap(carryingTask);
      for (const [index, { task, carrying }] of tasks.entries())
        for (const before of tasks.slice(0, index)) {
          const tables = tablesOfBoth(before.carrying, carrying);
          if (tables.length > 0) warn(task, print(tables, before.task));
        }
      return [];
    },
  });
}

function carryingTask(construct: unknown): { task: TerraformResource; carrying: Carrying }[] {
  if (!TerraformResource.isTerraformResource(construct)) return [];
  if (!['opendts_migration_task', 'opendts_sync_task'].includes(construct.terraformResourceType)) return [];
  const resolver = new DefaultTokenResolver(new StringConcat());
  const options = { scope: construct, resolver, preparing: false };
  const carrying: Carrying | undefined = Tokenization.resolve(argumentsOf(construct), options);
  return isReadable(carrying?.databases) ? [{ task: construct, carrying: carrying as Carrying }] : [];
}

/** Whether no part of the selection is a reference, which is a text where a map should be. */
function isReadable(databases: unknown): boolean {
  const isMap = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isMap(databases)) return false;
  return Object.values(databases as object).every((each) => {
    if (!isMap(each)) return false;
    const { tables = {}, exclude_tables: excluded = [] } = each as Record<string, unknown>;
    return isMap(tables) && Object.values(tables as object).every(isMap) && Array.isArray(excluded);
  });
}

function print(tables: readonly string[], before: TerraformResource): string {
  return `It carries ${tables.join(', ')} to the same target as ${before.node.path} does: the service refuses the second copy, or both write the same rows there. Let one of the two carry each table.`;
}
