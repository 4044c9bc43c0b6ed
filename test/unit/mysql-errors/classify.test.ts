import { describe, expect, test } from 'vitest';
import { classify, type Role } from '../../../engine/connectors/mysql/errors.ts';
import { AbortedError, DtsError } from '../../../engine/core/errors.ts';

const server = (errno: number, sqlState = 'HY000') =>
  Object.assign(new Error('text that decides nothing'), { errno, sqlState, code: `ER_${errno}` });
const system = (code: string) => Object.assign(new Error('text that decides nothing'), { code, errno: -104 });

describe('a failure of a server or driver has its code', () => {
  test.each<[number, Role, string]>([
    [1062, 'target', 'TARGET_ROW_CONFLICT'],
    [1153, 'target', 'TARGET_ROW_TOO_LARGE'],
    [1205, 'target', 'TARGET_LOCKED'],
    [1213, 'target', 'TARGET_LOCKED'],
    [1205, 'source', 'SOURCE_LOCKED'],
    [1213, 'source', 'SOURCE_LOCKED'],
    [1290, 'target', 'TARGET_READ_ONLY'],
    [1836, 'target', 'TARGET_READ_ONLY'],
    [1114, 'target', 'TARGET_FULL'],
    [1064, 'target', 'TARGET_REJECTED'],
    [1264, 'target', 'VALUE_NOT_EXACT'],
    [1045, 'target', 'ACCESS_DENIED'],
    [1142, 'source', 'PRIVILEGE_MISSING'],
    [1227, 'source', 'PRIVILEGE_MISSING'],
    [1236, 'source', 'SOURCE_LOG_PURGED'],
    [1789, 'source', 'SOURCE_LOG_PURGED'],
    [1064, 'source', 'SOURCE_REJECTED'],
    [1053, 'source', 'CONNECTION_FAILED'],
    [1927, 'target', 'CONNECTION_FAILED'],
    [1040, 'target', 'TOO_MANY_CONNECTIONS'],
  ])('%i at the %s is %s', (errno, role, code) => {
    expect(classify(server(errno), role)).toMatchObject({ code });
  });

  test.each([1026, 1030, 1037, 1041, 1135, 1180, 3100, 1412])('%i passes: it is tried again', (errno) => {
    for (const role of ['source', 'target'] as const) {
      expect(classify(server(errno), role)).toMatchObject({ code: 'DATABASE_FAULT', retry: 'other' });
    }
  });

  test.each<[number, string, string]>([
    [1030, "Got error 28 - 'No space left on device' from storage engine", 'TARGET_FULL'],
    [1030, "Got error 135 - 'No more room in record file' from storage engine", 'TARGET_FULL'],
    [1030, "Got error 168 - 'Unknown (generic) error from engine' from storage engine", 'DATABASE_FAULT'],
    [1026, "Error writing file '/tmp/MLfd=28' (errno: 28 - No space left on device)", 'TARGET_FULL'],
    [1026, "Error writing file '/tmp/MLfd=28' (errno: 5 - Input/output error)", 'DATABASE_FAULT'],
    [1180, "Got error 28 - 'No space left on device' during COMMIT", 'TARGET_FULL'],
    [1064, 'error 28', 'TARGET_REJECTED'],
  ])('%i tells by its number what failed: %s', (errno, sqlMessage, code) => {
    const error = Object.assign(server(errno), { sqlMessage });
    expect(classify(error, 'target')).toMatchObject({ code });
    if (code === 'TARGET_FULL') expect(classify(error, 'source')).toMatchObject({ code: 'DATABASE_FAULT' });
  });

  test.each([
    ['ECONNRESET', 'CONNECTION_FAILED'],
    ['ECONNREFUSED', 'CONNECTION_FAILED'],
    ['ENOTFOUND', 'CONNECTION_FAILED'],
    ['PROTOCOL_CONNECTION_LOST', 'CONNECTION_FAILED'],
    ['HANDSHAKE_SSL_ERROR', 'TLS_FAILED'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'TLS_FAILED'],
    ['ENOSPC', 'DISK_FULL'],
  ])('%s is %s', (name, code) => {
    expect(classify(system(name), 'target')).toMatchObject({ code, details: { driverCode: name } });
  });

  test('what is coded already, or was ended on purpose, stays as it is', () => {
    for (const error of [new DtsError('TARGET_FULL', 'full'), new AbortedError()]) {
      expect(classify(error, 'source')).toBe(error);
    }
    expect(classify(new TypeError('x'), 'source')).toMatchObject({ code: 'INTERNAL' });
  });

  test('the message names the object and shows no row', () => {
    const error = Object.assign(server(1062, '23000'), { sqlMessage: "Duplicate entry 'secret' for key" });
    const coded = classify(error, 'target', 'shop.orders');
    expect(coded.message).toBe('shop.orders at the target: ER_1062');
    expect(coded).toMatchObject({ details: { object: 'shop.orders', sqlState: '23000' }, cause: error });
  });
});
