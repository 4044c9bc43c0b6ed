import { createClient } from 'graphql-sse';

/** Where the API is, and the token for it. Asked at each request, because a restarted service has another port. */
export interface ApiAddress {
  readonly url: string;
  readonly token: string;
}

/** An answer with `errors`: the request itself was wrong, or the service failed. */
export class GraphqlError extends Error {
  override readonly name = 'GraphqlError';
  readonly code: string | undefined;
  constructor(errors: readonly { message: string; extensions?: { code?: string } }[]) {
    super(errors.map(({ message }) => message).join('; '));
    this.code = errors[0]?.extensions?.code;
  }
}

/** A mutation that the service refused, with its code. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly code: string;
  constructor(mutation: string, refusal: { code: string; message: string; remedy: string }) {
    super(`${mutation} was refused: ${refusal.code}: ${refusal.message} ${refusal.remedy}`);
    this.code = refusal.code;
  }
}

/** A GraphQL client of thirty lines: what a user of the public API would write. */
export class Client {
  readonly #address: () => ApiAddress;

  constructor(address: () => ApiAddress) {
    this.#address = address;
  }

  async query<T>(document: string, variables: Record<string, unknown> = {}): Promise<T> {
    const { url, token } = this.#address();
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({ query: document, variables }),
      signal: AbortSignal.timeout(30_000),
    });
    const answer = (await response.json()) as { data?: T; errors?: [] };
    if (answer.errors) throw new GraphqlError(answer.errors);
    if (answer.data === undefined || answer.data === null)
      throw new Error(`no data: HTTP ${response.status}`);
    return answer.data;
  }

  /** Runs one mutation `name(input: …)` and gives its result; RefusedError when it was refused. */
  async mutate<T extends object>(name: string, input: Record<string, unknown>, fields: string): Promise<T> {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    const inputType = operations.has(name) ? 'TaskOperationInput' : `${type}Input`;
    const resultType = resultTypes[name] ?? 'Task';
    const data = await this.query<Record<string, Refusable<T>>>(
      `mutation($input: ${inputType}!) { ${name}(input: $input) {
         __typename ... on Error { code message remedy } ... on ${resultType} { ${fields} } } }`,
      { input },
    );
    const result = data[name];
    if (result === undefined) throw new Error(`${name} gave nothing`);
    if ('remedy' in result) throw new RefusedError(name, result);
    return result;
  }

  /** Values of a subscription until it ends or `signal` aborts. */
  async *subscribe<T>(
    document: string,
    variables: Record<string, unknown>,
    signal: AbortSignal,
  ): AsyncIterable<T> {
    const { url, token } = this.#address();
    const client = createClient({
      url: `${url}/graphql`,
      headers: { authorization: `Bearer ${token}` },
      retryAttempts: 0,
    });
    const values = client.iterate<Record<string, T>>({ query: document, variables });
    const stop = () => client.dispose();
    signal.addEventListener('abort', stop, { once: true });
    try {
      for await (const { data, errors } of values) {
        if (errors) throw new GraphqlError(errors as never);
        const [value] = Object.values(data ?? {});
        if (value !== undefined) yield value;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      client.dispose();
    }
  }
}

type Refusable<T> = T | { code: string; message: string; remedy: string };

const operations = new Set([
  'runPrecheck',
  'startTask',
  'pauseTask',
  'resumeTask',
  'stopTask',
  'completeTask',
  'destroyTask',
]);
const resultTypes: Readonly<Record<string, string>> = {
  createEndpoint: 'Endpoint',
  updateEndpoint: 'Endpoint',
  deleteEndpoint: 'DeletedEndpoint',
  testEndpoint: 'EndpointTest',
  destroyTask: 'DestroyedTask',
  createApiToken: 'CreatedApiToken',
  claimEndpoint: 'Endpoint',
  claimApiToken: 'ApiToken',
  revokeApiToken: 'ApiToken',
};
