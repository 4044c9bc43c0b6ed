import { DtsError } from '../../core/errors.ts';
import type { Position } from '../../core/position.ts';
import type { StructureHistory } from '../../core/structure.ts';
import { type TableId, tableKey, tableLabel } from '../../core/table.ts';
import type { ObjectMapper } from '../../transform/mapping.ts';
import { resolvableCodes, type SchemaRefusal, type SchemaResolution } from '../run/run-state.ts';

/**
 * What the user decided about the change that stopped the task. It is bound to the source's transaction of that change and stays in the
 * run's state: after a crash the same change comes again and is settled again.
 */
export class Resolutions {
  readonly #given: SchemaResolution | undefined;

  constructor(given: SchemaResolution | undefined) {
    this.#given = given;
  }

  get isGiven(): boolean {
    return this.#given !== undefined;
  }

  /** The decision about the changes of this transaction. */
  about(transaction: Position | undefined): SchemaResolution | undefined {
    return this.#given?.transaction === transaction ? this.#given : undefined;
  }

  /** SQL with source names that stands for the change in this transaction. */
  substitute(transaction: Position | undefined): string | undefined {
    const given = this.about(transaction);
    return given?.action === 'REPLACE' && given.code === 'DDL_NOT_UNDERSTOOD' ? given.sql : undefined;
  }

  /** True when this failure of decoding is to be passed over: nothing is carried of the change. */
  passesOver(error: unknown, transaction: Position | undefined): boolean {
    const action = this.about(transaction)?.action;
    return isCoded(error, 'DDL_NOT_UNDERSTOOD') && (action === 'SKIP' || action === 'RELOAD');
  }
}

const isCoded = (error: unknown, code: string): boolean => error instanceof DtsError && error.code === code;

/** The refusal that an error tells of, if a resolution can settle it. Tables are those of `effects`, else the one that the error names. */
export function refusalOf(
  error: unknown,
  at: { transaction: Position | undefined; history: StructureHistory; mapper: ObjectMapper },
): SchemaRefusal | undefined {
  if (!(error instanceof DtsError) || at.transaction === undefined) return undefined;
  const code = resolvableCodes.find((candidate) => candidate === error.code);
  if (code === undefined) return undefined;
  const labels = error.details.object?.split(', ') ?? [];
  const known = at.history.tables().map((table) => table.id);
  const named = labels.flatMap((label) => known.filter((id) => tableLabel(id) === label));
  const guessed = labels.flatMap((label) => tableOfLabel(label) ?? []);
  const tables = new Map(
    [...named, ...guessed].filter((id) => at.mapper.selects(id)).map((id) => [tableKey(id), id]),
  );
  return { code, transaction: at.transaction, tables: [...tables.values()] };
}

/** A table that the structure does not know: its label alone tells of it. */
function tableOfLabel(label: string): TableId | undefined {
  const dot = label.indexOf('.');
  if (dot <= 0 || dot === label.length - 1) return undefined;
  return { database: label.slice(0, dot), name: label.slice(dot + 1) };
}
