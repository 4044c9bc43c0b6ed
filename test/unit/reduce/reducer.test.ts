import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RowsEvent } from '../../../engine/core/change.ts';
import { JsonDocument, JsonPatch, type RowChange, type Value } from '../../../engine/core/row.ts';
import { identityOf, type Table } from '../../../engine/core/table.ts';
import type { WriteMode, WriteStep } from '../../../engine/core/target.ts';
import { HeldMemory } from '../../../engine/pipeline/apply/held-memory.ts';
import { Reducer } from '../../../engine/pipeline/apply/reduce/reducer.ts';
import { ModelDatabase } from './model-database.ts';
import { attempts, bareSchema, cascadesOf, historyOf, schemas } from './source-history.ts';
import { asUndecoded } from './undecoded.ts';

const runs = { numRuns: 1500 };

function reducerOf(schema: readonly Table[], mode: WriteMode = 'strict'): Reducer {
  return new Reducer({
    targetOf: (source) => ({ source, id: source.id }),
    modeOf: () => mode,
    cascadesOf: (table) => cascadesOf(schema, table),
  });
}

describe('reduction of a history', () => {
  test('gives the same state as the history, and meets no unique key on the way', () => {
    fc.assert(
      fc.property(
        schemas,
        attempts(),
        fc.array(fc.nat(60)),
        fc.array(fc.nat(60)),
        (schema, list, drains, moves) => {
          const target = new ModelDatabase(schema);
          const reducer = reducerOf(schema);
          const drain = () => {
            for (const step of reducer.drain()) target.write(step);
          };
          let statement = 0;
          const source = historyOf(schema, list, (state, events) => {
            for (const event of events)
              reducer.add(asUndecoded(event, statement % 3 === 0 ? 'all' : 'each second'));
            if (moves.includes(statement)) new HeldMemory().moveTogether((memory) => reducer.keep(memory));
            if (!drains.includes(statement++)) return;
            drain();
            expect(target.content()).toEqual(state.content());
          });
          drain();
          expect(target.content()).toEqual(source.content());
          expect(reducer.bytes).toBe(0);
        },
      ),
      runs,
    );
  });

  test('may be cut between any two rows', () => {
    fc.assert(
      fc.property(schemas, attempts(), fc.infiniteStream(fc.boolean()), (schema, list, cuts) => {
        const target = new ModelDatabase(schema);
        const reducer = reducerOf(schema);
        const source = historyOf(schema, list, (_state, events) => {
          for (const event of events) {
            for (const change of event.changes) {
              reducer.add(asUndecoded({ ...event, changes: [change] }, 'each second'));
              if (cuts.next().value) for (const step of reducer.drain()) target.write(step);
            }
          }
        });
        for (const step of reducer.drain()) target.write(step);
        expect(target.content()).toEqual(source.content());
      }),
      runs,
    );
  });

  test('brings a copy whose rows were read at different times to the state at the high watermark', () => {
    fc.assert(
      fc.property(attempts(), fc.array(fc.nat(40), { minLength: 12, maxLength: 12 }), (list, readAt) => {
        const target = new ModelDatabase(bareSchema);
        const reducer = reducerOf(bareSchema, 'idempotent');
        const states: ModelDatabase[] = [new ModelDatabase(bareSchema)];
        const source = historyOf(bareSchema, list, (state, events) => {
          states.push(state);
          for (const event of events) reducer.add(asUndecoded(event, 'each second'));
        });
        for (const table of bareSchema) copyRows(table, states, readAt, target);
        for (const step of reducer.drain()) target.write(step);
        expect(target.content()).toEqual(source.content());
      }),
      runs,
    );
  });
});

/** Each identity (as the collation has it) is a chunk of its own, read at a time of its own. */
function copyRows(
  table: Table,
  states: readonly ModelDatabase[],
  readAt: readonly number[],
  target: ModelDatabase,
): void {
  const [column] = identityOf(table)!;
  const chunkOf = (value: Value) => String(value).toLowerCase();
  const chunks = [
    ...new Set(states.flatMap((state) => state.rows(table).map((row) => chunkOf(row[column!])))),
  ].sort();
  for (const [i, chunk] of chunks.entries()) {
    const state = states[readAt[i % readAt.length]! % states.length]!;
    for (const row of state.rows(table)) {
      if (chunkOf(row[column!]) === chunk) target.insert(table, row, false);
    }
  }
}

describe('what is reduced to what', () => {
  const documents: Table = {
    id: { database: 'd', name: 'documents' },
    columns: [
      { name: 'id', type: { name: 'int' }, nullable: false },
      { name: 'doc', type: { name: 'json' }, nullable: true },
      { name: 'code', type: { name: 'int' }, nullable: true },
    ],
    keys: [
      { name: 'PRIMARY', unique: true, primary: true, parts: [{ column: 0 }] },
      { name: 'code', unique: true, primary: false, parts: [{ column: 2 }] },
    ],
    foreignKeys: [],
  };
  const event = (...changes: RowChange[]): RowsEvent => ({
    kind: 'rows',
    table: documents,
    changes,
    foreignKeyChecks: true,
  });
  const stepsOf = (changes: RowChange[], mode: WriteMode = 'strict'): WriteStep[] => {
    const reducer = reducerOf([documents], mode);
    reducer.add(event(...changes));
    return reducer.drain();
  };
  const onlyBatch = (steps: WriteStep[]) => {
    expect(steps).toMatchObject([{ kind: 'batches', batches: [{}] }]);
    const [step] = steps;
    if (step?.kind !== 'batches') throw new Error('no batch');
    return step.batches[0]!;
  };

  test('a row that came and went leaves nothing; in idempotent mode its delete stays, for the copy may have read it', () => {
    const changes: RowChange[] = [
      { kind: 'insert', after: [1, null, 1] },
      { kind: 'delete', before: [1, null, 1] },
    ];
    expect(stepsOf(changes)).toEqual([]);
    expect(onlyBatch(stepsOf(changes, 'idempotent')).deletes).toEqual([[1, undefined, undefined]]);
  });

  test('JSON patches join what they apply to, so that the row can be written whole', () => {
    const replace = (value: string) => ({ kind: 'replace' as const, path: '$.a', value });
    const batch = onlyBatch(
      stepsOf([
        { kind: 'update', before: [1, '{"a": 1}', 5], after: [1, new JsonPatch([replace('2')]), 5] },
        {
          kind: 'update',
          before: [1, undefined, undefined],
          after: [undefined, new JsonPatch([replace('3')]), undefined],
        },
      ]),
    );
    expect([...batch.replaces]).toEqual([[1, new JsonPatch([replace('2'), replace('3')], '{"a": 1}'), 5]]);
  });

  test('a JSON patch joins a document with types, which is another value than its text', () => {
    const typed = new JsonDocument('{"a": 1.5}', [{ type: 'DECIMAL', path: '$."a"', start: 6, end: 9 }]);
    const patch = new JsonPatch([{ kind: 'remove', path: '$.a' }]);
    const batch = onlyBatch(
      stepsOf([
        { kind: 'update', before: [1, typed.text, 5], after: [1, typed, 5] },
        { kind: 'update', before: [1, undefined, undefined], after: [undefined, patch, undefined] },
      ]),
    );
    expect([...batch.replaces]).toEqual([[1, new JsonPatch(patch.operations, typed), 5]]);
  });

  test('in a table without a key, rows count apart when only types inside their JSON differ', () => {
    const keyless: Table = { ...documents, keys: [] };
    const typed = new JsonDocument('[1.5]', [{ type: 'DECIMAL', path: '$[0]', start: 1, end: 4 }]);
    const reducer = reducerOf([keyless], 'strict');
    reducer.add({
      kind: 'rows',
      table: keyless,
      foreignKeyChecks: true,
      changes: [
        { kind: 'delete', before: [1, '[1.5]', 1] },
        { kind: 'insert', after: [1, typed, 1] },
        { kind: 'insert', after: [2, new JsonDocument(typed.text, [...typed.scalars]), 1] },
        { kind: 'delete', before: [2, typed, 1] },
      ],
    });
    const batch = onlyBatch(reducer.drain());
    expect(batch.deletes).toEqual([[1, '[1.5]', 1]]);
    expect([...batch.inserts]).toEqual([[1, typed, 1]]);
  });

  test('a JSON patch of an unknown value stays a partial update', () => {
    const patch = new JsonPatch([{ kind: 'remove', path: '$.a' }]);
    const batch = onlyBatch(
      stepsOf([{ kind: 'update', before: [1, undefined, undefined], after: [undefined, patch, undefined] }]),
    );
    expect(batch.updates).toEqual([
      { identity: [1, undefined, undefined], set: [undefined, patch, undefined] },
    ]);
  });

  test('a partial update of a unique column is executed in its place', () => {
    const partial: RowChange = {
      kind: 'update',
      before: [1, undefined, undefined],
      after: [undefined, undefined, 7],
    };
    const steps = stepsOf([
      { kind: 'delete', before: [2, null, 7] },
      partial,
      { kind: 'insert', after: [3, null, 8] },
    ]);
    expect(steps.map(({ kind }) => kind)).toEqual(['batches', 'ordered', 'batches']);
    expect(steps[1]).toMatchObject({ changes: [partial], foreignKeyChecks: false });
  });

  test('bytes grow with the rows held and are gone after a drain', () => {
    const reducer = reducerOf([documents]);
    reducer.add(event({ kind: 'insert', after: [1, 'x'.repeat(1000), 1] }));
    const one = reducer.bytes;
    expect(one).toBeGreaterThan(1000);
    reducer.add(event({ kind: 'insert', after: [2, 'x'.repeat(1000), 2] }));
    expect(reducer.bytes).toBe(2 * one);
    reducer.drain();
    expect(reducer.bytes).toBe(0);
  });

  test('a row image without its identity is a mismatch', () => {
    expect(() => stepsOf([{ kind: 'delete', before: [undefined, null, 1] }])).toThrow(
      expect.objectContaining({ code: 'SCHEMA_MISMATCH' }),
    );
  });
});
