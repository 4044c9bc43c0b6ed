import fc from 'fast-check';
import type { Connection } from 'mysql2';
import { describe, expect, it } from 'vitest';
import { RowPackets } from '../../../engine/connectors/mysql/snapshot/row-packets.ts';

const header = (length: number, sequence: number) =>
  Buffer.of(length & 0xff, (length >> 8) & 0xff, length >> 16, sequence & 0xff);
const eof = Buffer.of(0xfe, 0, 0, 2, 0);
const greatest = 0xffffff;

/** Payloads as packets, one after the other; a payload that fills its packet goes on in the next. */
function packetsOf(payloads: readonly Buffer[]): { bytes: Buffer; packets: number } {
  const parts: Buffer[] = [];
  let sequence = 1;
  for (const payload of payloads) {
    for (let at = 0; at <= payload.length; at += greatest) {
      const part = payload.subarray(at, at + greatest);
      parts.push(header(part.length, sequence++), part);
      if (part.length < greatest) break;
    }
  }
  return { bytes: Buffer.concat(parts), packets: sequence - 1 };
}

/** What of a result the driver and the receiver are given when it comes in pieces of these sizes. */
function read(fields: readonly Buffer[], rows: readonly Buffer[], cuts: readonly number[]) {
  const { bytes, packets } = packetsOf([...fields, ...rows, eof]);
  const toDriver: Buffer[] = [];
  let taken = 0;
  let fieldsLeft = packetsOf(fields).bytes.length;
  const driver = {
    packetParser: {
      execute(chunk: Buffer) {
        toDriver.push(Buffer.from(chunk));
        if (fieldsLeft > 0) fieldsLeft -= chunk.length;
        if (fieldsLeft === 0) reader.rowsBegin();
      },
    },
    _bumpSequenceId: (count: number) => {
      taken += count;
    },
  };
  const reader = new RowPackets(driver as unknown as Connection);
  const received: Buffer[] = [];
  let large: Buffer[] = [];
  const receiver = {
    row: (from: Uint8Array, start: number, end: number) =>
      received.push(Buffer.from(from.subarray(start, end))),
    largePart: (part: Uint8Array) => large.push(Buffer.from(part)),
    largeEnd: () => {
      received.push(Buffer.concat(large));
      large = [];
    },
  };
  reader.begin(receiver, (error) => {
    throw error;
  });
  if (fields.length === 0) reader.rowsBegin();
  for (let at = 0, cut = 0; at < bytes.length; cut += 1) {
    const size = Math.max(1, cuts[cut % cuts.length] ?? 1);
    driver.packetParser.execute(Buffer.from(bytes.subarray(at, at + size)));
    at += size;
  }
  return { received, toDriver: Buffer.concat(toDriver), taken, packets, fieldBytes: packetsOf(fields).bytes };
}

const row = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => {
  // A length-encoded field begins a row: neither an error nor the end.
  if (bytes[0]! >= 0xfb) bytes[0] = 7;
  return Buffer.from(bytes);
});
const field = fc.uint8Array({ minLength: 5, maxLength: 40 }).map((bytes) => Buffer.from(bytes));
const cuts = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 20 });

describe('rows of a result, straight from the chunks of the socket', () => {
  it('arrive whole and in order however the socket cuts them; the rest goes to the driver', () => {
    fc.assert(
      fc.property(
        fc.array(field, { maxLength: 5 }),
        fc.array(row, { maxLength: 40 }),
        cuts,
        (fields, rows, sizes) => {
          const { received, toDriver, taken, fieldBytes } = read(fields, rows, sizes);
          expect(received).toEqual(rows);
          expect(taken).toBe(rows.length);
          const last = Buffer.concat([header(eof.length, fields.length + rows.length + 1), eof]);
          expect(toDriver).toEqual(Buffer.concat([fieldBytes, last]));
        },
      ),
    );
  });

  it.each([200_000, greatest - 1, greatest, greatest + 1, 2 * greatest])(
    'arrive in parts when they are as large as %i bytes',
    (length) => {
      const rows = [Buffer.of(1, 65), Buffer.alloc(length, 66), Buffer.of(1, 67)];
      const { received, taken, packets } = read([], rows, [65_536]);
      expect(received.map((bytes) => bytes.length)).toEqual(rows.map((bytes) => bytes.length));
      expect(received.every((bytes, i) => bytes.equals(rows[i]!))).toBe(true);
      expect(taken).toBe(packets - 1);
    },
  );

  it('an error of the server goes to the driver', () => {
    const refusal = Buffer.concat([Buffer.of(0xff, 0x15, 0x04), Buffer.from('#HY000no more')]);
    const { received, toDriver } = read([], [Buffer.of(1, 65), refusal], [7]);
    expect(received).toEqual([Buffer.of(1, 65)]);
    expect(toDriver.includes(refusal)).toBe(true);
  });

  it('what the receiver throws is told, and nothing more is given to it', () => {
    const driver = { packetParser: { execute: (_: Buffer) => {} }, _bumpSequenceId: () => {} };
    const reader = new RowPackets(driver as unknown as Connection);
    const failures: unknown[] = [];
    let rows = 0;
    const row = () => {
      rows += 1;
      throw new Error('unfit');
    };
    reader.begin({ row, largePart: () => {}, largeEnd: () => {} }, (error) => failures.push(error));
    reader.rowsBegin();
    driver.packetParser.execute(packetsOf([Buffer.of(1, 65), Buffer.of(1, 66)]).bytes);
    expect([rows, failures.length]).toEqual([1, 1]);
  });
});
