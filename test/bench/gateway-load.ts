import { once } from 'node:events';
import http from 'node:http';
import os from 'node:os';

// Clients of the gateway in a process and session of their own, so that what they cost is not mistaken for the service. Started by `fork`;
// plain HTTP over connections that are kept, bodies made beforehand, answers looked at by text only.

export interface LoadRequest {
  readonly url: string;
  readonly taskId: string;
  /** One for every 25 listeners: a token holds at most 32 live streams. */
  readonly tokens: readonly string[];
  readonly listenersPerToken: number;
  readonly clients: number;
  /** Each client asks so often. */
  readonly everyMillis: number;
}

export interface LoadReport {
  /** Milliseconds from when a query was due to the end of its answer. */
  readonly taken: readonly number[];
  /** Events that each listener heard, by number, as they came. */
  readonly heard: readonly (readonly string[])[];
}

/** `reportAfter`: the report is due when every listener has heard this event, or LISTEN_MILLIS later. */
export type ToLoad = { readonly open: LoadRequest } | 'ask' | 'over' | { readonly reportAfter: string };
export type FromLoad = 'open' | 'asked' | LoadReport;

/** An event that has not come by then is lost. */
const LISTEN_MILLIS = 10_000;

const query = `query($id: ID!) { task(id: $id) { id state phase errors { code message }
  phases { name state percent } progress { rowsCopied rowsTotal rowsPerSecond changesApplied lagMillis bottleneck } } }`;
const subscription = 'subscription($id: ID!) { taskEvents(taskId: $id, after: "0") { seq } }';

class Load {
  readonly #request: LoadRequest;
  readonly #agents: http.Agent[];
  readonly #heard: string[][] = [];
  readonly #taken: number[] = [];
  readonly #body: Buffer;
  #over = false;
  #asking: Promise<unknown> = Promise.resolve();

  constructor(request: LoadRequest) {
    this.#request = request;
    this.#agents = Array.from(
      { length: request.clients },
      () => new http.Agent({ keepAlive: true, maxSockets: 1 }),
    );
    this.#body = this.#bodyOf(query);
  }

  /** Every stream is open and every connection warm. */
  async open(): Promise<void> {
    const { tokens, listenersPerToken } = this.#request;
    for (const token of tokens) {
      await Promise.all(Array.from({ length: listenersPerToken }, () => this.#listen(token)));
    }
    for (let warm = 0; warm < 3; warm += 1) {
      for (const agent of this.#agents) await this.#query(agent);
    }
  }

  ask(): void {
    this.#asking = Promise.all(this.#agents.map((agent, client) => this.#poll(agent, client)));
  }

  async over(): Promise<void> {
    this.#over = true;
    await this.#asking;
  }

  async report(last: string): Promise<LoadReport> {
    const deadline = performance.now() + LISTEN_MILLIS;
    while (performance.now() < deadline && !this.#heard.every((seqs) => seqs.includes(last)))
      await new Promise((resolve) => setTimeout(resolve, 20));
    return { taken: this.#taken, heard: this.#heard };
  }

  /** Counts from when a query was due, also if the one before was still open or this process was late. */
  async #poll(agent: http.Agent, client: number): Promise<void> {
    const { everyMillis, clients } = this.#request;
    for (let due = performance.now() + (client * everyMillis) / clients; !this.#over; due += everyMillis) {
      const wait = due - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      await this.#query(agent);
      this.#taken.push(performance.now() - due);
    }
  }

  async #query(agent: http.Agent): Promise<void> {
    const response = await this.#post(
      { agent, token: this.#request.tokens[0]!, accept: 'application/json' },
      this.#body,
    );
    let text = '';
    for await (const part of response.setEncoding('utf8')) text += part;
    if (response.statusCode !== 200 || !text.startsWith('{"data":{"task":{'))
      throw new Error(`a query was answered by ${response.statusCode}: ${text}`);
  }

  async #listen(token: string): Promise<void> {
    const seqs: string[] = [];
    this.#heard.push(seqs);
    const response = await this.#post(
      { agent: false, token, accept: 'text/event-stream' },
      this.#bodyOf(subscription),
    );
    if (response.statusCode !== 200) throw new Error(`a subscription was answered by ${response.statusCode}`);
    let rest = '';
    response.setEncoding('utf8').on('data', (part: string) => {
      const lines = (rest + part).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const seq = /"seq":"(\d+)"/.exec(line)?.[1];
        if (seq !== undefined) seqs.push(seq);
      }
    });
  }

  async #post(
    { agent, token, accept }: { agent: http.Agent | false; token: string; accept: string },
    body: Buffer,
  ): Promise<http.IncomingMessage> {
    const headers = {
      accept,
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': body.length,
    };
    const request = http.request(`${this.#request.url}/graphql`, { method: 'POST', agent, headers });
    request.end(body);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    return response;
  }

  #bodyOf(text: string): Buffer {
    return Buffer.from(JSON.stringify({ query: text, variables: { id: this.#request.taskId } }));
  }
}

try {
  // They stand for other machines: an answer that is there is not counted later because databases hold the processors.
  os.setPriority(os.constants.priority.PRIORITY_HIGH);
} catch {
  // Not everybody may: then their own waits are counted as the service's.
}
process.on('disconnect', () => process.exit());

let load: Load | undefined;
const tell = (message: FromLoad) => process.send?.(message);
process.on('message', async (message: ToLoad) => {
  if (typeof message === 'object' && 'open' in message) {
    load = new Load(message.open);
    await load.open();
    tell('open');
  } else if (message === 'ask') load?.ask();
  else if (message === 'over') {
    await load?.over();
    tell('asked');
  } else if (load !== undefined) {
    process.send?.(await load.report(message.reportAfter), () => process.exit());
  }
});
