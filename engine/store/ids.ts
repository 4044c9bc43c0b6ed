import { randomBytes } from 'node:crypto';
import type { Clock } from '../core/clock.ts';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_DIGITS = 10;
const RANDOM_DIGITS = 16;
const RANDOM_BITS = 80n;

/** Makes ids that sort by the order in which they were made: ULIDs in lower case, https://github.com/ulid/spec */
export function idSource(clock: Clock): () => string {
  let time = 0;
  let random = 0n;
  return () => {
    const now = clock.now();
    if (now > time) {
      time = now;
      random = BigInt(`0x${randomBytes(10).toString('hex')}`) >> 1n;
    } else {
      random = (random + 1n) % (1n << RANDOM_BITS);
    }
    return digits(BigInt(time), TIME_DIGITS) + digits(random, RANDOM_DIGITS);
  };
}

function digits(value: bigint, count: number): string {
  let text = '';
  let left = value;
  for (let i = 0; i < count; i++) {
    text = ALPHABET[Number(left & 31n)] + text;
    left >>= 5n;
  }
  return text;
}
