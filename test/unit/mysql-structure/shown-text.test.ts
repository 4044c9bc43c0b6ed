import { expect, test } from 'vitest';
import { shownText } from '../../../engine/connectors/mysql/structure/shown-text.ts';

test('a definition is the text that the server sent', () => {
  const sql =
    "CREATE TABLE `ä` (\n  `g` int GENERATED ALWAYS AS (concat(_utf8mb4'😀?')) VIRTUAL\n) COMMENT='it''s'";
  expect(shownText(Buffer.from(sql))).toBe(sql);
});

test('texts that are no UTF-8 are written in hexadecimal, all others stay', () => {
  const shown = Buffer.concat([
    Buffer.from("CREATE TABLE `ä` (\n  `a` binary(5) DEFAULT '"),
    Buffer.from([0xff, 0x5c, 0x30, 0x01, 0x27, 0x27, 0x5c, 0x5c]),
    Buffer.from("',\n  `b` varbinary(3) DEFAULT 'ä\\0'\n) COMMENT='€ it''s'"),
  ]);
  expect(shownText(shown)).toBe(
    "CREATE TABLE `ä` (\n  `a` binary(5) DEFAULT 0xFF0001275C,\n  `b` varbinary(3) DEFAULT 'ä\\0'\n) COMMENT='€ it''s'",
  );
});

test('a character set before a text stays a word of its own', () => {
  const shown = Buffer.from(
    "CREATE TABLE `t` (\n  `a` varbinary(9) AS (concat(`b`,_binary'\xff')) VIRTUAL\n)",
    'latin1',
  );
  expect(shownText(shown)).toContain('concat(`b`,_binary 0xFF)');
});
