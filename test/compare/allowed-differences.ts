import type { ServerVersion } from './structure-model.ts';

/** Two servers print one and the same structure differently; the rule brings both texts to one form. */
interface AllowedDifference {
  readonly why: string;
  /** Facts it looks at. */
  readonly fact: RegExp;
  readonly applies: (source: ServerVersion, target: ServerVersion) => boolean;
  /** Undefined: the fact does not count at all. */
  readonly normalize: (text: string) => string | undefined;
}

const always = () => true;
const otherVersion = (source: ServerVersion, target: ServerVersion) =>
  source.family !== target.family || source.number !== target.number;
const fromMariadb = (source: ServerVersion, target: ServerVersion) =>
  source.family === 'mariadb' && target.family === 'mysql';

const otherFlavour = (source: ServerVersion, target: ServerVersion) => source.family !== target.family;
const toMariadb = (source: ServerVersion, target: ServerVersion) =>
  source.family === 'mysql' && target.family === 'mariadb';

/** Expressions as people would compare them: neither case of keywords, quoting of names, blanks nor parentheses count. */
export const looseExpression = (text: string) =>
  text
    .replace(/_utf8(?:mb[34])?|_latin1/g, '')
    .replaceAll(/[`\s()\\]/g, '')
    .toLowerCase();

const lostSqlModes =
  /\b(?:NO_AUTO_CREATE_USER|NO_KEY_OPTIONS|NO_TABLE_OPTIONS|NO_FIELD_OPTIONS|POSTGRESQL|ORACLE|MSSQL|DB2|MAXDB|MYSQL323|MYSQL40)\b,?/g;

export const allowedDifferences: readonly AllowedDifference[] = [
  {
    why: 'MySQL 8.0.19 and later print no display width of integers without zerofill, nor of YEAR',
    fact: /: column [^:]+$|: parameter |: returns$/,
    applies: otherVersion,
    normalize: (text) =>
      text
        .replace(/\b((?:tiny|small|medium|big)?int)\(\d+\)(?!.*zerofill)/g, '$1')
        .replace('year(4)', 'year'),
  },
  {
    why: 'MySQL 8 calls a GEOMETRYCOLLECTION so',
    fact: /: column [^:]+$/,
    applies: otherVersion,
    normalize: (text) => text.replace('geomcollection', 'geometrycollection'),
  },
  {
    why: 'newer servers print utf8 as utf8mb3',
    fact: /^database|^table [^:]+$|: charset$|: session$|: parameter |: returns$/,
    applies: otherVersion,
    normalize: (text) => text.replace(/\butf8(?=_|\b)/g, 'utf8mb3'),
  },
  {
    why: 'MySQL 8 says DEFAULT_GENERATED where others say nothing, and MariaDB spells current_timestamp() so',
    fact: /: (?:extra|default)$/,
    applies: otherVersion,
    normalize: (text) =>
      text
        .replace(/DEFAULT_GENERATED ?/, '')
        .replace(/ \| (?:computed|-)$/, '')
        .replace(/current_timestamp(?:\(\))?/gi, 'CURRENT_TIMESTAMP'),
  },
  {
    why: 'MariaDB prints defaults as SQL: quotes around texts, NULL for none, parentheses nowhere; MySQL takes the text of a BLOB as an expression',
    fact: /: default$/,
    applies: otherFlavour,
    normalize: (text) =>
      text === 'NULL'
        ? '-'
        : looseExpression(text.replace(/^(?:_utf8mb4)?\\?'(.*?)\\?'$/s, '$1').replaceAll("''", "'")),
  },
  {
    why: 'MariaDB tells in a comment that a column is stored in the format of times of 5.3; a new table never is',
    fact: /: column [^:]+$/,
    applies: (source) => source.family === 'mariadb',
    normalize: (text) => text.replace(' /* mariadb-5.3 */', ''),
  },
  {
    why: 'MySQL has no compressed columns',
    fact: /: column [^:]+$/,
    applies: fromMariadb,
    normalize: (text) => text.replace(' /*M!100301 COMPRESSED*/', ''),
  },
  {
    why: 'MariaDB has other names for the collations of Unicode 9 of MySQL, and for that by bytes without padding',
    fact: /^database$|^table [^:]+$|: charset$|: returns$/,
    applies: toMariadb,
    normalize: (text) =>
      text
        .replaceAll(/utf8mb4_0900_(?=a[is]_c[is])/g, 'utf8mb4_uca1400_nopad_')
        .replaceAll('utf8mb4_0900_bin', 'utf8mb4_nopad_bin'),
  },
  {
    why: 'MariaDB tells the reference system of a column elsewhere',
    fact: /: srid$/,
    applies: toMariadb,
    normalize: () => undefined,
  },
  {
    why: 'MariaDB keeps JSON as text',
    fact: /: column [^:]+$/,
    applies: toMariadb,
    normalize: (text) => text.replace(' | json | ', ' | longtext | '),
  },
  {
    why: 'MySQL tells no character set of JSON, MariaDB that of the text',
    fact: /: charset$/,
    applies: toMariadb,
    normalize: (text) => (text === 'utf8mb4 | utf8mb4_bin' ? '- | -' : text),
  },
  {
    why: 'MySQL has no UUID and no INET: their texts are kept',
    fact: /: column [^:]+$/,
    applies: fromMariadb,
    normalize: (text) =>
      text
        .replace(' | uuid | ', ' | char(36) | ')
        .replace(' | inet6 | ', ' | varchar(45) | ')
        .replace(' | inet4 | ', ' | varchar(15) | '),
  },
  {
    why: 'the texts of UUID and INET are ASCII; MariaDB tells no character set of these types',
    fact: /: charset$/,
    applies: fromMariadb,
    normalize: (text) => (text === 'ascii | ascii_general_ci' ? '- | -' : text),
  },
  {
    why: 'MariaDB marks invisible and generated columns in other words',
    fact: /: extra$/,
    applies: otherFlavour,
    normalize: (text) =>
      text
        .split(/, | (?=INVISIBLE)/)
        .sort()
        .join(' '),
  },
  {
    why: 'NO ACTION and RESTRICT are the same in InnoDB, and the servers choose differently which one to print',
    fact: /: foreign key /,
    applies: always,
    normalize: (text) => text.replaceAll('RESTRICT', 'NO ACTION'),
  },
  {
    why: 'a semicolon after the body is the end of the statement where several were sent at once, and nothing where one was',
    fact: /^(?:function|procedure) [^:]+$|: body$/,
    applies: always,
    normalize: (text) => text.replace(/[;\s]+$/, ''),
  },
  {
    why: 'MariaDB prints LENGTH as OCTET_LENGTH, MySQL the other way round',
    fact: /: generated as$|: check /,
    applies: otherFlavour,
    normalize: (text) => text.replaceAll('octet_length(', 'length('),
  },
  {
    why: 'MySQL 5.6 names the columns of a view in another by their view alone',
    fact: /^view .*: text$/,
    applies: otherVersion,
    normalize: (text) => text.replaceAll(/`[^`]+`\.(`[^`]+`\.`[^`]+`)/g, '$1'),
  },
  {
    why: 'expressions are printed anew by each server',
    fact: /: generated as$|: check |: partition |^view .*: text$/,
    applies: otherVersion,
    normalize: (text) => looseExpression(text.replace(/^-$/, '')),
  },
  {
    why: 'MySQL 5.6 has one trigger of a kind and no order among them',
    fact: /^trigger [^:]+$/,
    applies: (source, target) =>
      [source, target].some(({ family, number }) => family === 'mysql' && number < 507),
    normalize: (text) => text.replace(/ \| [01]$/, ''),
  },
  {
    why: 'SQL modes that MySQL 8.0 removed cannot be kept',
    fact: /: sql_mode$/,
    applies: otherVersion,
    normalize: (text) => text.replaceAll(lostSqlModes, '').replace(/,$/, ''),
  },
];

/** The text of a fact as the comparison of these two servers sees it. */
export function normalizeFact(
  fact: string,
  text: string | undefined,
  source: ServerVersion,
  target: ServerVersion,
): string | undefined {
  let normalized = text;
  for (const rule of allowedDifferences) {
    if (normalized !== undefined && rule.fact.test(fact) && rule.applies(source, target)) {
      normalized = rule.normalize(normalized);
    }
  }
  return normalized;
}
