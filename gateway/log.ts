import { pino } from 'pino';
import type { Logger } from '../engine/index.ts';
import type { Config } from './config.ts';

/** Fields that are never written, wherever somebody logs an object that has them. */
const secretFields = ['password', 'secret', 'secretKey', 'token', 'authorization', 'ca', 'variables'];

/** The log of the service: one JSON object per line on standard error. */
export function createLogger(level: Config['logLevel']): Logger {
  const paths = secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: { paths, censor: '[redacted]' } },
    pino.destination({ dest: 2, sync: true }),
  );
}
