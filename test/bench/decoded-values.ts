import { createHash, type Hash } from 'node:crypto';
import { EnumIndex, type Value } from '../../engine/core/row.ts';
import type { ColumnType } from '../../engine/core/table.ts';

// Values as our decoder gives them and as zongji does, both as one text: equal texts are equal values.

/** A value as our decoder gives it, of a column of this type; text columns are in utf8mb4. */
export function textOfOurs(value: Value, type: ColumnType): string {
  if (value === null) return 'NULL';
  if (value instanceof EnumIndex) return membersOf(value.index, type);
  if (value instanceof Uint8Array) {
    const isText = type.charset !== undefined && type.charset !== 'binary';
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString(isText ? 'utf8' : 'hex');
  }
  if (type.name === 'json' && typeof value === 'string') return JSON.stringify(JSON.parse(value));
  if (typeof value === 'object' || value === undefined)
    throw new Error(`no text for a value of ${type.name}: the rows of the case hold none such`);
  return String(value);
}

/** A value as zongji gives it with dates as texts. */
export function textOfZongjis(value: unknown): string {
  if (value === null) return 'NULL';
  if (Buffer.isBuffer(value)) return value.toString('hex');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function membersOf(index: bigint, { name, members = [] }: ColumnType): string {
  if (name === 'enum') return members[Number(index) - 1] ?? '';
  return members.filter((_, bit) => (index >> BigInt(bit)) & 1n).join();
}

/** A digest of all values of each column, in the order of the rows. */
export class ColumnDigests {
  readonly #hashes = new Map<string, Hash>();

  add(column: string, text: string): void {
    let hash = this.#hashes.get(column);
    if (hash === undefined) {
      hash = createHash('sha256');
      this.#hashes.set(column, hash);
    }
    // The length keeps apart what two values have together.
    hash.update(`${text.length} ${text}`);
  }

  digests(): Record<string, string> {
    return Object.fromEntries([...this.#hashes].map(([column, hash]) => [column, hash.copy().digest('hex')]));
  }
}

/** The columns of which the two have not the same values. */
export const columnsApart = (
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): string[] => [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]);
