import { DtsError } from '../../../core/errors.ts';
import type { Row, RowMemory, UndecodedChange, Value } from '../../../core/row.ts';
import { tableLabel } from '../../../core/table.ts';
import type { RowLayout } from './row-layout.ts';

/** An image that holds all columns: null bits, then the values that are not NULL. Gives where it ends. */
export function afterWholeImage(bytes: Buffer, { readers }: RowLayout, nulls: number): number {
  const width = readers.length;
  let at = nulls + ((width + 7) >> 3);
  for (let column = 0; column < width; column++) {
    if ((bytes[nulls + (column >> 3)]! >> (column & 7)) & 1) continue;
    const { length, prefix } = readers[column]!;
    at += prefix === 0 ? length : prefix + lengthBefore(bytes, at, prefix);
  }
  return at;
}

/** The length of a value in the 1 to 4 bytes before it. */
export function lengthBefore(bytes: Buffer, at: number, prefix: number): number {
  let length = bytes[at]!;
  if (prefix > 1) length |= bytes[at + 1]! << 8;
  if (prefix > 2) length |= bytes[at + 2]! << 16;
  if (prefix > 3) length += bytes[at + 3]! * 0x1000000;
  return length;
}

/** The values up to the last of the wanted columns are passed over, and only the wanted ones made. */
function partOf(bytes: Buffer, { readers }: RowLayout, nulls: number, columns: readonly number[]): Row {
  const row: Value[] = [];
  let at = nulls + ((readers.length + 7) >> 3);
  let left = columns.length;
  for (let column = 0; left > 0; column++) {
    const isNull = (bytes[nulls + (column >> 3)]! >> (column & 7)) & 1;
    const wanted = columns.includes(column);
    if (wanted) left -= 1;
    if (isNull) {
      if (wanted) row[column] = null;
      continue;
    }
    const { length, prefix, read } = readers[column]!;
    const start = at + prefix;
    at = start + (prefix === 0 ? length : lengthBefore(bytes, at, prefix));
    if (wanted) row[column] = read(bytes, start, at);
  }
  return row;
}

function wholeRow(bytes: Buffer, { readers }: RowLayout, nulls: number): Row {
  const width = readers.length;
  const row: Value[] = new Array(width);
  let at = nulls + ((width + 7) >> 3);
  for (let column = 0; column < width; column++) {
    if ((bytes[nulls + (column >> 3)]! >> (column & 7)) & 1) {
      row[column] = null;
      continue;
    }
    const { length, prefix, read } = readers[column]!;
    const start = at + prefix;
    at = start + (prefix === 0 ? length : lengthBefore(bytes, at, prefix));
    row[column] = read(bytes, start, at);
  }
  return row;
}

/** Runs a decoding. Reads past the end: the checksum was right, so it is the structure that is wrong. */
export function fitting<T>(layout: RowLayout, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof RangeError) throw misfit(layout, error);
    throw error;
  }
}

export const misfit = (layout: RowLayout, cause?: unknown) =>
  new DtsError('SCHEMA_MISMATCH', `Rows of ${tableLabel(layout.table.id)} do not fit its structure.`, {
    details: { object: tableLabel(layout.table.id) },
    cause,
  });

/**
 * A change of which an image holds all columns, in the bytes of its event. Hundreds of thousands wait at once: what is the same for all of a
 * class is no field of theirs.
 */
class WholeChange {
  protected bytes: Buffer;
  protected readonly layout: RowLayout;

  constructor(bytes: Buffer, layout: RowLayout) {
    this.bytes = bytes;
    this.layout = layout;
  }

  protected row(at: number): Row {
    return fitting(this.layout, () => wholeRow(this.bytes, this.layout, at));
  }

  protected part(at: number, columns: readonly number[]): Row {
    return fitting(this.layout, () => partOf(this.bytes, this.layout, at, columns));
  }

  /** Copies so many bytes to where all is read from now on; gives where they are there. */
  protected move(start: number, length: number, memory: RowMemory): number {
    const at = memory.copy(this.bytes, start, start + length);
    this.bytes = memory.bytes;
    return at;
  }
}

export class WholeInsert extends WholeChange implements UndecodedChange {
  readonly afterBytes: number;
  #after: number;

  constructor(bytes: Buffer, layout: RowLayout, after: number, end: number) {
    super(bytes, layout);
    this.#after = after;
    this.afterBytes = end - after;
  }

  get kind(): 'insert' {
    return 'insert';
  }

  get undecoded(): UndecodedChange {
    return this;
  }

  get before(): undefined {
    return undefined;
  }

  get after(): Row {
    return this.row(this.#after);
  }

  beforePart(): Row {
    return [];
  }

  afterPart(columns: readonly number[]): Row {
    return this.part(this.#after, columns);
  }

  keep(memory: RowMemory): void {
    this.#after = this.move(this.#after, this.afterBytes, memory);
  }
}

export class WholeDelete extends WholeChange implements UndecodedChange {
  readonly #before: number;

  constructor(bytes: Buffer, layout: RowLayout, before: number) {
    super(bytes, layout);
    this.#before = before;
  }

  get kind(): 'delete' {
    return 'delete';
  }

  get undecoded(): UndecodedChange {
    return this;
  }

  get before(): Row {
    return this.row(this.#before);
  }

  get after(): undefined {
    return undefined;
  }

  get afterBytes(): number {
    return 0;
  }

  beforePart(columns: readonly number[]): Row {
    return this.part(this.#before, columns);
  }

  afterPart(): Row {
    return [];
  }

  /** Nothing is written of it but the identity, which is decoded. */
  keep(): void {}
}

/** Where nothing is any more. */
const LEFT_BEHIND = -1;

function presentAt(at: number): number {
  if (at === LEFT_BEHIND) throw new DtsError('INTERNAL', 'The row before a kept change was read.');
  return at;
}

export class WholeUpdate extends WholeChange implements UndecodedChange {
  readonly afterBytes: number;
  #before: number;
  #after: number;

  constructor(bytes: Buffer, layout: RowLayout, images: { before: number; after: number; end: number }) {
    super(bytes, layout);
    this.#before = images.before;
    this.#after = images.after;
    this.afterBytes = images.end - images.after;
  }

  get kind(): 'update' {
    return 'update';
  }

  get undecoded(): UndecodedChange {
    return this;
  }

  get before(): Row {
    return this.row(presentAt(this.#before));
  }

  get after(): Row {
    return this.row(this.#after);
  }

  beforePart(columns: readonly number[]): Row {
    return this.part(presentAt(this.#before), columns);
  }

  afterPart(columns: readonly number[]): Row {
    return this.part(this.#after, columns);
  }

  keep(memory: RowMemory): void {
    this.#after = this.move(this.#after, this.afterBytes, memory);
    this.#before = LEFT_BEHIND;
  }
}
