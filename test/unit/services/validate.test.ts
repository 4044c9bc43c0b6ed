import { expect, test } from 'vitest';
import type { DatabaseSelection } from '../../../engine/core/selection.ts';
import { defaultTaskOptions, type TaskOptions } from '../../../engine/core/task.ts';
import type { EndpointInput } from '../../../engine/engine.ts';
import { configured, open, source } from './fixture.ts';

const field = (path: string) =>
  expect.objectContaining({ code: 'INVALID_INPUT', details: expect.objectContaining({ field: path }) });

const badEndpoints: readonly [Partial<EndpointInput>, string][] = [
  [{ name: '' }, 'input.name'],
  [{ name: 'x'.repeat(65) }, 'input.name'],
  [{ name: 'a\u0000b' }, 'input.name'],
  [{ name: ' padded' }, 'input.name'],
  [{ host: '' }, 'input.host'],
  [{ host: 'two words' }, 'input.host'],
  [{ host: 'h'.repeat(256) }, 'input.host'],
  [{ port: 0 }, 'input.port'],
  [{ port: 65_536 }, 'input.port'],
  [{ port: 3306.5 }, 'input.port'],
  [{ port: Number.NaN }, 'input.port'],
  [{ username: '' }, 'input.username'],
  [{ password: 'a\0b' }, 'input.password'],
  [{ engine: 'ORACLE' as never }, 'input.engine'],
  [{ tls: { mode: 'MAYBE' as never } }, 'input.tls.mode'],
  [{ tls: { mode: 'VERIFY', ca: 'not a certificate' } }, 'input.tls.ca'],
];

test.each(badEndpoints)('endpoint %j is refused at %s and nothing is stored', async (change, path) => {
  const { engine } = await open();
  expect(() => engine.endpoints.create({ ...source, ...change })).toThrow(field(path));
  expect(engine.endpoints.list({ first: 1 }).items).toEqual([]);
  const { id } = engine.endpoints.create(source);
  expect(() => engine.endpoints.update(id, change)).toThrow(field(path));
  expect(engine.endpoints.get(id)!.version).toBe(1);
});

const badSelections: readonly [readonly DatabaseSelection[], string][] = [
  [[{ name: '' }], '0.name'],
  [[{ name: 'n'.repeat(65) }], '0.name'],
  [[{ name: 'a\0' }], '0.name'],
  [[{ name: 'a ' }], '0.name'],
  [[{ name: 'a', as: '' }], '0.as'],
  [[{ name: 'a' }, { name: 'a', as: 'b' }], '1.name'],
  [[{ name: 'a' }, { name: 'b', as: 'a' }], '1.as'],
  [[{ name: 'b', as: 'a' }, { name: 'a' }], '1.name'],
  [
    [
      { name: 'a', tables: [{ name: 't' }] },
      { name: 'b', as: 'a' },
    ],
    '1.as',
  ],
  [[{ name: 'a', tables: [] }], '0.tables'],
  [[{ name: 'a', tables: [{ name: 't' }, { name: 't', as: 'u' }] }], '0.tables.1.name'],
  [[{ name: 'a', tables: [{ name: 't' }, { name: 'u', as: 't' }] }], '0.tables.1.as'],
  [
    [
      { name: 'a', tables: [{ name: 't' }] },
      { name: 'b', as: 'a', tables: [{ name: 't' }] },
    ],
    '1.tables.0.name',
  ],
  [[{ name: 'a' }, { name: 'MySQL' }], '1.name'],
  [[{ name: 'information_schema', tables: [{ name: 'tables' }] }], '0.name'],
  [[{ name: 'performance_schema' }], '0.name'],
  [[{ name: 'sys', as: 'other' }], '0.name'],
  [[{ name: 'a', as: 'opendts' }], '0.as'],
  [[{ name: 'a', excludeTables: ['t', 't'] }], '0.excludeTables.1'],
  [[{ name: 'a', excludeTables: [''] }], '0.excludeTables.0'],
  [[{ name: 'a', tables: [{ name: 't' }], excludeTables: ['u'] }], '0.excludeTables'],
];

test.each(badSelections)('selection %j is refused at %s and nothing changes', async (databases, path) => {
  const { engine } = await open();
  const task = configured(engine);
  expect(() => engine.tasks.configure(task.id, { objects: { databases } })).toThrow(
    field(`input.objects.databases.${path}`),
  );
  expect(engine.tasks.get(task.id)).toEqual(task);
});

test('tables of two databases may arrive in one when their names differ', async () => {
  const { engine } = await open();
  const { id } = configured(engine);
  const databases = [
    { name: 'a', tables: [{ name: 't' }] },
    { name: 'b', as: 'a', tables: [{ name: 't', as: 't2' }] },
  ];
  expect(engine.tasks.configure(id, { objects: { databases } }).objects).toEqual({ databases });
});

const badOptions: readonly [Partial<TaskOptions>, string][] = [
  [{ retryConnectionMinutes: 9 }, 'retryConnectionMinutes'],
  [{ retryConnectionMinutes: 1441 }, 'retryConnectionMinutes'],
  [{ retryOtherMinutes: 0 }, 'retryOtherMinutes'],
  [{ retryOtherMinutes: 720 }, 'retryOtherMinutes'],
  [{ fullLoadParallelism: 0 }, 'fullLoadParallelism'],
  [{ fullLoadParallelism: 65 }, 'fullLoadParallelism'],
  [{ fullLoadParallelism: 1.5 }, 'fullLoadParallelism'],
  [{ chunkBytes: 0 }, 'chunkBytes'],
  [{ changeLogBytes: -1 }, 'changeLogBytes'],
  [{ groupBytes: Number.POSITIVE_INFINITY }, 'groupBytes'],
  [{ conflictMode: 'DROP' as never }, 'conflictMode'],
];

test.each(badOptions)('options %j are refused at %s', async (options, path) => {
  const { engine } = await open();
  expect(() => engine.tasks.create({ kind: 'MIGRATION', name: 'x', options })).toThrow(
    field(`input.options.${path}`),
  );
  expect(engine.tasks.list({}, { first: 1 }).items).toEqual([]);
});

test('what is left out of the options has its default', async () => {
  const { engine } = await open();
  const { options } = engine.tasks.create({
    kind: 'MIGRATION',
    name: 'x',
    options: { groupBytes: undefined },
  });
  expect(options).toEqual(defaultTaskOptions);
});
