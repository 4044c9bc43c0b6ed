import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what each test expects
  readonly data: any;
  readonly errors: readonly { message: string; path?: unknown; extensions: Record<string, unknown> }[];
  readonly text: string;
}

/** The service as a user runs it: a process of its own with a data folder of its own. */
export class RunningService {
  readonly dataDir: string;
  readonly url: string;
  /** Everything that the process wrote. */
  readonly output: () => string;
  /** The first admin token. */
  readonly adminToken: string;
  readonly #process: ChildProcess;
  readonly #keepData: boolean;

  private constructor(facts: {
    dataDir: string;
    url: string;
    output: () => string;
    adminToken: string;
    process: ChildProcess;
    keepData: boolean;
  }) {
    this.dataDir = facts.dataDir;
    this.url = facts.url;
    this.output = facts.output;
    this.adminToken = facts.adminToken;
    this.#process = facts.process;
    this.#keepData = facts.keepData;
  }

  static async start(
    options: { env?: Record<string, string>; dataDir?: string } = {},
  ): Promise<RunningService> {
    const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'opendts-gateway-')));
    const { process, output } = launch(['start'], { OPENDTS_DATA_DIR: dataDir, ...options.env });
    const ready = Promise.withResolvers<string>();
    process.stdout?.on('data', () => {
      const url = /ready at (\S+)\/graphql/.exec(output())?.[1];
      if (url) ready.resolve(url);
    });
    process.once('exit', (code) => ready.reject(new Error(`the service ended with ${code}:\n${output()}`)));
    const url = await ready.promise.catch(async (error: unknown) => {
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
      throw error;
    });
    const adminToken = (await readFile(join(dataDir, 'admin.token'), 'utf8')).trim();
    return new RunningService({
      ...{ dataDir, url, output, adminToken, process },
      keepData: options.dataDir !== undefined,
    });
  }

  /** Sends an operation; `token: null` sends none. */
  async ask(query: string, variables: object = {}, token: string | null = this.adminToken): Promise<Answer> {
    return this.send(JSON.stringify({ query, variables }), { token });
  }

  /** Sends a body as it is. */
  async send(
    body: string,
    {
      token = this.adminToken,
      headers = {},
    }: { token?: string | null; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body,
    });
    return answerOf(response);
  }

  /** Makes a token and gives its secret and id. */
  async token(scopes: readonly string[], expiresAt?: string): Promise<{ id: string; secret: string }> {
    const { data } = await this.ask(
      'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { ... on CreatedApiToken { secret token { id } } } }',
      { input: { name: `token ${scopes.join(' ')}`, scopes, expiresAt } },
    );
    return { id: data.createApiToken.token.id, secret: data.createApiToken.secret };
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Resolves to the exit code once the process has ended. */
  async ended(): Promise<number | null> {
    if (this.#process.exitCode === null && this.#process.signalCode === null)
      await once(this.#process, 'exit');
    return this.#process.exitCode;
  }

  async stop(): Promise<number | null> {
    this.signal('SIGTERM');
    return this.ended();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal('SIGKILL');
    await this.ended();
    if (!this.#keepData) await rm(this.dataDir, { recursive: true, force: true });
  }
}

/** Starts the command of the product on a free port. */
export function launch(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['gateway/cli.ts', ...args], {
    cwd: repository,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      OPENDTS_PORT: '0',
      OPENDTS_LOG_LEVEL: 'debug',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { process: child, output: () => Buffer.concat(chunks).toString() };
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const body = text.startsWith('{') ? JSON.parse(text) : {};
  return {
    status: response.status,
    headers: response.headers,
    data: body.data,
    errors: body.errors ?? [],
    text,
  };
}

/** The code of an answer: of its top-level error, else of the refusal that is its data, else none. */
export function codeOf({ errors, data }: Answer): string | undefined {
  if (errors.length > 0) return String(errors[0]?.extensions.code);
  const [result] = Object.values(data ?? {}) as { code?: string }[];
  return result?.code;
}
