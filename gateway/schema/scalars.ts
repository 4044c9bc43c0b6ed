import { GraphQLError } from 'graphql';
import { z } from 'zod';
import { builder } from './builder.ts';

const wrong = (message: string) => new GraphQLError(message, { extensions: { code: 'INVALID_INPUT' } });

const wholeNumber = z
  .union([z.string().regex(/^-?\d{1,16}$/), z.number()])
  .transform(Number)
  .pipe(z.int());

builder.scalarType('BigInt', {
  description:
    'A whole number of up to 64 bits, written as a string of digits because JSON numbers are not exact.',
  serialize: (value) => String(value),
  parseValue: (value) => {
    const parsed = wholeNumber.safeParse(value);
    if (!parsed.success) throw wrong('BigInt must be a whole number, or a string of its digits');
    return parsed.data;
  },
});

const instant = z.iso.datetime({ offset: true });

builder.scalarType('DateTime', {
  description: 'An instant by RFC 3339, answered in UTC with milliseconds: `2026-01-31T12:00:00.000Z`.',
  serialize: (value) => new Date(value as number).toISOString(),
  parseValue: (value) => {
    const parsed = instant.safeParse(value);
    if (!parsed.success) throw wrong('DateTime must be an instant such as 2026-01-31T12:00:00Z');
    return Date.parse(parsed.data);
  },
});
