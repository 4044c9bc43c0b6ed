import { decode, type ExtensionCodec } from '@msgpack/msgpack';

/** The one key that the decoder refuses, because most programs would set the prototype of an object by it. */
const REFUSED = '__proto__';
/** Stands for it while it is decoded. No text of the wire is this one: half of a surrogate pair has no UTF-8. */
const STAND_IN = `\ud800${REFUSED}`;

/** Decodes MessagePack in which maps may have any keys; each becomes a property of the object's own. @throws DecodeError */
export function decodeAnyKey(bytes: Uint8Array, extensionCodec: ExtensionCodec<undefined>): unknown {
  let refused = false;
  const keyDecoder = {
    canBeCached: (byteLength: number) => byteLength === REFUSED.length,
    decode(from: Uint8Array, at: number, byteLength: number) {
      const key = Buffer.from(from.subarray(at, at + byteLength)).toString();
      if (key !== REFUSED) return key;
      refused = true;
      return STAND_IN;
    },
  };
  const raw = decode(bytes, { useBigInt64: true, extensionCodec, keyDecoder });
  return refused ? withKeys(raw) : raw;
}

function withKeys(raw: unknown): unknown {
  if (Array.isArray(raw)) return raw.map(withKeys);
  if (typeof raw !== 'object' || raw === null || Object.getPrototypeOf(raw) !== Object.prototype) return raw;
  const entries = Object.entries(raw).map(([key, each]) => [
    key === STAND_IN ? REFUSED : key,
    withKeys(each),
  ]);
  return Object.fromEntries(entries);
}
