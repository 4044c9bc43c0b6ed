import { DtsError } from '../../core/errors.ts';
import { JsonDocument, type JsonPatch, type JsonPatchOperation } from '../../core/row.ts';
import { jsonScalar } from './json-scalar-literal.ts';
import type { SqlWriter } from './sql-writer.ts';

/** What the server that reads the SQL knows: see Dialect. */
interface JsonDialect {
  readonly jsonTable: boolean;
}

/** JSON text to store into a JSON column. */
export function jsonText(writer: SqlWriter, text: string): void {
  writer.ascii('_utf8mb4');
  writer.quotedText(text);
}

/** JSON text as the server prints it, as a character string that compares byte by byte. */
export function printedJson(writer: SqlWriter, text: string): void {
  jsonText(writer, text);
  writer.ascii(' COLLATE utf8mb4_bin');
}

/** A document as a JSON value, where a string literal would be a JSON string. */
export function jsonValue(writer: SqlWriter, document: string | JsonDocument, dialect: JsonDialect): void {
  if (document instanceof JsonDocument) typedValue(writer, document, dialect);
  else {
    writer.ascii('CAST(');
    jsonText(writer, document);
    writer.ascii(' AS JSON)');
  }
}

/** The text with a nought for each scalar that it cannot tell, and these put in their places: `JSON_REPLACE(CAST('{"a": 0}' AS JSON),'$."a"',DATE'…')`. */
function typedValue(writer: SqlWriter, { text, scalars }: JsonDocument, dialect: JsonDialect): void {
  const rest: string[] = [];
  let from = 0;
  for (const { start, end } of scalars) {
    rest.push(text.slice(from, start));
    from = end;
  }
  rest.push(text.slice(from));
  writer.ascii('JSON_REPLACE(');
  jsonValue(writer, rest.join('0'), dialect);
  for (const { path, type, start, end } of scalars) {
    writer.ascii(',');
    jsonText(writer, path);
    writer.ascii(',');
    jsonScalar(writer, { type, text: text.slice(start, end), jsonTable: dialect.jsonTable });
  }
  writer.ascii(')');
}

/**
 * A partial update as a nest of functions: `JSON_REMOVE(JSON_REPLACE(x,'$.a',1),'$.b')`. Semantics of binary JSON diffs (MySQL, json_diff.h):
 * replace writes over what is there, insert adds a member of an object or shifts elements of an array, remove takes away.
 * `column` (its quoted name) stands for what the row holds where the patch has no base.
 */
export function patch(
  writer: SqlWriter,
  value: JsonPatch,
  { column, dialect }: { column?: string; dialect: JsonDialect },
): void {
  const runs = runsOf(value.operations);
  for (const run of runs.toReversed()) writer.ascii(`${run.function}(`);
  if (value.base !== undefined) jsonValue(writer, value.base, dialect);
  else if (column !== undefined) writer.text(column);
  else throw new DtsError('INTERNAL', 'A JSON patch without a base can only be written into its own column.');
  for (const run of runs) {
    for (const operation of run.operations) {
      writer.ascii(',');
      jsonText(writer, operation.path);
      if (operation.kind === 'remove') continue;
      writer.ascii(',');
      jsonValue(writer, operation.value ?? 'null', dialect);
    }
    writer.ascii(')');
  }
}

interface Run {
  readonly function: string;
  readonly operations: JsonPatchOperation[];
}

/** Consecutive operations that one call takes: calls evaluate their arguments from left to right. */
function runsOf(operations: readonly JsonPatchOperation[]): Run[] {
  const runs: Run[] = [];
  for (const operation of operations) {
    const name = functionOf(operation);
    const last = runs.at(-1);
    if (last?.function === name) last.operations.push(operation);
    else runs.push({ function: name, operations: [operation] });
  }
  return runs;
}

function functionOf({ kind, path }: JsonPatchOperation): string {
  if (kind === 'remove') return 'JSON_REMOVE';
  if (kind === 'replace') return 'JSON_REPLACE';
  return path.endsWith(']') ? 'JSON_ARRAY_INSERT' : 'JSON_INSERT';
}
