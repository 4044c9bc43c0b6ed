import { isUtf8 } from 'node:buffer';
import { anyDialect } from '../ddl/dialect.ts';
import { tokenize } from '../ddl/lexer.ts';
import { applyEdits } from '../ddl/text-edits.ts';

/**
 * The text of a SHOW CREATE TABLE that was read with character_set_results = binary. MySQL 5 and MariaDB show defaults of binary columns
 * as their bytes: those that are no UTF-8 are written in hexadecimal here.
 */
export function shownText(shown: Buffer): string {
  if (isUtf8(shown)) return shown.toString('utf8');
  const characters = shown.toString('latin1');
  const edits = tokenize(characters, anyDialect({})).flatMap(({ kind, value, start, end }) => {
    const bytes = Buffer.from(value, 'latin1');
    return kind === 'string' && !isUtf8(bytes)
      ? [{ start, end, text: `0x${bytes.toString('hex').toUpperCase()}` }]
      : [];
  });
  return Buffer.from(applyEdits(characters, edits), 'latin1').toString('utf8');
}
