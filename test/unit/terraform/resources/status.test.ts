import { expect, test } from 'vitest';
import { type TaskState, taskStates } from '../../../../engine/core/task.ts';
import { afterOperation } from '../../../../engine/lifecycle/lifecycle.ts';
import { finerOf, needOf, statusOf } from '../../../../terraform/provider/resources/task/status.ts';

test('every state of the service has a coarse status', () => {
  expect(Object.keys(statusOf).sort()).toEqual([...taskStates].sort());
});

test('what goes on by itself changes no status, so that no plan is made of it', () => {
  const path: TaskState[] = ['QUEUED', 'RUNNING', 'RETRYING', 'READY_TO_COMPLETE', 'COMPLETING'];
  expect(new Set(path.map((state) => statusOf[state]))).toEqual(new Set(['running']));
  const checks: TaskState[] = ['DRAFT', 'CHECKING', 'CHECK_PASSED', 'CHECK_FAILED'];
  expect(new Set(checks.map((state) => statusOf[state]))).toEqual(new Set(['not_started']));
});

test('a running task that is as desired needs nothing, nor one that has finished', () => {
  expect(needOf('running', 'running')).toBe('nothing');
  expect(needOf('running', 'finished')).toBe('nothing');
  expect(needOf('paused', 'paused')).toBe('nothing');
  expect(needOf('paused', 'not_started')).toBe('nothing');
  expect(needOf('stopped', 'stopped')).toBe('nothing');
});

test('what is to be paused is checked, as often as it takes; what is to be stopped is not', () => {
  const unchecked = taskStates.filter((state) => finerOf({ state }) === 'unchecked');
  expect(unchecked).toEqual(['DRAFT', 'CHECKING', 'CHECK_FAILED']);
  expect(needOf('paused', 'not_started', 'unchecked')).toBe('repair');
  expect(needOf('running', 'not_started', 'unchecked')).toBe('repair');
  expect(needOf('stopped', 'not_started', 'unchecked')).toBe('nothing');
});

test('what was changed by somebody else is repaired, if anything can', () => {
  expect(needOf('running', 'paused')).toBe('repair');
  expect(needOf('running', 'failed')).toBe('repair');
  expect(needOf('paused', 'running')).toBe('repair');
  expect(needOf('running', 'stopped')).toBe('lost');
  // The service agrees: no operation leads on from there.
  const stopped = { kind: 'SYNCHRONIZATION', state: 'STOPPED', desiredState: 'STOPPED' } as const;
  expect(afterOperation(stopped, 'resumeTask')).toBeUndefined();
  expect(afterOperation(stopped, 'startTask')).toBeUndefined();
});

test('what has failed for good needs nothing where it shall not run, because the service takes no operation of it', () => {
  expect(needOf('running', 'failed', 'lost')).toBe('lost');
  expect(needOf('paused', 'failed', 'lost')).toBe('nothing');
  expect(needOf('stopped', 'failed', 'lost')).toBe('nothing');
  expect(needOf('stopped', 'failed')).toBe('repair');
  const failed = { kind: 'SYNCHRONIZATION', state: 'FAILED', desiredState: 'RUNNING' } as const;
  for (const operation of ['stopTask', 'pauseTask', 'retryTask', 'resumeTask', 'startTask'] as const)
    expect(afterOperation(failed, operation)).toBeUndefined();
});
