import { AbortedError, DtsError, type ErrorCode, type ErrorDetails } from '../../core/errors.ts';

/** Which end of a task a connection leads to: the same number may mean different things. */
/** What the server is to whoever talks to it; `server` when it is neither end of a task now. */
export type Role = 'source' | 'target' | 'server';

/** The fields of a driver's or the operating system's error that decide. Its text never does, but for a number that it carries. */
interface CodedError {
  readonly errno?: number | undefined;
  readonly code?: string | undefined;
  readonly sqlState?: string | undefined;
  readonly sqlMessage?: string | undefined;
}

/**
 * Error numbers of MySQL and MariaDB (mysqld_error.h; 2000 … are those of the client library) by what they mean to a task.
 * A killed query or session counts as a lost connection: whoever killed it may have meant to, and the task comes back.
 */
const numbersOf: Partial<Record<ErrorCode, readonly number[]>> = {
  CONNECTION_FAILED: [
    1042, 1043, 1053, 1077, 1079, 1152, 1156, 1157, 1158, 1159, 1160, 1161, 1184, 1189, 1190, 1317, 1927,
    1969, 2002, 2003, 2005, 2006, 2013, 2055, 3024, 3032, 3169, 4031,
  ],
  TOO_MANY_CONNECTIONS: [1040, 1129, 1203, 1226],
  ACCESS_DENIED: [1045, 1130, 1251, 1275, 1524, 1698, 1820, 1862, 3118, 3955],
  PRIVILEGE_MISSING: [1044, 1142, 1143, 1227, 1370, 1419],
  TARGET_READ_ONLY: [1290, 1792, 1836, 3989],
  TARGET_FULL: [3, 1021, 1114, 3675],
  TARGET_LOCKED: [1205, 1206, 1213, 1223, 1614, 3058, 3101, 3572],
  TARGET_ROW_TOO_LARGE: [1118, 1153, 1197, 1301, 2020],
  TARGET_ROW_CONFLICT: [1022, 1062, 1169, 1586, 1859],
  VALUE_NOT_EXACT: [1048, 1264, 1265, 1292, 1364, 1366, 1406, 1411, 1416, 1690, 3140, 3141, 3156, 3819, 4025],
  DATABASE_FAULT: [
    1015, 1016, 1024, 1026, 1030, 1037, 1041, 1135, 1180, 1181, 1412, 1598, 1637, 1874, 1878, 3100,
  ],
  TLS_FAILED: [2026, 3159],
};

/** ER_ERROR_ON_WRITE, ER_GET_ERRNO, ER_ERROR_DURING_COMMIT, EE_WRITE and their like: what failed is told by a number in their text. */
const carriesNumber: ReadonlySet<number> = new Set([1024, 1026, 1030, 1180, 1878]);
/** ENOSPC and EDQUOT; HA_ERR_RECORD_FILE_FULL and HA_ERR_INDEX_FILE_FULL (my_base.h). */
const numbersOfFull: ReadonlySet<number> = new Set([28, 122, 135, 136]);

/** `Got error 28 - 'No space left on device' from storage engine`, in whatever language: names are quoted, the number is not. */
function tellsOfFullDisk({ errno, sqlMessage }: CodedError): boolean {
  if (!carriesNumber.has(errno ?? 0)) return false;
  const carried = /\d+/.exec(sqlMessage?.replace(/'[^']*'/g, '') ?? '');
  return carried !== null && numbersOfFull.has(Number(carried[0]));
}

/** Numbers that only a source sends, or that mean another thing when a source sends them. */
const numbersOfSource: Partial<Record<ErrorCode, readonly number[]>> = {
  SOURCE_LOG_PURGED: [1236, 1789],
  SOURCE_POSITION_MISSING: [1945, 1955],
  SOURCE_CONFIG: [1381, 1593],
  SOURCE_LOCKED: [1205, 1206, 1213, 1223, 1614, 3058, 3101, 3572],
  CONNECTION_FAILED: [1290, 1836],
  DATABASE_FAULT: [3, 1021, 1114, 3675],
};

/** Names by which the driver, the runtime and the operating system tell that no server answers. */
const lostNames = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'PROTOCOL_UNEXPECTED_PACKET',
  'PROTOCOL_ERROR',
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENETRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EADDRNOTAVAIL',
  'ENOTCONN',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
  'ERR_SOCKET_CLOSED',
]);

const isTlsName = (code: string): boolean =>
  code.startsWith('HANDSHAKE_') ||
  code.startsWith('ERR_TLS_') ||
  code.startsWith('ERR_SSL_') ||
  code.startsWith('CERT_') ||
  code.startsWith('UNABLE_TO_') ||
  code === 'DEPTH_ZERO_SELF_SIGNED_CERT' ||
  code === 'SELF_SIGNED_CERT_IN_CHAIN';

const byNumber = invert(numbersOf);
const bySourceNumber = invert(numbersOfSource);

function invert(table: Partial<Record<ErrorCode, readonly number[]>>): ReadonlyMap<number, ErrorCode> {
  const map = new Map<number, ErrorCode>();
  for (const [code, list] of Object.entries(table)) {
    for (const number of list) map.set(number, code as ErrorCode);
  }
  return map;
}

/** Server texts of these codes quote values of rows, which no message may show. */
const quotesRows: ReadonlySet<ErrorCode> = new Set(['TARGET_ROW_CONFLICT', 'VALUE_NOT_EXACT']);

/**
 * The coded failure for anything that the driver, the runtime or a server raised. What has a code already, and what was aborted,
 * stays as it is: the answer is meant to be thrown.
 *
 * `object` names the table or object at work, for example `shop.orders`.
 */
export function classify(error: unknown, role: Role, object?: string): DtsError | AbortedError {
  if (error instanceof DtsError || error instanceof AbortedError) return error;
  const coded = (typeof error === 'object' && error !== null ? error : {}) as CodedError;
  const code = codeOf(coded, role);
  const name = coded.code ?? (coded.errno === undefined ? undefined : String(coded.errno));
  const details: ErrorDetails = {
    ...(object === undefined ? {} : { object }),
    ...(name === undefined ? {} : { driverCode: name }),
    ...(coded.sqlState === undefined ? {} : { sqlState: coded.sqlState }),
  };
  return new DtsError(code, messageOf({ error, coded, code, role, object, name }), { details, cause: error });
}

function codeOf(coded: CodedError, role: Role): ErrorCode {
  // Only a server's answer has an SQL state; errno of the operating system is negative or another numbering.
  if (coded.sqlState !== undefined && coded.errno !== undefined) {
    if (role === 'target' && tellsOfFullDisk(coded)) return 'TARGET_FULL';
    const known =
      (role === 'source' ? bySourceNumber.get(coded.errno) : undefined) ?? byNumber.get(coded.errno);
    if (known) return known;
    // Classes of SQLSTATE that every server uses alike: connection exceptions and authorization.
    if (coded.sqlState.startsWith('08')) return 'CONNECTION_FAILED';
    if (coded.sqlState.startsWith('28')) return 'ACCESS_DENIED';
    return role === 'target' ? 'TARGET_REJECTED' : 'SOURCE_REJECTED';
  }
  if (coded.code !== undefined) {
    if (lostNames.has(coded.code)) return 'CONNECTION_FAILED';
    if (isTlsName(coded.code)) return 'TLS_FAILED';
    if (coded.code.startsWith('AUTH_SWITCH_')) return 'ACCESS_DENIED';
    if (coded.code === 'ENOSPC') return 'DISK_FULL';
  }
  return 'INTERNAL';
}

function messageOf(options: {
  error: unknown;
  coded: CodedError;
  code: ErrorCode;
  role: Role;
  object: string | undefined;
  name: string | undefined;
}): string {
  const { error, coded, code, role, object, name } = options;
  const text = quotesRows.has(code)
    ? undefined
    : (coded.sqlMessage ?? (error instanceof Error ? error.message : undefined));
  const subject = object === undefined ? `the ${role}` : `${object} at the ${role}`;
  return `${subject}: ${[name, text].filter((part) => part !== undefined && part !== '').join(': ') || 'unknown failure'}`;
}
