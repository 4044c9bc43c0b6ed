import { flushCompileCache } from 'node:module';
import type { Logger } from '../engine/index.ts';
import { compiledFolder, keepCompiledModules } from './compile-cache.ts';
import { ConfigError, readConfig, settingsHelp } from './config.ts';
import { createLogger } from './log.ts';
import { preferThisThread } from './priority.ts';
import type { Service } from './start.ts';
import { version } from './version.ts';

const usage = `Usage: opendts start [settings]

Starts the service: the GraphQL gateway and a runner of tasks.

Settings, as argument or environment variable:
${settingsHelp()}
`;

async function main([command, ...args]: readonly string[]): Promise<void> {
  if (command === '--version') return console.log(version);
  if (command === '--help' || args.includes('--help')) return console.log(usage);
  if (command !== 'start') {
    console.error(usage);
    process.exitCode = 2;
    return;
  }
  try {
    await start(args);
  } catch (error) {
    console.error(await explain(error));
    process.exitCode = error instanceof ConfigError ? 2 : 1;
  }
}

async function start(args: readonly string[]): Promise<void> {
  const config = readConfig(args, process.env);
  const logger = createLogger(config.logLevel);
  preferThisThread();
  keepCompiledModules(compiledFolder(config));
  const { startService } = await import('./start.ts');
  const service = await startService(config, logger);
  closeOnSignal(service, logger);
  if (service.firstTokenPath)
    console.log(`The first API token, with all rights, is in ${service.firstTokenPath}`);
  flushCompileCache();
  console.log(`OpenDTS is ready at ${service.url}/graphql`);
  // Loading leaves garbage behind, a fifth of the memory by now, and V8 lets the heap grow by what it holds.
  void globalThis.gc?.({ type: 'major', execution: 'async', flavor: 'last-resort' });
}

/** SIGTERM and SIGINT close the service in order; a second signal ends the process at once. */
function closeOnSignal(service: Service, logger: Logger): void {
  let closing = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (closing) process.exit(1);
    closing = true;
    logger.info({ signal }, 'Shutting down');
    service.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'The shutdown met a fault');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

async function explain(error: unknown): Promise<string> {
  if (error instanceof ConfigError) return error.message;
  const { DtsError } = await import('../engine/index.ts');
  if (error instanceof DtsError) return `${error.code}: ${error.message}\n${error.remedy}`;
  const remedy = remedyOfSystem[(error as NodeJS.ErrnoException | undefined)?.code ?? ''];
  if (error instanceof Error && remedy !== undefined) return `${error.message}\n${remedy}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** What to change when the system refuses the address or the data directory. */
const otherAddress = 'Choose another address or port: --host, --port (OPENDTS_HOST, OPENDTS_PORT).';
const otherFolder = 'Choose a folder that this user may write to: --data-dir (OPENDTS_DATA_DIR).';
const remedyOfSystem: Readonly<Record<string, string>> = {
  EADDRINUSE: otherAddress,
  EADDRNOTAVAIL: otherAddress,
  ENOTFOUND: otherAddress,
  EACCES: `${otherAddress} Or: ${otherFolder}`,
  ENOTDIR: otherFolder,
  EEXIST: otherFolder,
  EROFS: otherFolder,
  EPERM: otherFolder,
};

await main(process.argv.slice(2));
