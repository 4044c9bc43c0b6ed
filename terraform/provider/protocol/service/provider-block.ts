import type {
  ConfigureProviderRequest,
  ConfigureProviderResponse,
  StopProviderResponse,
  ValidateProviderConfigRequest,
  ValidateProviderConfigResponse,
} from '../wire/descriptions.ts';
import { readObject } from './dynamic-value.ts';
import { answer, type Session } from './session.ts';
import { validate } from './validation.ts';

/** The provider's own configuration, and its end. */
export function providerBlockCalls<C>(session: Session<C>) {
  const { provider, logger } = session;
  return {
    ValidateProviderConfig({
      config,
    }: ValidateProviderConfigRequest): Promise<ValidateProviderConfigResponse> {
      const name = `provider "${provider.name}"`;
      return validate({ session, object: provider, name, config, cli: { writeOnlyAttributes: false } });
    },

    ConfigureProvider(request: ConfigureProviderRequest): Promise<ConfigureProviderResponse> {
      const { attributes } = provider.schema;
      return answer({
        attributes,
        doing: `configuring provider "${provider.name}"`,
        logger,
        run: async (findings) => {
          session.configured(undefined);
          const config = readObject(attributes, request.config) ?? {};
          const cliVersion = request.terraform_version;
          const context = { ...session.call(findings, 'provider'), cliVersion };
          session.configured(await provider.configure(config as never, context));
          return {};
        },
      });
    },

    async StopProvider(): Promise<StopProviderResponse> {
      logger.info('The CLI asks to stop');
      session.stop();
      return {};
    },
  };
}
