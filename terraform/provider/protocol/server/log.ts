import type { LogFields, Logger } from '../contracts/context.ts';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;
type Level = (typeof LEVELS)[number];

/** The least level that the user asked for with TF_LOG_PROVIDER or TF_LOG; undefined for none. */
export function logLevel(env: NodeJS.ProcessEnv): Level | undefined {
  const wish = (env.TF_LOG_PROVIDER || env.TF_LOG || '').toLowerCase();
  if (wish === '' || wish === 'off') return undefined;
  return LEVELS.find((level) => level === wish) ?? 'trace'; // as the CLIs do, also for `json`
}

/** Writes lines that the CLI takes for log entries: one JSON object each, in the form of its own logger. */
export function pluginLogger(options: {
  readonly module: string;
  readonly level: Level | undefined;
  readonly now: () => Date;
  readonly write: (line: string) => void;
}): Logger {
  const { module, level, now, write } = options;
  const least = level === undefined ? LEVELS.length : LEVELS.indexOf(level);
  const at = (each: Level) => {
    if (LEVELS.indexOf(each) < least) return () => {};
    return (message: string, fields: LogFields = {}) => {
      const entry = {
        '@level': each,
        '@message': message,
        '@module': module,
        '@timestamp': now().toISOString(),
        ...fields,
      };
      write(
        `${JSON.stringify(entry, (_key, value) => (typeof value === 'bigint' ? String(value) : value))}\n`,
      );
    };
  };
  return { trace: at('trace'), debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
