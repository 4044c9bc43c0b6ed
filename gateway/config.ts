import { parseArgs } from 'node:util';
import { z } from 'zod';

const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const origins = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )
  .pipe(
    z.array(
      z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, {
        message: 'must be origins such as https://console.example.com, separated by commas',
      }),
    ),
  );

interface Setting {
  readonly variable: string;
  /** Absent: only by the variable, because arguments are seen by every user of the machine. */
  readonly flag?: string;
  /** Text as it would be written in the environment; absent: no value. */
  readonly default?: string;
  readonly schema: z.ZodType<unknown, unknown>;
  readonly description: string;
}

/** Every setting of the service, in one place: the command line, `--help` and the documentation follow this table. */
export const settings = {
  host: {
    variable: 'OPENDTS_HOST',
    flag: 'host',
    default: '127.0.0.1',
    schema: z.string().min(1),
    description: 'Address to listen on.',
  },
  port: {
    variable: 'OPENDTS_PORT',
    flag: 'port',
    default: '4000',
    schema: count(0, 65535),
    description: 'Port to listen on; 0 for a free one. The URL is printed.',
  },
  dataDir: {
    variable: 'OPENDTS_DATA_DIR',
    flag: 'data-dir',
    default: 'data',
    schema: z.string().min(1),
    description: 'Folder of the store, the change logs and the first token.',
  },
  secretKey: {
    variable: 'OPENDTS_SECRET_KEY',
    schema: z.string().min(1).optional(),
    description:
      'Key that protects the stored passwords: 32 bytes in base64. Without it one is made and kept in a file of mode 0600.',
  },
  logLevel: {
    variable: 'OPENDTS_LOG_LEVEL',
    flag: 'log-level',
    default: 'info',
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
    description: 'Least level that is logged: debug, info, warn, error or silent. Logs go to standard error.',
  },
  bodyLimitBytes: {
    variable: 'OPENDTS_BODY_LIMIT_BYTES',
    flag: 'body-limit-bytes',
    default: String(2 * 1024 * 1024),
    schema: count(1024, 64 * 1024 * 1024),
    description: 'Largest request, bytes.',
  },
  ratePerMinute: {
    variable: 'OPENDTS_RATE_PER_MINUTE',
    flag: 'rate-per-minute',
    default: '3000',
    schema: count(1, 1_000_000),
    description: 'Requests that one token may make per minute.',
  },
  requestTimeoutSeconds: {
    variable: 'OPENDTS_REQUEST_TIMEOUT_SECONDS',
    flag: 'request-timeout-seconds',
    default: '60',
    schema: count(1, 600),
    description: 'Longest time until a request is answered. Live streams are not bounded.',
  },
  shutdownSeconds: {
    variable: 'OPENDTS_SHUTDOWN_SECONDS',
    flag: 'shutdown-seconds',
    default: '10',
    schema: count(0, 600),
    description: 'Time that open requests get to finish at shutdown.',
  },
  corsOrigins: {
    variable: 'OPENDTS_CORS_ORIGINS',
    flag: 'cors-origins',
    default: '',
    schema: origins,
    description: 'Web origins that may call the API, separated by commas; none by default.',
  },
  metricsPublic: {
    variable: 'OPENDTS_METRICS_PUBLIC',
    flag: 'metrics-public',
    default: 'false',
    schema: flag,
    description: 'true: /metrics needs no token.',
  },
  taskMemoryMb: {
    variable: 'OPENDTS_TASK_MEMORY_MB',
    flag: 'task-memory-mb',
    default: '512',
    schema: count(64, 65536),
    description: 'Heap that the thread of one task may use, MiB.',
  },
  historyDays: {
    variable: 'OPENDTS_HISTORY_DAYS',
    flag: 'history-days',
    default: '30',
    schema: count(1, 3650),
    description: 'Days for which events of tasks, the audit log and revoked tokens are kept.',
  },
} as const satisfies Record<string, Setting>;

type Settings = typeof settings;
export type Config = { readonly [K in keyof Settings]: z.output<Settings[K]['schema']> };

/** A setting that cannot be used. The message names the setting, never its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** The configuration by arguments, else environment, else defaults. ConfigError for what cannot be used. */
export function readConfig(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Config {
  const entries = Object.entries<Setting>(settings);
  const flags = parseFlags(args, entries);
  const problems: string[] = [];
  const values = entries.map(([key, setting]) => {
    const text = (setting.flag && flags[setting.flag]) ?? env[setting.variable] ?? setting.default;
    const parsed = setting.schema.safeParse(text);
    if (!parsed.success) {
      problems.push(`${setting.variable}: ${parsed.error.issues.map(({ message }) => message).join('; ')}`);
    }
    return [key, parsed.data];
  });
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return Object.fromEntries(values) as Config;
}

function parseFlags(args: readonly string[], entries: readonly (readonly [string, Setting])[]) {
  const options = Object.fromEntries(
    entries.flatMap(([, { flag: name }]) => (name ? [[name, { type: 'string' as const }]] : [])),
  );
  try {
    return parseArgs({ args: [...args], options, strict: true }).values as Record<string, string | undefined>;
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  }
}

/** One line per setting, for `--help`. */
export const settingsHelp = (): string =>
  Object.values<Setting>(settings)
    .map(({ variable, flag: name, default: fallback, description }) => {
      const names = name ? `--${name}, ${variable}` : variable;
      const standard = fallback ? ` Default: ${fallback}.` : '';
      return `  ${names}\n      ${description}${standard}`;
    })
    .join('\n');
