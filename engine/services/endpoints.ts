import type { CatalogPage, CatalogRequest } from '../core/catalog.ts';
import type { Clock } from '../core/clock.ts';
import type { EndpointConfig } from '../core/endpoint.ts';
import { DtsError } from '../core/errors.ts';
import type {
  Claim,
  Endpoint,
  EndpointFilter,
  EndpointInput,
  Endpoints,
  EndpointTest,
  Page,
  PageRequest,
} from '../engine.ts';
import type { Store } from '../store/store.ts';
import { ANSWER_MILLIS, within } from './deadline.ts';
import type { Enquiries } from './enquiries.ts';
import { notFound, requireVersion } from './refusals.ts';
import type { TaskRunner } from './runner-port.ts';
import { validateEndpoint, validateName } from './validate.ts';

export class EndpointService implements Endpoints {
  readonly #store: Store;
  readonly #runner: TaskRunner;
  readonly #enquiries: Enquiries;
  readonly #clock: Clock;

  constructor(options: { store: Store; runner: TaskRunner; enquiries: Enquiries; clock: Clock }) {
    this.#store = options.store;
    this.#runner = options.runner;
    this.#enquiries = options.enquiries;
    this.#clock = options.clock;
  }

  create({ claimed = true, ...input }: EndpointInput & Claim): Endpoint {
    validateName(input.name, 'input.name');
    validateEndpoint(input);
    const now = this.#clock.now();
    const id = this.#store.newId();
    this.#store.endpoints.insert({ ...input, id, claimed, version: 1, createdAt: now, updatedAt: now });
    return this.#require(id);
  }

  claim(id: string): Endpoint {
    this.#store.endpoints.claim(id);
    return this.#require(id);
  }

  /** What is left out stays, the password too. Running tasks use the change at their next connect. */
  update(id: string, change: Partial<EndpointInput>, expectedVersion?: number): Endpoint {
    return this.#store.transaction(() => {
      const former = this.#require(id);
      requireVersion(former, expectedVersion);
      const config = this.#config(id);
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      const endpoint = { ...former, ...config, ...given };
      validateName(endpoint.name, 'input.name');
      validateEndpoint(endpoint);
      this.#store.endpoints.update({
        ...endpoint,
        version: former.version + 1,
        updatedAt: this.#clock.now(),
      });
      const users = this.#store.tasks.usersOf(id);
      this.#store.afterCommit(() => {
        for (const taskId of users) this.#runner.reconcile(taskId);
      });
      return this.#require(id);
    });
  }

  delete(id: string, expectedVersion?: number): void {
    this.#store.transaction(() => {
      requireVersion(this.#require(id), expectedVersion);
      const users = this.#store.tasks.usersOf(id);
      if (users.length > 0) {
        throw new DtsError('IN_USE', `The endpoint is used by ${users.length} task(s)`, {
          details: { object: id, tasks: users.slice(0, 20) },
        });
      }
      this.#store.endpoints.delete(id);
    });
  }

  get(id: string): Endpoint | undefined {
    return this.#store.endpoints.get(id);
  }

  list(page: PageRequest, filter: EndpointFilter = {}): Page<Endpoint> {
    return this.#store.endpoints.list(page, filter);
  }

  async test(id: string): Promise<EndpointTest> {
    return await this.#enquiries.test(this.#config(id));
  }

  secretMatches(id: string, password: string): boolean {
    const matches = this.#store.endpoints.passwordMatches(id, password);
    if (matches === undefined) throw notFound('endpoint', id);
    return matches;
  }

  async databases(id: string): Promise<readonly string[]> {
    const config = this.#config(id);
    return await within(ANSWER_MILLIS, 'Listing the databases', (signal) =>
      this.#enquiries.databases(config, signal),
    );
  }

  async tables(id: string, request: CatalogRequest): Promise<CatalogPage> {
    const config = this.#config(id);
    return await within(ANSWER_MILLIS, 'Listing the tables', (signal) =>
      this.#enquiries.tables(config, request, signal),
    );
  }

  #config(id: string): EndpointConfig {
    const config = this.#store.endpoints.config(id);
    if (config === undefined) throw notFound('endpoint', id);
    return config;
  }

  #require(id: string): Endpoint {
    const endpoint = this.#store.endpoints.get(id);
    if (endpoint === undefined) throw notFound('endpoint', id);
    return endpoint;
  }
}
