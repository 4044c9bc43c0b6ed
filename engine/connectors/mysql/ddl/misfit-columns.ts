import type { SourceFacts } from '../../../core/precheck.ts';
import type { Column } from '../../../core/table.ts';
import type { TableDefinition } from './definition.ts';
import type { Dialect } from './dialect.ts';
import { isContent, type Token, tokenize } from './lexer.ts';
import type { Misfit } from './misfit.ts';
import type { ColumnNode } from './parser/ast.ts';

const large = /text$|blob$|^json$|geometry|point|linestring|polygon|collection/;

/**
 * The first column whose default would make another value of what the source's log leaves out. A default that the source computes, the
 * present time among them, and any of a text or blob is in the log whatever the row image.
 */
export function defaultMisfit(
  wanted: TableDefinition,
  existing: TableDefinition,
  leftOut: SourceFacts['defaultsLeftOut'],
): Misfit | undefined {
  if (leftOut === 'NONE') return undefined;
  for (const { column, node, there, nodeThere } of pairs(wanted, existing)) {
    if (column.generated !== undefined || column.autoIncrement) continue;
    if (leftOut === 'LARGE' && !large.test(column.type.name)) continue;
    const value = defaultOf(column, node, wanted.dialect);
    if (value === undefined || value === defaultOf(there, nodeThere, existing.dialect)) continue;
    const text = ({ default: written }: ColumnNode) => (written === undefined ? 'no default' : written);
    const why = `its column ${column.name} has ${said(text(nodeThere))}, at the source ${said(text(node))}, and the log of the source leaves out what a statement leaves to the default`;
    return { column: column.name, why };
  }
  return undefined;
}

const said = (text: string): string => (text === 'no default' ? text : `the default ${text}`);

/** The columns that both compute, by expressions that do not read alike. Servers write one expression in more than one way. */
export function computedOtherwise(wanted: TableDefinition, existing: TableDefinition): Misfit[] {
  return pairs(wanted, existing).flatMap(({ column, node, nodeThere }) => {
    const [own, other] = [node.expression, nodeThere.expression];
    if (own === undefined || other === undefined) return [];
    if (readsAs(own, wanted.dialect) === readsAs(other, existing.dialect)) return [];
    return [
      {
        column: column.name,
        why: `its column ${column.name} is computed by ${other}, at the source by ${own}`,
      },
    ];
  });
}

interface Pair {
  readonly column: Column;
  readonly node: ColumnNode;
  readonly there: Column;
  readonly nodeThere: ColumnNode;
}

function pairs(wanted: TableDefinition, existing: TableDefinition): Pair[] {
  const places = new Map(existing.columns.map((node, at) => [node.name.value.toLowerCase(), at]));
  return wanted.columns.flatMap((node, at) => {
    const place = places.get(node.name.value.toLowerCase());
    if (place === undefined) return [];
    return [
      {
        node,
        column: wanted.table.columns[at]!,
        nodeThere: existing.columns[place]!,
        there: existing.table.columns[place]!,
      },
    ];
  });
}

const contentOf = (text: string, dialect: Dialect): Token[] => tokenize(text, dialect).filter(isContent);

/** Case, blanks, quotes of names, character sets of texts and brackets around all aside. */
function readsAs(expression: string, dialect: Dialect): string {
  let tokens = contentOf(expression, dialect).filter(({ kind, value }, at, all) => {
    return !(kind === 'word' && value.startsWith('_') && all[at + 1]?.kind === 'string');
  });
  while (isInBrackets(tokens)) tokens = tokens.slice(1, -1);
  return tokens
    .map(({ kind, value }) => {
      if (kind === 'string') return `'${value}'`;
      return kind === 'word' || kind === 'quoted-name' ? value.toLowerCase() : value;
    })
    .join(' ');
}

function isInBrackets(tokens: readonly Token[]): boolean {
  let depth = 0;
  const closes = tokens.findIndex(({ kind, value }) => {
    if (kind === 'symbol' && value === '(') depth += 1;
    if (kind === 'symbol' && value === ')') depth -= 1;
    return depth === 0;
  });
  return tokens.length > 1 && tokens[0]?.value === '(' && closes === tokens.length - 1;
}

/** The value that a column takes by default, in one form; undefined where it is computed. */
function defaultOf(column: Column, node: ColumnNode, dialect: Dialect): string | null | undefined {
  if (node.default === undefined) return column.nullable ? null : canonical(column, implicitDefault(column));
  if (large.test(column.type.name) && !/^null$/i.test(node.default)) return undefined;
  const value = literalOf(contentOf(node.default, dialect));
  return typeof value === 'string' ? canonical(column, value) : value;
}

function literalOf(tokens: readonly Token[]): string | null | undefined {
  const [first, second] = tokens;
  if (first?.kind === 'string' && tokens.every(({ kind }) => kind === 'string'))
    return tokens.map(({ value }) => value).join('');
  if (
    first?.kind === 'symbol' &&
    /[+-]/.test(first.value) &&
    second?.kind === 'number' &&
    tokens.length === 2
  )
    return `${first.value}${second.value}`;
  if (tokens.length !== 1) return undefined;
  if (first?.kind === 'number') return first.value;
  if (first?.kind === 'bytes') return bytesText(first.value);
  const word = first?.value.toUpperCase() ?? '';
  return word === 'NULL' ? null : { TRUE: '1', FALSE: '0' }[word];
}

/** Servers show texts that their messages cannot hold as bytes. */
function bytesText(literal: string): string {
  const bits = /^(?:b'|0b)([01]*)'?$/i.exec(literal)?.[1];
  if (bits !== undefined) return BigInt(`0b0${bits}`).toString();
  return Buffer.from(literal.replace(/^0x|^x'|'$/gi, ''), 'hex').toString('utf8');
}

const numbers = /int$|^decimal$|^float$|^double$|^year$|^bit$/;
const times = /^(?:time|datetime|timestamp)$/;

/** What a statement that leaves the column out gives it where no default is said and NULL not taken. */
function implicitDefault({ type }: Column): string {
  if (numbers.test(type.name)) return '0';
  if (type.name === 'enum') return type.members?.[0] ?? '';
  if (type.name === 'date') return '0000-00-00';
  if (type.name === 'time') return '00:00:00';
  return times.test(type.name) ? '0000-00-00 00:00:00' : '';
}

function canonical({ type }: Column, value: string): string {
  if (times.test(type.name)) return value.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
  if (type.name === 'binary') return value.replace(/\0+$/, '');
  if (!numbers.test(type.name)) return value;
  const [, sign, whole = '', fraction = ''] = /^([+-]?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(value) ?? [];
  if (sign === undefined) return String(Number(value));
  const digits = `${whole || '0'}${fraction === '' ? '' : `.${fraction}`}`;
  return sign === '-' && digits !== '0' ? `-${digits}` : digits;
}
