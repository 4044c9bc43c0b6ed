import { type BinlogEvent, corrupt, headerLength } from './event.ts';
import { startsWith } from './same-bytes.ts';

/** The parts of a query event's body, text still as bytes. */
export interface QueryEvent {
  /** Status variables: what the session was; see status-variables.ts. */
  readonly status: Buffer;
  /** Default database; empty for none. */
  readonly database: string;
  /** Number of the error that the statement ended with at the source; 0 for none. */
  readonly error: number;
  /** Statement in the session's character_set_client. */
  readonly text: Buffer;
}

/** Post-header: thread id 4, execution time 4, database length 1, error code 2, status variables length 2. */
const postHeaderLength = 13;
/** An execute-load-query event adds file id 4, start 4, end 4, duplicate handling 1. */
const loadPostHeaderLength = 26;

export const parseQueryEvent = (body: Buffer): QueryEvent => parse(body, postHeaderLength);
export const parseExecuteLoadQuery = (body: Buffer): QueryEvent => parse(body, loadPostHeaderLength);

const begin = Buffer.from('BEGIN');

/** The statement that servers write themselves: nothing stands around it. Its text is last, behind a zero byte. */
export function isBegin({ buffer, start, end }: BinlogEvent): boolean {
  const at = end - begin.length;
  return at > start + headerLength && buffer[at - 1] === 0 && startsWith(buffer, at, begin);
}

function parse(body: Buffer, postHeader: number): QueryEvent {
  if (body.length < postHeader) throw corrupt('a query event is cut short');
  const databaseLength = body[8]!;
  const statusEnd = postHeader + body.readUInt16LE(11);
  const databaseEnd = statusEnd + databaseLength;
  if (body.length < databaseEnd + 1) throw corrupt('a query event is cut short');
  return {
    error: body.readUInt16LE(9),
    status: body.subarray(postHeader, statusEnd),
    database: body.toString('utf8', statusEnd, databaseEnd),
    text: body.subarray(databaseEnd + 1),
  };
}

/** The first words of a statement in upper case, comments and space before them left out; at most `count`. */
export function firstWords(text: Buffer, count = 3): string[] {
  const head = text
    .toString('latin1', 0, 4096)
    .replace(/^(?:\s+|\/\*(?!M?!)[\s\S]*?\*\/|(?:--\s|#)[^\n]*(?:\n|$)|\/\*M?!\d*)+/, '');
  return (head.match(/[A-Za-z_]+|\S/g) ?? []).slice(0, count).map((word) => word.toUpperCase());
}
