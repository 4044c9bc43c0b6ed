import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type TaskState, taskKinds, taskStates } from '../../../engine/core/task.ts';
import { eventTable, type RunnerEvent, runnerEvents } from '../../../engine/lifecycle/events.ts';
import {
  afterEvent,
  afterOperation,
  allowedOperations,
  isRunnable,
  type Next,
  type Standing,
} from '../../../engine/lifecycle/lifecycle.ts';
import { type Operation, operations, operationTable } from '../../../engine/lifecycle/operations.ts';
import type { Outcome } from '../../../engine/lifecycle/outcome.ts';
import { vendorStates } from '../../../engine/lifecycle/vendor-states.ts';

type Step = { operation: Operation } | { event: RunnerEvent };

const ended: readonly TaskState[] = ['COMPLETED', 'STOPPED', 'FAILED'];
const steps = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...operations).map((operation): Step => ({ operation })) },
    { weight: 3, arbitrary: fc.constantFrom(...runnerEvents).map((event): Step => ({ event })) },
  ),
  { maxLength: 60 },
);

/** What a step leaves; undefined when it is refused. Isolation is what the service keeps beside the state. */
function after(task: Standing, step: Step): Standing | undefined {
  const next: Next | undefined =
    'operation' in step ? afterOperation(task, step.operation) : afterEvent(task, step.event);
  if (next === undefined) return undefined;
  const isolatedUntil =
    'operation' in step && step.operation === 'isolateTask'
      ? 1
      : 'operation' in step && step.operation === 'recoverTask'
        ? undefined
        : task.isolatedUntil;
  return { ...task, ...next, isolatedUntil };
}

const draft = (kind: Standing['kind']): Standing => ({ kind, state: 'DRAFT', desiredState: 'IDLE' });

/** I1 to I6 of engine/lifecycle/SPEC.md. */
function requireInvariants(task: Standing): void {
  const { state, desiredState, kind } = task;
  const wanted: Record<TaskState, readonly string[]> = {
    DRAFT: ['IDLE'],
    CHECKING: ['IDLE'],
    CHECK_FAILED: ['IDLE'],
    CHECK_PASSED: ['IDLE'],
    QUEUED: ['RUNNING'],
    RUNNING: ['RUNNING'],
    PAUSED: ['PAUSED'],
    READY_TO_COMPLETE: ['RUNNING'],
    COMPLETING: ['COMPLETED'],
    COMPLETED: ['COMPLETED'],
    STOPPING: ['STOPPED'],
    STOPPED: ['STOPPED'],
    ERROR: ['RUNNING', 'COMPLETED'],
    RETRYING: ['RUNNING', 'COMPLETED'],
    FAILED: ['RUNNING', 'COMPLETED'],
  };
  expect(wanted[state]).toContain(desiredState);
  if (kind === 'SYNCHRONIZATION') {
    expect(['READY_TO_COMPLETE', 'COMPLETING', 'COMPLETED']).not.toContain(state);
  }
  if (task.isolatedUntil !== undefined) {
    expect(allowedOperations(task)).toEqual(['recoverTask', 'destroyTask']);
    expect(isRunnable(task)).toBe(false);
  } else {
    expect(allowedOperations(task)).not.toContain('recoverTask');
    expect(isRunnable(task)).toBe(runnerEvents.some((event) => acts(task, event)));
    if (!ended.includes(state)) expect(waysOut(task)).toBeGreaterThan(0);
  }
}

const acts = (task: Standing, event: RunnerEvent) => afterEvent(task, event) !== undefined;

function waysOut(task: Standing): number {
  const all: Step[] = [
    ...operations.map((operation) => ({ operation })),
    ...runnerEvents.map((event) => ({ event })),
  ];
  return all.filter((step) => (after(task, step)?.state ?? task.state) !== task.state).length;
}

test('every sequence of operations and events keeps the invariants', () => {
  fc.assert(
    fc.property(fc.constantFrom(...taskKinds), steps, (kind, sequence) => {
      let task = draft(kind);
      for (const step of sequence) {
        const next = after(task, step);
        if ('operation' in step)
          expect(allowedOperations(task).includes(step.operation)).toBe(next !== undefined);
        if (next === undefined) continue;
        // I7: only the user changes what is wanted.
        if ('event' in step) expect(next.desiredState).toBe(task.desiredState);
        task = next;
        requireInvariants(task);
      }
    }),
    { numRuns: 3000 },
  );
});

test('after a crash at any point a runner that goes on brings the task to what was wanted', () => {
  const progress: readonly RunnerEvent[] = [
    'checkPassed',
    'dequeued',
    'recovered',
    'caughtUp',
    'completed',
    'stopped',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...taskKinds), steps, (kind, sequence) => {
      let task = draft(kind);
      for (const step of sequence) task = after(task, step) ?? task;
      if (!isRunnable(task)) return;
      for (let round = 0; round < 4; round++) {
        for (const event of progress) {
          const next = afterEvent(task, event);
          if (next !== undefined) task = { ...task, ...next };
        }
      }
      const goal: Record<string, readonly TaskState[]> = {
        IDLE: ['CHECK_PASSED'],
        RUNNING: kind === 'MIGRATION' ? ['READY_TO_COMPLETE'] : ['RUNNING'],
        COMPLETED: ['COMPLETED'],
        STOPPED: ['STOPPED'],
      };
      expect(goal[task.desiredState]).toContain(task.state);
    }),
    { numRuns: 3000 },
  );
});

test('every state can be reached and, unless it is an end, left', () => {
  const reached = new Map<TaskState, Standing>();
  const open = taskKinds.map(draft);
  const seen = new Set<string>();
  for (let task = open.pop(); task !== undefined; task = open.pop()) {
    const key = JSON.stringify(task);
    if (seen.has(key)) continue;
    seen.add(key);
    reached.set(task.state, task);
    for (const operation of operations) open.push(after(task, { operation }) ?? task);
    for (const event of runnerEvents) open.push(after(task, { event }) ?? task);
  }
  expect([...reached.keys()].sort()).toEqual([...taskStates].sort());
});

test('a task that is paused when ready to complete runs again and gets ready again', () => {
  let task: Standing = { kind: 'MIGRATION', state: 'READY_TO_COMPLETE', desiredState: 'RUNNING' };
  const path: Step[] = [
    { operation: 'pauseTask' },
    { operation: 'resumeTask' },
    { event: 'dequeued' },
    { event: 'caughtUp' },
  ];
  const states = path.map((step) => {
    task = after(task, step)!;
    return task.state;
  });
  expect(states).toEqual(['PAUSED', 'QUEUED', 'RUNNING', 'READY_TO_COMPLETE']);
});

test('a completion that fails is taken up again by a retry, without a second order to complete', () => {
  let task: Standing = { kind: 'MIGRATION', state: 'COMPLETING', desiredState: 'COMPLETED' };
  const path: Step[] = [
    { event: 'failed' },
    { operation: 'retryTask' },
    { event: 'recovered' },
    { event: 'completed' },
  ];
  const states = path.map((step) => {
    task = after(task, step)!;
    return task.state;
  });
  expect(states).toEqual(['ERROR', 'RETRYING', 'COMPLETING', 'COMPLETED']);
});

test('the vendor names are those of their documents', () => {
  const migration = taskStates.map((state) => vendorStates({ kind: 'MIGRATION', state }).tencent);
  expect(migration).toEqual(
    'created checking checkNotPass checkPass readyRun running manualPaused readyComplete completing success stopping canceled error resuming failed'.split(
      ' ',
    ),
  );
  expect(vendorStates({ kind: 'SYNCHRONIZATION', state: 'ERROR' }).tencent).toBe('ResumableErr');
  expect(vendorStates({ kind: 'SYNCHRONIZATION', state: 'RUNNING', isolatedUntil: 1 }).tencent).toBe(
    'Isolated',
  );
  expect(vendorStates({ kind: 'SYNCHRONIZATION', state: 'RUNNING', phase: 'FULL_LOAD' }).alibaba).toBe(
    'Performing Initial Synchronization',
  );
  expect(vendorStates({ kind: 'SYNCHRONIZATION', state: 'RUNNING', phase: 'APPLY' }).alibaba).toBe(
    'Synchronizing',
  );
});

/** A table of the page as it follows from the code. */
function tableText<C extends string>(
  table: Readonly<Record<TaskState, Readonly<Record<C, Outcome>>>>,
  columns: readonly C[],
): string {
  const cell = (outcome: Outcome) =>
    ({
      refuse: () => '',
      stay: () => 'stays',
      pursue: () => 'pursues',
      go: () =>
        outcome.kind === 'go' && outcome.desired !== undefined
          ? `${outcome.state} / ${outcome.desired}`
          : outcome.kind === 'go'
            ? outcome.state
            : '',
    })[outcome.kind]();
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(['', ...taskStates]),
    line(['---', ...taskStates.map(() => '---')]),
    ...columns.map((column) => line([column, ...taskStates.map((state) => cell(table[state][column]))])),
  ].join('\n');
}

test('SPEC.md shows the tables as they are', () => {
  const spec = readFileSync(new URL('../../../engine/lifecycle/SPEC.md', import.meta.url), 'utf8');
  expect(spec).toContain(tableText(operationTable, operations));
  expect(spec).toContain(tableText(eventTable, runnerEvents));
});
