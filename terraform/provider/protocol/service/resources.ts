import { ProviderError } from '../contracts/diagnostics.ts';
import { settle } from '../planner/settle.ts';
import { objectType } from '../schema/type-of.ts';
import { valueOfJson } from '../values/json.ts';
import type { ValueRecord } from '../values/value.ts';
import type {
  ImportResourceStateRequest,
  ImportResourceStateResponse,
  MoveResourceStateRequest,
  MoveResourceStateResponse,
  ReadResourceRequest,
  ReadResourceResponse,
  UpgradeResourceStateRequest,
  UpgradeResourceStateResponse,
  ValidateResourceConfigRequest,
  ValidateResourceConfigResponse,
} from '../wire/descriptions.ts';
import { readObject, writeObject } from './dynamic-value.ts';
import { KeptFacts } from './kept-facts.ts';
import { member } from './member.ts';
import { answer, type Session } from './session.ts';
import { stateOfVersion } from './stored-state.ts';
import { validate } from './validation.ts';

/** Managed objects, but for their changes. */
export function resourceCalls<C>(session: Session<C>) {
  const { logger } = session;
  const resourceOf = (name: string) => member(session.provider.resources, name, 'resource');
  return {
    async ValidateResourceConfig(
      request: ValidateResourceConfigRequest,
    ): Promise<ValidateResourceConfigResponse> {
      const cli = {
        writeOnlyAttributes: request.client_capabilities?.write_only_attributes_allowed === true,
      };
      const object = resourceOf(request.type_name);
      return validate({ session, object, name: request.type_name, config: request.config, cli });
    },

    async UpgradeResourceState(request: UpgradeResourceStateRequest): Promise<UpgradeResourceStateResponse> {
      const resource = resourceOf(request.type_name);
      const { attributes } = resource.schema;
      return answer({
        attributes,
        doing: `reading the stored state of ${request.type_name}`,
        logger,
        run: () => {
          const json = stateOfVersion(resource, request.version, request.raw_state);
          const state = json && (valueOfJson(objectType(attributes), json) as ValueRecord);
          return { upgraded_state: writeObject(attributes, state) };
        },
      });
    },

    async ReadResource(request: ReadResourceRequest): Promise<ReadResourceResponse> {
      const resource = resourceOf(request.type_name);
      const { attributes } = resource.schema;
      const unchanged = { new_state: request.current_state, private: request.private };
      // Without a client nothing can be read; the plan goes on from what is known.
      if (session.client === undefined) return unchanged;
      return answer({
        attributes,
        doing: `reading ${request.type_name}`,
        logger,
        run: async (findings) => {
          const state = readObject(attributes, request.current_state) ?? {};
          const privateState = new KeptFacts(request.private);
          const context = { ...session.clientCall(findings, request.type_name), privateState };
          const fresh = await resource.read(state as never, context);
          const settled = fresh === null ? null : settle(attributes, fresh as ValueRecord, state);
          return { new_state: writeObject(attributes, settled), private: privateState.bytes() };
        },
      });
    },

    async ImportResourceState(request: ImportResourceStateRequest): Promise<ImportResourceStateResponse> {
      const { type_name, id } = request;
      const resource = resourceOf(type_name);
      const { attributes } = resource.schema;
      return answer({
        attributes,
        doing: `importing ${type_name} "${id}"`,
        logger,
        run: async (findings) => {
          if (resource.import === undefined) throw notImportable(type_name);
          const privateState = new KeptFacts(new Uint8Array());
          const context = { ...session.clientCall(findings, type_name), privateState };
          const found = await resource.import(id, context);
          if (findings.hasErrors) return {};
          if (found === null) throw notFound(type_name, id);
          const state = writeObject(attributes, found as ValueRecord);
          return { imported_resources: [{ type_name, state, private: privateState.bytes() }] };
        },
      });
    },

    async MoveResourceState(request: MoveResourceStateRequest): Promise<MoveResourceStateResponse> {
      const { target_type_name: type, source_type_name: typeName } = request;
      const resource = resourceOf(type);
      const { attributes } = resource.schema;
      return answer({
        attributes,
        doing: `moving ${typeName} to ${type}`,
        logger,
        run: async (findings) => {
          const state = stateOfVersion(undefined, 0, request.source_state) ?? {};
          const { source_provider_address: providerAddress, source_schema_version: schemaVersion } = request;
          const source = { providerAddress, typeName, schemaVersion, state };
          const moved = (await resource.move?.(source, session.call(findings, type))) ?? null;
          if (findings.hasErrors) return {};
          if (moved === null) throw notMovable(typeName, type);
          return { target_state: writeObject(attributes, moved as ValueRecord) };
        },
      });
    },
  };
}

function notImportable(type: string): ProviderError {
  return new ProviderError({
    code: 'IMPORT_UNSUPPORTED',
    summary: 'Import is not supported',
    detail: `${type} cannot be imported. Create it by an apply.`,
  });
}

function notFound(type: string, id: string): ProviderError {
  return new ProviderError({
    code: 'NOT_FOUND',
    summary: 'There is nothing to import',
    detail: `No ${type} is known as "${id}". Check the id and that the provider is configured for the service that has it.`,
  });
}

function notMovable(from: string, to: string): ProviderError {
  return new ProviderError({
    code: 'MOVE_UNSUPPORTED',
    summary: 'The object cannot be moved',
    detail: `${to} does not know how to take over a ${from}. Remove the moved block, and import the object instead.`,
  });
}
