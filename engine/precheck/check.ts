import type { MisfitFacts, SourceFacts, TargetFacts } from '../core/precheck.ts';
import type { ObjectSelection } from '../core/selection.ts';
import type { TableId } from '../core/table.ts';
import type { NameMapping } from '../core/target.ts';
import type { Task } from '../core/task.ts';

/** Everything a check may look at. */
export interface Facts {
  readonly task: Task;
  readonly mapping: NameMapping;
  readonly source: SourceFacts;
  readonly target: TargetFacts;
  readonly misfits: readonly MisfitFacts[];
  readonly others: readonly OtherTask[];
}

/** Another task that writes to the same server, or may begin to. */
export interface OtherTask {
  readonly id: string;
  readonly name: string;
  /** It reads from the same server. */
  readonly sameSource: boolean;
  readonly objects: ObjectSelection;
  /** Tables of its source that its run knows; none before it has begun. */
  readonly tables: readonly TableId[];
}

export interface Finding {
  readonly grade: 'WARNING' | 'FAIL';
  readonly message: string;
  readonly remedy: string;
  readonly objects?: readonly string[];
}

/** One named check. Pure: the same facts give the same finding. */
export interface Check {
  /** Stable: stored, shown, ignored by name. */
  readonly name: string;
  readonly title: string;
  /** Undefined: passed. */
  find(facts: Facts): Finding | undefined;
}

export const fail = (message: string, remedy: string, objects: readonly string[] = []): Finding => ({
  grade: 'FAIL',
  message,
  remedy,
  objects,
});

export const warn = (message: string, remedy: string, objects: readonly string[] = []): Finding => ({
  grade: 'WARNING',
  message,
  remedy,
  objects,
});

export const isOn = (value: string | undefined): boolean =>
  value !== undefined && ['ON', '1', 'TRUE', 'YES'].includes(value.toUpperCase());
