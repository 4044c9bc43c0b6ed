import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultTaskOptions } from '../../../../engine/core/task.ts';
import { validateOptions } from '../../../../engine/services/validate.ts';
import { UNKNOWN } from '../../../../terraform/provider/protocol/values/unknown.ts';
import { provider } from '../../../../terraform/provider/provider.ts';
import { defaultOptions, optionsOf } from '../../../../terraform/provider/resources/task/options.ts';
import { Found } from './found.ts';

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
const whole = { target: null, tables: null, exclude_tables: null };

/** What a validation finds in the options of a task whose configuration is right otherwise. */
function faultsOf(options: object): Found {
  const found = new Found();
  const given = Object.fromEntries(Object.keys(defaultOptions).map((name) => [name, null]));
  provider.resources.opendts_migration_task?.validate?.(
    { databases: { shop: whole }, options: { ...given, ...options } } as never,
    { diagnostics: found, logger: silent, signal: new AbortController().signal },
  );
  return found;
}

function isRefusedByService(connection: number | null, other: number | null): boolean {
  try {
    validateOptions({
      ...defaultTaskOptions,
      retryConnectionMinutes: connection ?? defaultTaskOptions.retryConnectionMinutes,
      retryOtherMinutes: other ?? defaultTaskOptions.retryOtherMinutes,
    });
    return false;
  } catch {
    return true;
  }
}

test('the defaults are those of the service', () => {
  const { chunkBytes, changeLogBytes, groupBytes } = defaultTaskOptions;
  const bytes = { chunkBytes, changeLogBytes, groupBytes };
  const asText = Object.fromEntries(Object.entries(bytes).map(([name, size]) => [name, String(size)]));
  expect(optionsOf(defaultOptions)).toEqual({ ...defaultTaskOptions, ...asText });
});

test('retry windows are refused whenever the service refuses them, also where one is left out', () => {
  const minutes = (least: number) =>
    fc.option(fc.oneof(fc.integer({ min: least, max: 12 }), fc.integer({ min: 718, max: 722 })), {
      nil: null,
    });
  fc.assert(
    fc.property(minutes(10), minutes(1), (connection, other) => {
      const { hasErrors } = faultsOf({ retry_connection_minutes: connection, retry_other_minutes: other });
      expect(hasErrors).toBe(isRefusedByService(connection, other));
    }),
  );
});

test('retry windows are told at the one that is written, and passed over while one is not known', () => {
  const told = (options: object) => faultsOf(options).errors.map(({ path }) => path?.[1]);
  expect(told({ retry_connection_minutes: 10 })).toEqual(['retry_connection_minutes']);
  expect(told({ retry_other_minutes: 720 })).toEqual(['retry_other_minutes']);
  expect(told({ retry_connection_minutes: UNKNOWN, retry_other_minutes: 1440 })).toEqual([]);
  expect(told({ retry_connection_minutes: 10, retry_other_minutes: UNKNOWN })).toEqual([]);
});
