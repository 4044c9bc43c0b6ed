import { isUtf8 } from 'node:buffer';
import type { SourceFacts } from '../../../core/precheck.ts';
import type { Column, ColumnType } from '../../../core/table.ts';
import type { TableDefinition } from './definition.ts';
import type { Dialect } from './dialect.ts';
import { isContent, type Token, tokenize } from './lexer.ts';
import type { Misfit } from './misfit.ts';
import type { ColumnNode } from './parser/ast.ts';

const large = /text$|blob$|^json$|geometry|point|linestring|polygon|collection/;

export interface ColumnMisfit extends Misfit {
  /** False: it may mean the same, or do no harm. */
  readonly certain: boolean;
}

/** Which of the two servers may show other characters as `?`: see showsEveryDefault. */
export interface Hiding {
  readonly wanted: boolean;
  readonly existing: boolean;
}

/**
 * The columns whose default would make another value of what the source's log leaves out. A default that the source computes, the
 * present time among them, and any of a text or blob is in the log whatever the row image.
 */
export function defaultMisfits(
  wanted: TableDefinition,
  existing: TableDefinition,
  leftOut: SourceFacts['defaultsLeftOut'],
  hiding: Hiding,
): ColumnMisfit[] {
  if (leftOut === 'NONE') return [];
  const misfits: ColumnMisfit[] = [];
  for (const { column, node, there, nodeThere } of pairs(wanted, existing)) {
    if (column.generated !== undefined || column.autoIncrement) continue;
    if (leftOut === 'LARGE' && !large.test(column.type.name)) continue;
    const value = defaultOf(column, node, wanted.dialect);
    if (value === undefined) continue;
    const given = defaultOf(there, nodeThere, existing.dialect);
    const hides = {
      wanted: hiding.wanted && mayHide(column, value),
      existing: hiding.existing && mayHide(there, given),
    };
    // A text that the source hides is a check of its own.
    if (value === given && !hides.existing) continue;
    const of = `its column ${column.name} has ${said(nodeThere)}, at the source`;
    if (node.default === undefined && !column.nullable) {
      const why = `its column ${column.name} ${given === null ? 'takes NULL' : `has ${said(nodeThere)}`}, at the source it is NOT NULL without a default: what a statement without strict mode or with IGNORE leaves out becomes '${value}' there, and the log does not say so`;
      misfits.push({ column: column.name, why, certain: false });
    } else if (areAlike(value, given, hides)) {
      const why = `${of} ${said(node)}, of which a ? may be a character that the server does not show`;
      misfits.push({ column: column.name, why, certain: false });
    } else {
      const why = `${of} ${said(node)}, and the log of the source leaves out what a statement leaves to the default`;
      misfits.push({ column: column.name, why, certain: true });
    }
  }
  return misfits;
}

const said = ({ default: text }: ColumnNode): string =>
  text === undefined ? 'no default' : `the default ${text}`;

const wide = /^(?:utf8mb4|utf16|utf16le|utf32|gb18030)$/;

const mayHide = ({ type }: Column, value: string | null | undefined): boolean =>
  wide.test(type.charset ?? '') && value?.includes('?') === true;

/** Where they differ, a `?` that stands for any character is in one of them. */
function areAlike(value: string | null, given: string | null | undefined, hides: Hiding): boolean {
  if (value === null || given == null || (!hides.wanted && !hides.existing)) return false;
  const [own, other] = [[...value], [...given]];
  const isAlike = (character: string, at: number) =>
    character === other[at] || (hides.wanted && character === '?') || (hides.existing && other[at] === '?');
  return own.length === other.length && own.every(isAlike);
}

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
  const value = literalOf(contentOf(node.default, dialect), column.type);
  return typeof value === 'string' ? canonical(column, value) : value;
}

function literalOf(tokens: readonly Token[], type: ColumnType): string | null | undefined {
  const [first, second] = tokens;
  if (first?.kind === 'string' && tokens.every(({ kind }) => kind === 'string'))
    return textOf(Buffer.from(tokens.map(({ value }) => value).join('')), binary.test(type.name) ? type : {});
  if (
    first?.kind === 'symbol' &&
    /[+-]/.test(first.value) &&
    second?.kind === 'number' &&
    tokens.length === 2
  )
    return `${first.value}${second.value}`;
  if (tokens.length !== 1) return undefined;
  if (first?.kind === 'number') return first.value;
  if (first?.kind === 'bytes') return bytesText(first.value, type);
  const word = first?.value.toUpperCase() ?? '';
  return word === 'NULL' ? null : { TRUE: '1', FALSE: '0' }[word];
}

const binary = /^(?:var)?binary$/;

/** Servers show texts that their messages cannot hold as bytes. */
function bytesText(literal: string, type: ColumnType): string {
  const bits = /^(?:b'|0b)([01]*)'?$/i.exec(literal)?.[1];
  if (bits !== undefined) return BigInt(`0b0${bits}`).toString();
  return textOf(Buffer.from(literal.replace(/^0x|^x'|'$/gi, ''), 'hex'), type);
}

/** Bytes of a binary column, and those of texts that are not understood, stand for themselves: no two of them read alike. */
function textOf(bytes: Buffer, { charset = 'utf8mb4' }: Pick<ColumnType, 'charset'>): string {
  if (charset === 'utf16' && bytes.length % 2 === 0) return Buffer.from(bytes).swap16().toString('utf16le');
  return charset.startsWith('utf8') && isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1');
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
