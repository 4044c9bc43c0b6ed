import { isUtf8 } from 'node:buffer';
import { anyDialect } from '../ddl/dialect.ts';
import { tokenize } from '../ddl/lexer.ts';
import { applyEdits } from '../ddl/text-edits.ts';

/**
 * The text of a SHOW CREATE TABLE that was read with character_set_results = binary. Texts of bytes, such as
 * defaults of binary columns in MySQL 5 and MariaDB, come as these bytes: what is no UTF-8 is written in hexadecimal here.
 */
export function shownText(shown: Buffer): string {
  if (isUtf8(shown)) return shown.toString('utf8');
  const characters = shown.toString('latin1');
  const edits = tokenize(characters, anyDialect({})).flatMap(({ kind, value, start, end }) => {
    const bytes = Buffer.from(value, 'latin1');
    if (kind !== 'string' || isUtf8(bytes)) return [];
    // Apart from a character set before it: `_binary'…'`.
    const gap = characters[start - 1] === ' ' ? '' : ' ';
    return [{ start, end, text: `${gap}0x${bytes.toString('hex').toUpperCase()}` }];
  });
  return Buffer.from(applyEdits(characters, edits), 'latin1').toString('utf8');
}
