import { type ChannelCredentials, type Client, credentials, makeClientConstructor } from '@grpc/grpc-js';
import type { Provider } from '../../../../terraform/provider/protocol/contracts/provider.ts';
import { type Attributes, isNested } from '../../../../terraform/provider/protocol/schema/attribute.ts';
import { serviceDefinition } from '../../../../terraform/provider/protocol/server/grpc-service.ts';
import { readObject, writeObject } from '../../../../terraform/provider/protocol/service/dynamic-value.ts';
import { isUnknown } from '../../../../terraform/provider/protocol/values/unknown.ts';
import type { Value, ValueRecord } from '../../../../terraform/provider/protocol/values/value.ts';
import * as wire from '../../../../terraform/provider/protocol/wire/descriptions.ts';

/** A diagnostic in short: `error at name: Summary: detail`. */
function tell({ severity, summary, detail, attribute }: wire.Diagnostic): string {
  const steps = (attribute?.steps ?? []).map(
    (step) => step.attribute_name ?? `[${step.element_key_string ?? step.element_key_int}]`,
  );
  const place = steps.length > 0 ? ` at ${steps.join('')}` : '';
  return `${severity === wire.Severity.ERROR ? 'error' : 'warning'}${place}: ${summary}: ${detail}`;
}

type Answer = Record<string, unknown> & { readonly told: readonly string[] };

/** Speaks the protocol to a provider's server, as a CLI does, and reads values by the provider's schemas. */
export class ProviderClient implements Disposable {
  readonly #client: Client;
  readonly #provider: Provider<never>;

  constructor(
    address: string,
    provider: Provider<never>,
    channel: ChannelCredentials = credentials.createInsecure(),
  ) {
    const Constructor = makeClientConstructor(serviceDefinition(wire.Provider), 'Provider');
    const longest = 256 << 20;
    this.#client = new Constructor(address, channel, {
      'grpc.max_receive_message_length': longest,
      'grpc.max_send_message_length': longest,
      'grpc.ssl_target_name_override': 'localhost',
    });
    this.#provider = provider;
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }

  /** The raw call. */
  call(method: keyof typeof wire.Provider, request: object = {}): Promise<Answer> {
    const { path } = wire.Provider[method];
    const { requestSerialize, responseDeserialize } = serviceDefinition(wire.Provider)[method]!;
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, answer) => {
        if (error) return reject(error);
        const { diagnostics = [], ...rest } = answer as { diagnostics?: wire.Diagnostic[] };
        resolve({ ...rest, told: diagnostics.map(tell) });
      });
    });
  }

  async configure(config: ValueRecord): Promise<readonly string[]> {
    const written = writeObject(this.#provider.schema.attributes, config);
    return (await this.call('ConfigureProvider', { terraform_version: '1.11.4', config: written })).told;
  }

  async validate(type: string, config: ValueRecord, writeOnly = true): Promise<readonly string[]> {
    const capabilities = { write_only_attributes_allowed: writeOnly };
    const request = { type_name: type, config: this.#write(type, config), client_capabilities: capabilities };
    return (await this.call('ValidateResourceConfig', request)).told;
  }

  /** `config` null plans a destroy. */
  async plan(type: string, config: ValueRecord | null, prior: ValueRecord | null = null) {
    const written = this.#write(type, config);
    const answer = await this.call('PlanResourceChange', {
      type_name: type,
      prior_state: this.#write(type, prior),
      proposed_new_state: written,
      config: written,
    });
    const replace = answer.requires_replace as readonly wire.AttributePath[];
    return {
      planned: this.#read(type, answer.planned_state),
      replace: replace.map(({ steps = [] }) => steps.map((step) => Object.values(step)[0])),
      told: answer.told,
    };
  }

  /** Plans and applies; `config` null destroys. */
  async apply(type: string, config: ValueRecord | null, prior: ValueRecord | null = null) {
    const { planned } = await this.plan(type, config, prior);
    const answer = await this.call('ApplyResourceChange', {
      type_name: type,
      prior_state: this.#write(type, prior),
      planned_state: this.#write(type, planned),
      config: this.#write(type, config),
    });
    return {
      state: this.#read(type, answer.new_state),
      privateState: answer.private as Uint8Array,
      told: answer.told,
    };
  }

  async read(type: string, state: ValueRecord, privateState: Uint8Array = new Uint8Array()) {
    const request = { type_name: type, current_state: this.#write(type, state), private: privateState };
    const answer = await this.call('ReadResource', request);
    return {
      state: this.#read(type, answer.new_state),
      privateState: Buffer.from(answer.private as Uint8Array).toString(),
      told: answer.told,
    };
  }

  /** The state of any answer. */
  stateOf(type: string, value: unknown): ValueRecord | null {
    return this.#read(type, value);
  }

  #attributes(type: string): Attributes {
    const { resources, dataSources, ephemeralResources } = this.#provider;
    const object = resources[type] ?? dataSources[type] ?? ephemeralResources[type];
    if (object === undefined) throw new Error(`the provider has no ${type}`);
    return object.schema.attributes;
  }

  #write(type: string, object: ValueRecord | null): wire.DynamicValue {
    const attributes = this.#attributes(type);
    return writeObject(attributes, object && complete(attributes, object));
  }

  #read(type: string, value: unknown): ValueRecord | null {
    return readObject(this.#attributes(type), value as wire.DynamicValue | undefined);
  }
}

/** What is left out is null, also in nested objects of a map. */
function complete(attributes: Attributes, object: ValueRecord): ValueRecord {
  const entries = Object.entries(attributes).map(([name, attribute]): [string, Value] => {
    const value = object[name] ?? null;
    if (!isNested(attribute) || attribute.nesting !== 'map' || value === null || isUnknown(value))
      return [name, value];
    const inner = Object.entries(value as Record<string, ValueRecord>);
    return [
      name,
      Object.fromEntries(inner.map(([key, each]) => [key, each && complete(attribute.attributes, each)])),
    ];
  });
  return { ...object, ...Object.fromEntries(entries) };
}
