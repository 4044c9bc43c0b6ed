import { isIP } from 'node:net';
import { z } from 'zod';
import { limits } from '../limits.ts';

/** Rules for the shape of input. What depends on the state of the service is checked by the engine. */

const controlCharacter = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const printable = z.string().refine((text) => !controlCharacter.test(text) && text.isWellFormed(), {
  message: 'must not hold control characters',
});

/** Name of an endpoint, task or token, chosen by the user. */
export const displayName = printable
  .min(1)
  .max(64)
  .refine((text) => text.trim() === text, { message: 'must not begin or end with a space' });

/** Identifier of an object, made by the service: a ULID in lower case. */
export const objectId = z.string().regex(/^[0-9a-hjkmnp-tv-z]{26}$/, 'is not an id');

const label = /^(?!-)[0-9A-Za-z_-]{1,63}(?<!-)$/;
/** Host name or IP address. */
export const host = z
  .string()
  .min(1)
  .max(253)
  .refine(
    (text) =>
      isIP(text) > 0 ||
      text
        .replace(/\.$/, '')
        .split('.')
        .every((part) => label.test(part)),
    {
      message: 'must be a host name or an IP address',
    },
  );

export const port = z.int().min(1).max(65535);
export const username = printable.min(1).max(128);
export const password = z
  .string()
  .max(1024)
  .refine((text) => !text.includes('\0') && text.isWellFormed(), {
    message: 'must not hold NUL',
  });
export const certificate = z
  .string()
  .max(65536)
  .regex(/^\s*-----BEGIN CERTIFICATE-----[0-9A-Za-z+/=\s-]+-----END CERTIFICATE-----\s*$/, {
    message: 'must be certificates in PEM form',
  });

/** Name of a database or table at the source or target. */
export const identifier = z
  .string()
  .min(1)
  .max(64)
  .refine((text) => !text.includes('\0') && text.isWellFormed() && !text.endsWith(' '), {
    message: 'is not a name that a database or table can have',
  });

export const expectedVersion = z.int().min(0);
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/, 'must be 1 to 128 visible ASCII characters');
export const sequence = z.int().min(0);
export const searchText = printable.max(128);
/** A statement of the user's own. */
export const sqlText = z
  .string()
  .min(1)
  .max(64 * 1024)
  .refine((text) => !text.includes('\0') && text.isWellFormed(), { message: 'must not hold NUL' });
/** Lists whose items are checked by their own rules. */
export const databaseList = z.array(z.unknown()).min(1).max(1000);
export const tableList = z.array(z.unknown()).min(1).max(10_000);
export const identifierList = z.array(identifier).max(10_000);
export const pageSize = z.int().min(1).max(limits.pageSize);
export const cursor = z.string().max(512);
export const between = (least: number, most: number) => z.int().min(least).max(most);
export const perSecond = z.number().min(0.1).max(10);
export const scopeList = z
  .array(z.string())
  .min(1)
  .max(4)
  .refine((items) => new Set(items).size === items.length, { message: 'must not repeat a scope' });
