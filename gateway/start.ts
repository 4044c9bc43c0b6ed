import { type Engine, type Logger, openEngine } from '../engine/index.ts';
import { compiledFolder } from './compile-cache.ts';
import type { Config } from './config.ts';
import { ensureFirstToken } from './first-token.ts';
import { type Server, startServer } from './server.ts';
import { version } from './version.ts';

export interface Service {
  readonly url: string;
  /** Path of the first token, if this start wrote it. */
  readonly firstTokenPath: string | undefined;
  /** Ends streams and requests, then workers and store. Running tasks go on at the next start. */
  close(): Promise<void>;
}

/** The whole service in this process: the engine with its runner, and the gateway over it. */
export async function startService(config: Config, logger: Logger): Promise<Service> {
  const engine = await openEngine({
    dataDir: config.dataDir,
    secretKey: config.secretKey,
    taskMemoryMb: config.taskMemoryMb,
    historyDays: config.historyDays,
    cacheDir: compiledFolder(config),
    logger,
  });
  let server: Server | undefined;
  try {
    server = await startServer({ engine, config, logger, version });
    const listening = server;
    // After it listens: a start that fails for its address leaves no token that nobody was told of.
    const firstTokenPath = await ensureFirstToken(engine.tokens, config.dataDir);
    return { url: listening.url, firstTokenPath, close: () => closeAll(listening, engine) };
  } catch (error) {
    await server?.close();
    await engine.close();
    throw error;
  }
}

async function closeAll(server: Server, engine: Engine): Promise<void> {
  try {
    await server.close();
  } finally {
    await engine.close();
  }
}
