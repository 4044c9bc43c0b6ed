import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DtsError } from '../core/errors.ts';

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Seals what the store must not keep readable: AES-256-GCM, a random IV each, bound to the row that holds it. */
export class SecretBox {
  readonly #key: Buffer;
  readonly #fingerprintKey: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
    this.#fingerprintKey = Buffer.from(hkdfSync('sha256', key, '', 'opendts secret fingerprint', KEY_BYTES));
  }

  /** `row` names the place of the secret: it opens nowhere else. Layout: IV, tag, ciphertext. */
  seal(secret: string, row: string): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(row));
    const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), text]);
  }

  /** Throws SECRET_KEY when the key is another, or the bytes are not of this row. */
  open(sealed: Uint8Array, row: string): string {
    try {
      const bytes = Buffer.from(sealed);
      const iv = bytes.subarray(0, IV_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', this.#key, iv, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(row));
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const text = bytes.subarray(IV_BYTES + TAG_BYTES);
      return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
    } catch (error) {
      throw new DtsError('SECRET_KEY', 'A stored secret does not open with the given key', { cause: error });
    }
  }

  /** Equal for equal secrets of one row, under this key alone: tells a change without showing the secret. */
  fingerprint(secret: string, row: string): string {
    return createHmac('sha256', this.#fingerprintKey).update(`${row}\0${secret}`).digest('hex').slice(0, 16);
  }
}

/**
 * The key: `given` (32 bytes in base64, from OPENDTS_SECRET_KEY), else the file `secret.key` of the data directory, which is made
 * at the first start. Throws SECRET_KEY for a key of another size and for a file that others can read.
 */
export function loadSecretKey(dataDir: string, given: string | undefined): Buffer {
  if (given !== undefined) return decodeKey(given, 'OPENDTS_SECRET_KEY');
  const path = join(dataDir, 'secret.key');
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined) return createKey(path);
  if ((mode & 0o077) !== 0) {
    throw new DtsError('SECRET_KEY', `The key file ${path} can be read by others`, {
      details: { object: path },
    });
  }
  return decodeKey(readFileSync(path, 'utf8'), path);
}

function createKey(path: string): Buffer {
  const key = randomBytes(KEY_BYTES);
  const draft = `${path}.tmp`;
  const file = openSync(draft, 'w', 0o600);
  try {
    writeSync(file, `${key.toString('base64')}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
  return key;
}

function decodeKey(text: string, origin: string): Buffer {
  const trimmed = text.trim();
  const key = Buffer.from(trimmed, 'base64');
  if (key.length !== KEY_BYTES || key.toString('base64') !== trimmed) {
    throw new DtsError('SECRET_KEY', `${origin} does not hold ${KEY_BYTES} bytes in base64`, {
      details: { object: origin },
    });
  }
  return key;
}
