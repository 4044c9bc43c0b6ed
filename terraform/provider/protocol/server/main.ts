import fs from 'node:fs';
import type { Provider } from '../contracts/provider.ts';
import { isLaunched } from './cookie.ts';
import { launch, refusal } from './launch.ts';
import { lineWriter } from './line-writer.ts';
import { logLevel, pluginLogger } from './log.ts';
import { NEEDED_NODE, NODE_REMEDY } from './needed-node.ts';

/**
 * Runs a provider as the program that a CLI starts, or with `-debug` as one to which CLIs attach. Only the line
 * that the CLI waits for goes to the standard output; log lines go to the standard error. Why it cannot start
 * takes the place of that line: the CLIs show a first line that they cannot read, and nothing of the standard error.
 */
export function runProvider<C>(options: RunOptions<C>): void {
  const major = Number(process.versions.node.split('.')[0]);
  const run = major < NEEDED_NODE ? Promise.reject(new Error(oldNode())) : start(options);
  run.catch((error: Error) => {
    const isAwaited = isLaunched(options.env) && !isDebug(options) && !isTold;
    if (isAwaited)
      print(error.message.replace(/[\s|]+/g, ' ').trim()); // with bars it might be taken for an address
    else process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
}

const oldNode = () =>
  `The provider needs Node ${NEEDED_NODE} or later, and this is ${process.versions.node} (${process.execPath}). ${NODE_REMEDY}`;

/** Whether something was written to the standard output. */
let isTold = false;

function print(line: string): void {
  isTold = true;
  fs.writeSync(process.stdout.fd, `${line}\n`);
}

interface RunOptions<C> {
  /** The type in the provider's address. */
  readonly name: string;
  /** Loads the provider, which takes most of a start: a CLI that launches this process is told where to connect before. */
  readonly load: () => Promise<Provider<C>>;
  /** Source addresses with their hosts, for `-debug`. */
  readonly addresses: readonly string[];
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

const isDebug = ({ args }: Pick<RunOptions<never>, 'args'>) =>
  args.some((arg) => arg === '-debug' || arg === '--debug');

async function start<C>(options: RunOptions<C>): Promise<void> {
  const { name, load, addresses, env } = options;
  const now = () => new Date();
  const logger = pluginLogger({
    module: `provider.${name}`,
    level: logLevel(env),
    now,
    write: logLine,
  });
  if (isDebug(options)) {
    const [{ serveDebug }, provider] = await Promise.all([import('./debug.ts'), load()]);
    const server = await serveDebug({ provider, addresses, logger });
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, async () => {
        await server.settle();
        server.close();
        process.exit(0);
      });
    print(`TF_REATTACH_PROVIDERS='${server.reattach}'`);
    return;
  }
  const reason = refusal(env, name);
  if (reason !== undefined) throw new Error(reason);
  // A terminal sends the user's interrupt to the whole group; the CLI tells what it wants by StopProvider.
  process.on('SIGINT', () => logger.debug('An interrupt is left to the CLI'));
  await launch({
    async load() {
      const [{ providerServer }, provider] = await Promise.all([import('./provider-server.ts'), load()]);
      return (serving) => providerServer(provider, serving);
    },
    env,
    logger,
    now,
    print,
    exit: () => process.exit(0),
    onTerminate: (end) => process.once('SIGTERM', end),
    everySecond: (check) => void setInterval(check, 1000).unref(),
    parentId: () => process.ppid,
  });
}

const RETRY_MILLIS = 50;
const WAITING_BYTES = 1024 * 1024;

/** Nobody reads the log of a CLI that is gone, and nobody for a while that of one which is stopped. */
const logLine = lineWriter({
  write: (bytes) => fs.writeSync(process.stderr.fd, bytes),
  later: (work) => void setTimeout(work, RETRY_MILLIS).unref(),
  mostBytes: WAITING_BYTES,
});
