import fs from 'node:fs';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { decodeMessage, encodeMessage } from '../../../terraform/provider/protocol/wire/codec.ts';
import { messages } from '../../../terraform/provider/protocol/wire/descriptions.ts';
import type { Field } from '../../../terraform/provider/protocol/wire/message.ts';

/** The library's own reading of the same files: what a client of any other language does. */
const root = new protobuf.Root();
const folder = new URL('../../../terraform/provider/protocol/wire/', import.meta.url);
for (const name of ['provider.proto', 'plugin.proto', 'health.proto'])
  protobuf.parse(fs.readFileSync(new URL(name, folder), 'utf8'), root, { keepCase: true });
for (const name of ['timestamp', 'empty'])
  root.addJSON(protobuf.common.get(`google/protobuf/${name}.proto`)?.nested ?? {});
root.resolveAll();

function fieldValue(field: Field, depth: number): fc.Arbitrary<unknown> {
  const one = single(field, depth);
  if (field.rule === 'repeated') return fc.array(one, { maxLength: 3 });
  if (field.rule === 'map')
    return fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), one, { maxKeys: 2, noNullPrototype: true });
  return one;
}

function single(field: Field, depth: number): fc.Arbitrary<unknown> {
  const kinds: Record<Field['kind'], () => fc.Arbitrary<unknown>> = {
    bool: () => fc.boolean(),
    bytes: () => fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    string: () => fc.string({ unit: 'grapheme', maxLength: 200 }),
    int32: () => fc.integer(),
    uint32: () => fc.nat(),
    int64: () => fc.maxSafeInteger(),
    enum: () => fc.nat(5),
    message: () => messageValue(field.message ?? '', depth + 1),
  };
  return kinds[field.kind]();
}

/** Nothing that a protobuf message cannot tell from its absence. */
function messageValue(name: string, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const fields = (messages[name] ?? []).filter(
    ({ kind, optional }) => !optional && (kind !== 'message' || depth < 3),
  );
  return fc.record(Object.fromEntries(fields.map((field) => [field.name, fieldValue(field, depth)])));
}

describe.each(Object.keys(messages).filter((name) => (messages[name] ?? []).length > 0))('%s', (name) => {
  const type = root.lookupType(name);
  const plain = { longs: Number, bytes: Buffer, defaults: true, arrays: true, objects: true } as const;

  test('is read by others as it was written, and by us as others write it', () => {
    fc.assert(
      fc.property(messageValue(name, 0), (message) => {
        const theirs = type.toObject(type.decode(encodeMessage(name, message)), plain);
        expect(theirs).toMatchObject(message);
        const ours = decodeMessage(name, type.encode(type.fromObject(message)).finish());
        expect(comparable(ours)).toMatchObject(comparable(message));
      }),
      { numRuns: 50 },
    );
  });
});

/** Bytes as texts: a Buffer is no Uint8Array to the comparison. */
function comparable(value: unknown): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(value, (_key, each) => {
      const bytes = each?.type === 'Buffer' ? each.data : each instanceof Uint8Array ? [...each] : undefined;
      return bytes === undefined ? each : `bytes ${bytes.join()}`;
    }),
  );
}

test('what may be absent is absent, and else empty', () => {
  expect(decodeMessage('tfplugin6.RenewEphemeralResource.Request', new Uint8Array())).toEqual({
    type_name: '',
  });
  expect(decodeMessage('tfplugin6.CallFunction.Request', new Uint8Array())).toEqual({
    name: '',
    arguments: [],
  });
});

test('fields of later versions are skipped', () => {
  const later = new protobuf.Type('Later')
    .add(new protobuf.Field('id', 2, 'string'))
    .add(new protobuf.Field('x', 99, 'bytes'))
    .add(new protobuf.Field('y', 98, 'double'));
  const bytes = later.encode({ id: 'a', x: Buffer.from('zz'), y: 1.5 }).finish();
  expect(decodeMessage('tfplugin6.ImportResourceState.Request', bytes)).toMatchObject({ id: 'a' });
});
