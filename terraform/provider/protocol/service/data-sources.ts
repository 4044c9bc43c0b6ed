import type { ValueRecord } from '../values/value.ts';
import type {
  ReadDataSourceRequest,
  ReadDataSourceResponse,
  ValidateDataResourceConfigRequest,
  ValidateDataResourceConfigResponse,
} from '../wire/descriptions.ts';
import { readObject, writeObject } from './dynamic-value.ts';
import { member } from './member.ts';
import { answer, type Session } from './session.ts';
import { validate } from './validation.ts';

/** What is only read. */
export function dataSourceCalls<C>(session: Session<C>) {
  const sourceOf = (name: string) => member(session.provider.dataSources, name, 'data source');
  return {
    async ValidateDataResourceConfig(
      request: ValidateDataResourceConfigRequest,
    ): Promise<ValidateDataResourceConfigResponse> {
      const { type_name: name, config } = request;
      return validate({ session, object: sourceOf(name), name, config, cli: { writeOnlyAttributes: false } });
    },

    async ReadDataSource({ type_name, config }: ReadDataSourceRequest): Promise<ReadDataSourceResponse> {
      const source = sourceOf(type_name);
      const { attributes } = source.schema;
      return answer({
        attributes,
        doing: `reading ${type_name}`,
        logger: session.logger,
        run: async (findings) => {
          const known = readObject(attributes, config) ?? {};
          const state = await source.read(known as never, session.clientCall(findings, type_name));
          return { state: writeObject(attributes, state as ValueRecord) };
        },
      });
    },
  };
}
