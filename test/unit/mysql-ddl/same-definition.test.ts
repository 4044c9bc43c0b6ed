import { expect, test } from 'vitest';
import { sameDefinition } from '../../../engine/connectors/mysql/ddl/same-definition.ts';

const shown = (table: string, options = '', column = '`c` int DEFAULT NULL') =>
  `CREATE TABLE \`${table}\` (\n  \`id\` int NOT NULL,\n  ${column},\n  PRIMARY KEY (\`id\`)\n) ENGINE=InnoDB ${options}DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`;
const at = (sql: string, version = 90700, flavour: 'mysql' | 'mariadb' = 'mysql') => ({
  sql,
  version,
  flavour,
});

test.each([
  [at(shown('a')), at(shown('b'))],
  [at(shown('a', 'AUTO_INCREMENT=7 ')), at(shown('a'))],
  [at(shown('a'), 80036), at(shown('a'))],
  [at(shown('a'), 50651), at(shown('a'), 50648)],
])('names and counters aside, two servers show one table (%#)', (a, b) => {
  expect(sameDefinition(a, b)).toBe(true);
});

const text = (default_: string) => shown('a', '', `\`c\` varchar(99) DEFAULT '${default_}'`);

test.each([
  [at(shown('a')), at(shown('a', '', '`c` bigint DEFAULT NULL'))],
  [at(text('ENGINE=InnoDB AUTO_INCREMENT=7')), at(text('ENGINE=InnoDB'))],
  [at(shown('a').replace('InnoDB', 'MyISAM')), at(shown('a').replace('InnoDB', 'MyISAM'))],
  [at(shown('a'), 50744), at(shown('a'))],
  [at(shown('a'), 101118, 'mariadb'), at(shown('a'))],
  [at('CREATE VIEW `a` AS select 1'), at('CREATE VIEW `b` AS select 1')],
])('whatever else differs has to be understood (%#)', (a, b) => {
  expect(sameDefinition(a, b)).toBe(false);
});
