import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { DtsError, type Engine, type Logger } from '../engine/index.ts';
import { authenticate } from './authenticate.ts';
import type { Config } from './config.ts';
import { createGateway } from './gateway.ts';
import { refusalBody } from './http-error.ts';
import { LiveStreams } from './live-streams.ts';
import { createMetrics } from './metrics.ts';

export interface ServerOptions {
  readonly engine: Engine;
  readonly config: Config;
  readonly logger: Logger;
  readonly version: string;
}

export interface Server {
  /** Where it listens, for example `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Ends live streams with `complete`, lets open requests finish within the configured time, then closes. */
  close(): Promise<void>;
}

/** Longest time that the engine gets to say that it is ready. */
const readyTimeoutMillis = 2000;

/** Serves /graphql, /health, /ready and /metrics. Resolves when it listens. */
export async function startServer({ engine, config, logger, version }: ServerOptions): Promise<Server> {
  const streams = new LiveStreams();
  const metrics = createMetrics(engine, streams);
  const gateway = createGateway({ engine, config, logger, streams, metrics, version });
  let draining = false;

  const ready = async (): Promise<boolean> => {
    const timeout = new AbortController();
    const late = delay(readyTimeoutMillis, false, { signal: timeout.signal }).catch(() => false);
    const answered = engine.ready().then(
      () => true,
      () => false,
    );
    try {
      return !draining && (await Promise.race([answered, late]));
    } finally {
      timeout.abort();
    }
  };

  const showMetrics = async (req: IncomingMessage, res: ServerResponse) => {
    if (!config.metricsPublic) {
      const { scopes } = authenticate(engine.tokens, req.headers.authorization);
      if (!scopes.includes('read') && !scopes.includes('admin')) {
        throw new DtsError('FORBIDDEN', 'The token lacks the scope read.', { details: { scope: 'read' } });
      }
    }
    res.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' });
    res.end(await metrics.scrape());
  };

  const answer = async (req: IncomingMessage, res: ServerResponse, path: string): Promise<void> => {
    if (hasBody(req) && !(req.method === 'POST' && path === '/graphql')) {
      throw new DtsError('INVALID_INPUT', 'The request has a body, which only a POST to /graphql may have.', {
        remedy: 'Send operations as POST to /graphql, and other requests without a body.',
      });
    }
    if (path === '/health') return json(res, 200, { status: 'ok' });
    if (path === '/ready') {
      return (await ready()) ? json(res, 200, { status: 'ready' }) : json(res, 503, { status: 'not ready' });
    }
    if (draining) throw new DtsError('SHUTTING_DOWN', 'The service is shutting down.');
    if (path === '/metrics') return showMetrics(req, res);
    if (path !== '/graphql') return json(res, 404, { status: 'not found' });
    const traceId = traceIdOf(req);
    res.setHeader('x-request-id', traceId);
    await gateway(req, res, { traceId });
  };

  const server = createServer((req, res) => {
    const startedAt = performance.now();
    const path = (req.url ?? '/').split('?', 1)[0] ?? '/';
    res.once('close', () => {
      const seconds = (performance.now() - startedAt) / 1000;
      metrics.request({ method: req.method ?? '', path, status: res.statusCode, seconds });
    });
    res.setHeader('x-content-type-options', 'nosniff');
    answer(req, res, path).catch((error: unknown) => fail(res, error, logger));
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = config.requestTimeoutSeconds * 1000;
  server.keepAliveTimeout = 5000;
  server.maxRequestsPerSocket = 0;

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.host, () => {
      server.off('error', reject);
      resolve();
    });
  });

  return {
    url: urlOf(server.address() as AddressInfo),
    async close() {
      // The order matters: a server does not close while a stream is open, and only `drain` ends streams.
      draining = true;
      streams.drain();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const deadline = setTimeout(() => server.closeAllConnections(), config.shutdownSeconds * 1000);
      const idle = setInterval(() => server.closeIdleConnections(), 100);
      try {
        await closed;
      } finally {
        clearTimeout(deadline);
        clearInterval(idle);
        await gateway.dispose();
      }
    },
  };
}

/** A body that nobody takes would be read to its end, if it has one, before the connection is of use again. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** The caller's own name for the request, if it gave one of the usual form: so that both sides' logs tell of the same. */
function traceIdOf(req: IncomingMessage): string {
  const given = req.headers['x-request-id'];
  return typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
}

function json(res: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  res.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers });
  res.end(JSON.stringify(body));
}

const statuses: Partial<Record<string, number>> = {
  INVALID_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  SHUTTING_DOWN: 503,
};

/** Answers a failure outside of GraphQL; what has no code is told to the log only. */
function fail(res: ServerResponse, error: unknown, logger: Logger): void {
  if (!(error instanceof DtsError)) logger.error({ err: error }, 'A request met a fault of the service');
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const coded =
    error instanceof DtsError ? error : new DtsError('INTERNAL', 'The service met a fault of its own.');
  json(res, statuses[coded.code] ?? 500, refusalBody(coded), { connection: 'close' });
}

function urlOf({ address, family, port }: AddressInfo): string {
  const host = family === 'IPv6' ? `[${address}]` : address;
  return `http://${host}:${port}`;
}
