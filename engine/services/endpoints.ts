import type { Clock } from '../core/clock.ts';
import { DtsError } from '../core/errors.ts';
import type { Endpoint, EndpointInput, Endpoints, EndpointTest, Page, PageRequest } from '../engine.ts';
import type { Store } from '../store/store.ts';
import { notFound, requireVersion } from './refusals.ts';
import type { TaskRunner } from './runner-port.ts';
import { validateEndpoint, validateName } from './validate.ts';

export class EndpointService implements Endpoints {
  readonly #store: Store;
  readonly #runner: TaskRunner;
  readonly #clock: Clock;

  constructor(options: { store: Store; runner: TaskRunner; clock: Clock }) {
    this.#store = options.store;
    this.#runner = options.runner;
    this.#clock = options.clock;
  }

  create(input: EndpointInput): Endpoint {
    validateName(input.name, 'input.name');
    validateEndpoint(input);
    const now = this.#clock.now();
    const id = this.#store.newId();
    this.#store.endpoints.insert({ ...input, id, version: 1, createdAt: now, updatedAt: now });
    return this.#require(id);
  }

  /** What is left out stays, the password too. Running tasks use the change at their next connect. */
  update(id: string, change: Partial<EndpointInput>, expectedVersion?: number): Endpoint {
    return this.#store.transaction(() => {
      const former = this.#require(id);
      requireVersion(former, expectedVersion);
      const config = this.#store.endpoints.config(id);
      if (config === undefined) throw notFound('endpoint', id);
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

  list(page: PageRequest): Page<Endpoint> {
    return this.#store.endpoints.list(page);
  }

  async test(id: string): Promise<EndpointTest> {
    const config = this.#store.endpoints.config(id);
    if (config === undefined) throw notFound('endpoint', id);
    return await this.#runner.testEndpoint(config);
  }

  #require(id: string): Endpoint {
    const endpoint = this.#store.endpoints.get(id);
    if (endpoint === undefined) throw notFound('endpoint', id);
    return endpoint;
  }
}
