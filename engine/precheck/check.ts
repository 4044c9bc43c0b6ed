import type { MisfitFacts, SourceFacts, TargetFacts } from '../core/precheck.ts';
import type { NameMapping } from '../core/target.ts';
import type { Task } from '../core/task.ts';

/** Everything a check may look at. */
export interface Facts {
  readonly task: Task;
  readonly mapping: NameMapping;
  readonly source: SourceFacts;
  readonly target: TargetFacts;
  readonly misfits: readonly MisfitFacts[];
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
