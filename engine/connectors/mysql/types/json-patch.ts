import { JsonPatch, type JsonPatchOperation } from '../../../core/row.ts';
import { readLengthEncoded } from '../capture/length-encoded.ts';
import { jsonValue } from './json.ts';

const kinds = ['replace', 'insert', 'remove'] as const;

/** The changes of one JSON document: operation 1 byte, path, and (not for remove) the new value; each with its length. */
export function readJsonPatch(bytes: Buffer): JsonPatch {
  const operations: JsonPatchOperation[] = [];
  let at = 0;
  while (at < bytes.length) {
    const kind = kinds[bytes[at]!];
    if (!kind) throw new RangeError('an unknown change of a JSON document');
    const pathLength = readLengthEncoded(bytes, at + 1);
    at = pathLength.end + pathLength.value;
    const path = bytes.toString('utf8', pathLength.end, at);
    if (kind === 'remove') operations.push({ kind, path });
    else {
      const length = readLengthEncoded(bytes, at);
      at = length.end + length.value;
      operations.push({ kind, path, value: jsonValue(bytes.subarray(length.end, at)) });
    }
  }
  return new JsonPatch(operations);
}
