import { expect, test } from 'vitest';
import { tableState, tables } from '../../../../terraform/provider/data-sources/tables.ts';
import { progressState, taskProgress } from '../../../../terraform/provider/data-sources/task-progress.ts';
import type { TaskProgress } from '../../../../terraform/provider/gateway/task-progress.ts';
import type { Attributes } from '../../../../terraform/provider/protocol/schema/attribute.ts';
import { readObject, writeObject } from '../../../../terraform/provider/protocol/service/dynamic-value.ts';
import { textOf } from '../../../../terraform/provider/protocol/values/numeric.ts';
import type { Numeric, ValueRecord } from '../../../../terraform/provider/protocol/values/value.ts';

// The service tells 64-bit numbers; a double holds them to 2^53 alone.

const LONGEST = '9223372036854775807';
const ODD = '9007199254740993'; // 2^53 + 1

/** All digits of a number as the CLI is told it. */
function toldAs(attributes: Attributes, state: object, name: string): string {
  const told = readObject(attributes, writeObject(attributes, state as ValueRecord));
  return textOf(told?.[name] as Numeric);
}

test('the numbers of a task are told with all their digits', () => {
  const task: TaskProgress = {
    ...{ id: '01m80hejdf81ghq1pk6zmavm1x', state: 'RUNNING', phase: 'APPLY', phases: [] },
    position: { captured: null, applied: null },
    progress: {
      ...{ rowsCopied: LONGEST, rowsTotal: ODD, bytesCopied: ODD, changesCaptured: ODD },
      ...{ changesApplied: LONGEST, lagMillis: ODD, lagBytes: ODD, rowsPerSecond: 2, bottleneck: 'NONE' },
    },
  };
  const state = progressState(task);
  const told = (name: string) => toldAs(taskProgress.schema.attributes, state, name);
  expect(told('rows_copied')).toBe(LONGEST);
  expect(told('rows_total')).toBe(ODD);
  expect(told('bytes_copied')).toBe(ODD);
  expect(told('changes_captured')).toBe(ODD);
  expect(told('changes_applied')).toBe(LONGEST);
  expect(told('lag_bytes')).toBe(ODD);
  expect(told('lag_seconds')).toBe('9007199254740.993');
  expect(told('rows_per_second')).toBe('2');
});

test('the rows of a table are told with all their digits', () => {
  const table = { database: 'shop', name: 'orders', estimatedRows: ODD, hasPrimaryKey: true };
  const attributes = tables.schema.attributes.tables as { attributes: Attributes };
  expect(toldAs(attributes.attributes, tableState(table), 'estimated_rows')).toBe(ODD);
});
