import { expect } from 'vitest';
import type { Logger } from '../../../../terraform/provider/protocol/contracts/context.ts';
import { type Attributes, isNested } from '../../../../terraform/provider/protocol/schema/attribute.ts';
import { objectType } from '../../../../terraform/provider/protocol/schema/type-of.ts';
import { readObject, writeObject } from '../../../../terraform/provider/protocol/service/dynamic-value.ts';
import { providerService } from '../../../../terraform/provider/protocol/service/provider-service.ts';
import { Session } from '../../../../terraform/provider/protocol/service/session.ts';
import { sameValue } from '../../../../terraform/provider/protocol/values/fingerprint.ts';
import { isUnknown } from '../../../../terraform/provider/protocol/values/unknown.ts';
import type { ValueRecord } from '../../../../terraform/provider/protocol/values/value.ts';
import type {
  ApplyResourceChangeResponse,
  AttributePath,
  Diagnostic,
  ImportResourceStateResponse,
  PlanResourceChangeResponse,
  ReadDataSourceResponse,
  ReadResourceResponse,
} from '../../../../terraform/provider/protocol/wire/descriptions.ts';
import { provider } from '../../../../terraform/provider/provider.ts';

/** What a user writes; what is left out is null. */
export type Written = Readonly<Record<string, unknown>>;

export interface Told {
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  readonly detail: string;
  readonly path: string;
}

// biome-ignore lint/suspicious/noExplicitAny: the shape is what each test expects
type Loose = Record<string, any>;

/** An object in the state, as the CLI keeps it. */
export interface Managed {
  readonly type: string;
  readonly state: Loose;
  readonly privateState: Uint8Array;
}

export interface Planned {
  readonly action: 'create' | 'update' | 'replace' | 'none';
  readonly state: Loose;
  readonly replaces: readonly string[];
  readonly told: readonly Told[];
}

export interface Applied {
  /** Undefined when nothing is in the state afterwards. */
  readonly managed: Managed | undefined;
  readonly told: readonly Told[];
  /** The CLI would mark it, and replace it at the next apply. */
  readonly tainted: boolean;
}

/** What a user adds to a plan or an apply. */
export interface Flags {
  /** As `-replace` does. */
  readonly replace?: boolean;
  /** The configuration as far as it is known while it is planned; by default all of it. */
  readonly early?: Written;
  /** What comes about between the plan and its apply, of which no refresh tells any more. */
  readonly meanwhile?: () => Promise<void>;
}

const silent: Logger = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
const write = { write_only_attributes_allowed: true };

/** Plays the part of the CLI over the messages of the protocol, without a process or a socket, and holds the provider to the CLI's rules. */
export class Workspace {
  readonly #calls: Readonly<Record<string, (request: object) => Promise<object>>>;

  constructor(logger: Logger = silent) {
    this.#calls = providerService(new Session(provider, logger)) as never;
  }

  async configure(config: Written): Promise<readonly Told[]> {
    const written = writeObject(provider.schema.attributes, completed(provider.schema.attributes, config));
    const validated = await this.#call('ValidateProviderConfig', { config: written });
    if (validated.told.length > 0) return validated.told;
    return (await this.#call('ConfigureProvider', { terraform_version: '1.11.4', config: written })).told;
  }

  async validate(type: string, config: Written): Promise<readonly Told[]> {
    const request = { type_name: type, config: this.#config(type, config), client_capabilities: write };
    return (await this.#call('ValidateResourceConfig', request)).told;
  }

  /** A plan on top of a refresh, as the CLI makes it. */
  async plan(type: string, config: Written, managed?: Managed, flags: Flags = {}): Promise<Planned> {
    const invalid = await this.validate(type, config);
    if (invalid.length > 0) return { action: 'none', state: {}, replaces: [], told: invalid };
    const prior = managed && (await this.refresh(managed));
    return (await this.#plan(type, config, prior, flags)).planned;
  }

  /** Makes an object of which nothing is to be told. */
  async make(type: string, config: Written): Promise<Managed> {
    const { managed, told } = await this.apply(type, config);
    expect(told).toEqual([]);
    if (managed === undefined) throw new Error(`no ${type} was made`);
    return managed;
  }

  /** Plans, plans again and applies. Fails where the CLI would say that the provider broke a rule. */
  async apply(type: string, config: Written, managed?: Managed, flags: Flags = {}): Promise<Applied> {
    const early = flags.early ?? config;
    const invalid = await this.validate(type, early);
    if (invalid.length > 0) return { managed, told: invalid, tainted: false };
    let prior = managed && (await this.refresh(managed));
    const first = await this.#plan(type, early, prior, flags);
    const told = [...first.planned.told];
    if (hasErrors(told) || first.planned.action === 'none') return { managed: prior, told, tainted: false };
    if (first.planned.action === 'replace' && prior !== undefined) {
      told.push(...(await this.#remove(prior, first.response.planned_private)));
      if (hasErrors(told)) return { managed: prior, told, tainted: false };
      prior = undefined;
    }
    await flags.meanwhile?.();
    const late = await this.validate(type, config);
    if (late.length > 0) return { managed: prior, told: late, tainted: false };
    const { planned, response } = await this.#plan(type, config, prior);
    if (hasErrors(planned.told)) return { managed: prior, told: planned.told, tainted: false };
    requireConsistent(first.planned.state, planned.state);
    if (planned.action === 'none') return { managed: prior, told, tainted: false };
    expect(planned.action).toBe(prior === undefined ? 'create' : 'update');
    const applied = await this.#call<ApplyResourceChangeResponse>('ApplyResourceChange', {
      type_name: type,
      prior_state: this.#state(type, prior?.state),
      planned_state: response.planned_state,
      planned_private: response.planned_private,
      config: this.#config(type, config),
    });
    told.push(...applied.told);
    const state = readObject(this.#attributes(type), applied.answer.new_state);
    const failed = hasErrors(applied.told);
    if (!failed) {
      requireConsistent(planned.state, state);
      requireKnown(state);
    }
    return {
      managed: state === null ? undefined : this.#managed(type, state, applied.answer.private),
      told,
      tainted: failed && prior === undefined && state !== null,
    };
  }

  /** Undefined when it is gone. */
  async refresh({ type, state, privateState }: Managed): Promise<Managed | undefined> {
    const { answer, told } = await this.#call<ReadResourceResponse>('ReadResource', {
      type_name: type,
      current_state: this.#state(type, state),
      private: privateState,
      client_capabilities: write,
    });
    expect(told).toEqual([]);
    const fresh = readObject(this.#attributes(type), answer.new_state);
    return fresh === null ? undefined : this.#managed(type, fresh, answer.private);
  }

  async destroy({ type, state, privateState }: Managed): Promise<readonly Told[]> {
    const gone = this.#state(type, undefined);
    const plan = await this.#call<PlanResourceChangeResponse>('PlanResourceChange', {
      ...{ type_name: type, prior_state: this.#state(type, state), proposed_new_state: gone, config: gone },
      prior_private: privateState,
    });
    if (hasErrors(plan.told)) return plan.told;
    const told = await this.#remove({ type, state, privateState }, plan.answer.planned_private);
    return [...plan.told, ...told];
  }

  /** As the CLI removes what is tainted: nobody has planned that. */
  async removeTainted(managed: Managed): Promise<readonly Told[]> {
    return await this.#remove(managed, new Uint8Array());
  }

  async import(type: string, id: string): Promise<{ managed: Managed | undefined; told: readonly Told[] }> {
    const { answer, told } = await this.#call<ImportResourceStateResponse>('ImportResourceState', {
      ...{ type_name: type, id },
    });
    const [found] = answer.imported_resources ?? [];
    if (found === undefined) return { managed: undefined, told };
    const state = readObject(this.#attributes(type), found.state) ?? {};
    return { managed: await this.refresh(this.#managed(type, state, found.private)), told };
  }

  async read(type: string, config: Written) {
    const { attributes } = member(provider.dataSources, type).schema;
    const request = { type_name: type, config: writeObject(attributes, completed(attributes, config)) };
    const validated = await this.#call('ValidateDataResourceConfig', request);
    if (validated.told.length > 0) return { state: null, told: validated.told };
    const { answer, told } = await this.#call<ReadDataSourceResponse>('ReadDataSource', request);
    const state = readObject(attributes, answer.state);
    return { state: state as Loose | null, told };
  }

  /** Any other call. */
  async call<T extends object>(method: string, request: object): Promise<T> {
    return (await this.#call<T>(method, request)).answer;
  }

  /** As the CLI does when it is interrupted. */
  async stop(): Promise<void> {
    await this.#call('StopProvider', {});
  }

  /** Of a replacement the new object is planned at once, with what the first plan left; of that warnings are not shown. */
  async #plan(type: string, config: Written, prior: Managed | undefined, { replace = false }: Flags = {}) {
    const { response, told } = await this.#planOnce(type, config, prior?.state, prior?.privateState);
    const attributes = this.#attributes(type);
    const state = readObject(attributes, response.planned_state) ?? {};
    const replaces = (response.requires_replace ?? []).map(pathText);
    const isReplaced = prior !== undefined && (replace || replaces.length > 0);
    const action = isReplaced ? 'replace' : actionOf(state, prior);
    const planned: Planned = { action, state, replaces, told };
    if (!isReplaced || hasErrors(told)) return { planned, response };
    const anew = await this.#planOnce(type, config, undefined, response.planned_private);
    const fresh = readObject(attributes, anew.response.planned_state) ?? {};
    const errors = hasErrors(anew.told) ? anew.told : [];
    return { planned: { ...planned, state: fresh, told: [...told, ...errors] }, response: anew.response };
  }

  async #planOnce(
    type: string,
    config: Written,
    prior: object | undefined,
    priorPrivate: Uint8Array = new Uint8Array(),
  ) {
    const { answer: response, told } = await this.#call<PlanResourceChangeResponse>('PlanResourceChange', {
      type_name: type,
      prior_state: this.#state(type, prior),
      proposed_new_state: this.#config(type, config),
      config: this.#config(type, config),
      prior_private: priorPrivate,
      client_capabilities: write,
    });
    return { response, told };
  }

  async #remove({ type, state }: Managed, plannedPrivate: Uint8Array | undefined): Promise<readonly Told[]> {
    const gone = this.#state(type, undefined);
    const { told } = await this.#call('ApplyResourceChange', {
      ...{ type_name: type, prior_state: this.#state(type, state), planned_state: gone, config: gone },
      planned_private: plannedPrivate ?? new Uint8Array(),
    });
    return told;
  }

  async #call<T extends object>(
    method: string,
    request: object,
  ): Promise<{ answer: T; told: readonly Told[] }> {
    const answer = (await this.#calls[method]?.(request)) as T & { diagnostics?: readonly Diagnostic[] };
    return { answer, told: (answer.diagnostics ?? []).map(toldOf) };
  }

  #attributes(type: string): Attributes {
    return member(provider.resources, type).schema.attributes;
  }

  #config(type: string, config: Written) {
    const attributes = this.#attributes(type);
    return writeObject(attributes, completed(attributes, config));
  }

  #state(type: string, state: object | undefined) {
    return writeObject(this.#attributes(type), (state as ValueRecord | undefined) ?? null);
  }

  #managed(type: string, state: ValueRecord, privateState: Uint8Array | undefined): Managed {
    return { type, state: state as Managed['state'], privateState: privateState ?? new Uint8Array() };
  }
}

function member<T>(members: Readonly<Record<string, T>>, name: string): T {
  const found = members[name];
  if (found === undefined) throw new Error(`the provider has no ${name}`);
  return found;
}

/** With null for all that is not written, at every depth. */
function completed(attributes: Attributes, written: Written): ValueRecord {
  const strange = Object.keys(written).filter((name) => !(name in attributes));
  if (strange.length > 0) throw new Error(`no such argument: ${strange.join(', ')}`);
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => {
      const value = written[name] ?? null;
      if (value === null || isUnknown(value) || !isNested(attribute)) return [name, value];
      const within = (each: unknown) =>
        each === null || isUnknown(each) ? each : completed(attribute.attributes, each as Written);
      if (attribute.nesting === 'single') return [name, within(value)];
      if (Array.isArray(value)) return [name, value.map(within)];
      return [name, Object.fromEntries(Object.entries(value).map(([key, each]) => [key, within(each)]))];
    }),
  ) as ValueRecord;
}

const hasErrors = (told: readonly Told[]): boolean => told.some(({ severity }) => severity === 'error');

function actionOf(state: ValueRecord, prior: Managed | undefined): Planned['action'] {
  if (prior === undefined) return 'create';
  const { attributes } = member(provider.resources, prior.type).schema;
  return sameValue(objectType(attributes), state, prior.state) ? 'none' : 'update';
}

/** The same text for the same value: keys in order, the unknown told apart from everything. */
function sorted(value: unknown): unknown {
  if (isUnknown(value)) return '(known after apply)';
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}

/** What was planned and known is what came. */
function requireConsistent(planned: unknown, state: unknown): void {
  if (isUnknown(planned)) return;
  if (typeof planned !== 'object' || planned === null || Array.isArray(planned)) {
    expect(sorted(state)).toEqual(sorted(planned));
    return;
  }
  for (const [key, each] of Object.entries(planned)) requireConsistent(each, (state as Written)?.[key]);
}

function requireKnown(value: unknown): void {
  expect(isUnknown(value)).toBe(false);
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(requireKnown);
}

/** Texts that were put together badly: two points, two spaces, a space at the end of a line. */
const BADLY_JOINED = /(?<!\.)[.!?]\.(?!\.)|\S {2}| (\n|$)/;

function toldOf({ severity, summary = '', detail = '', attribute }: Diagnostic): Told {
  expect([summary, detail].filter((text) => BADLY_JOINED.test(text))).toEqual([]);
  return {
    severity: severity === 1 ? 'error' : 'warning',
    summary,
    detail,
    path: attribute ? pathText(attribute) : '',
  };
}

const pathText = ({ steps = [] }: AttributePath): string =>
  steps
    .map((step) => step.attribute_name ?? step.element_key_string ?? String(step.element_key_int))
    .join('.');
