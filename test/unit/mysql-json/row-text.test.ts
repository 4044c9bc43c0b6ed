import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowTextEncoder } from '../../../engine/connectors/mysql/snapshot/row-text.ts';
import { JsonDocument } from '../../../engine/core/row.ts';
import type { RowBlock } from '../../../engine/core/source.ts';

/** A field of the text protocol: its length before it, one byte for NULL. */
function field(value: string | null): Buffer {
  if (value === null) return Buffer.of(0xfb);
  const bytes = Buffer.from(value);
  if (bytes.length <= 250) return Buffer.concat([Buffer.of(bytes.length), bytes]);
  return Buffer.concat([Buffer.of(0xfc, bytes.length & 0xff, bytes.length >> 8), bytes]);
}

/** Two JSON columns, the types of each before the columns themselves. */
const packetOf = (...fields: (string | null)[]) => Buffer.concat(fields.map(field));
const rows = [
  packetOf(null, null, '1', '{"a": 1}', '[2]'),
  packetOf('ad', null, '2', '[1.50]', 'a\tb'),
  packetOf(null, 'd', null, null, '7'),
  packetOf(null, null, '4', null, null),
  packetOf('oS', 'ao', `${'x'.repeat(300)}`, '{"at": "2024-01-31 00:00:00.000000"}', '[{}]'),
];

/** What an encoder gives for rows: the text, and the rows that it set apart, readable. */
function encoded(feed: (encoder: RowTextEncoder) => void) {
  const blocks: RowBlock[] = [];
  const encoder = new RowTextEncoder([false, true, true], [1, 2], (block) => blocks.push(block));
  feed(encoder);
  encoder.flush();
  return {
    rows: blocks.reduce((sum, block) => sum + block.rows, 0),
    text: Buffer.concat(blocks.map((block) => block.bytes)).toString(),
    typed: blocks
      .flatMap(({ typed = [] }) => typed)
      .map((row) =>
        row.map((value) => (value instanceof JsonDocument ? value.key : (value?.toString() ?? null))),
      ),
  };
}

const whole = encoded((encoder) => {
  for (const row of rows) encoder.row(Buffer.concat([Buffer.of(9), row]), 1, row.length + 1);
});

test('rows with types inside their JSON are set apart, the others are text', () => {
  expect(whole).toEqual({
    rows: 5,
    text: '1\t{"a": 1}\t[2]\n4\t\\N\t\\N\n',
    typed: [
      ['2', 'DECIMAL 1:[1.50]', 'a\tb'],
      [null, null, 'DECIMAL 0:7'],
      ['x'.repeat(300), 'TIMESTAMP 7:{"at": "2024-01-31 00:00:00.000000"}', '[{}]'],
    ],
  });
});

test('a row that comes in parts is what it is as one', () => {
  const cuts = fc.array(fc.nat(400), { maxLength: 6 });
  fc.assert(
    fc.property(cuts, (at) => {
      const inParts = encoded((encoder) => {
        for (const row of rows) {
          const ends = [...at.map((cut) => cut % (row.length + 1)).sort((a, b) => a - b), row.length];
          ends.forEach((end, i) => void encoder.largePart(row.subarray(ends[i - 1] ?? 0, end)));
          encoder.largeEnd();
        }
      });
      expect(inParts).toEqual(whole);
    }),
    { numRuns: 300 },
  );
});

/** Reads LOAD DATA text back: fields of rows, each the stored bytes. */
function fieldsOf(text: Buffer): Buffer[][] {
  const rows: Buffer[][] = [];
  let row: Buffer[] = [];
  let bytes: number[] = [];
  for (let i = 0; i < text.length; i += 1) {
    const byte = text[i]!;
    if (byte === 0x5c) bytes.push(text[++i]!);
    else if (byte !== 0x09 && byte !== 0x0a) bytes.push(byte);
    else {
      row.push(Buffer.from(bytes));
      bytes = [];
      if (byte === 0x0a) {
        rows.push(row);
        row = [];
      }
    }
  }
  return rows;
}

test('whatever bytes a text holds, LOAD DATA reads them back', () => {
  const special = fc.constantFrom(0x00, 0x09, 0x0a, 0x1f, 0x20, 0x5c, 0x5d, 0x7f, 0x80, 0x8a, 0xdc, 0xff);
  const text = fc.array(fc.oneof(special, fc.nat(255)), { maxLength: 60 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { maxLength: 10 }), (rows) => {
      const blocks: Buffer[] = [];
      const encoder = new RowTextEncoder([true, true], [], ({ bytes }) => blocks.push(bytes));
      for (const row of rows) {
        const packet = Buffer.concat(row.flatMap((bytes) => [Buffer.of(bytes.length), bytes]));
        encoder.row(packet, 0, packet.length);
      }
      encoder.flush();
      expect(fieldsOf(Buffer.concat(blocks))).toEqual(rows.map((row) => [...row]));
    }),
    { numRuns: 500 },
  );
});
