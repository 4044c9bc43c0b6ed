import type { Logger } from '../contracts/context.ts';
import type { Provider } from '../contracts/provider.ts';
import { closeLeft } from '../service/ephemeral-resources.ts';
import { providerService } from '../service/provider-service.ts';
import { Session } from '../service/session.ts';
import { type PluginServer, type PluginServerOptions, pluginServer } from './plugin-server.ts';

export interface ProviderServer extends PluginServer {
  /** Lets calls end what they do, as StopProvider does. */
  stop(): void;
  /** Closes what lives for one run and was not closed by its CLI, and waits for that, but not for long. Never rejects. */
  settle(): Promise<void>;
}

export interface ProviderServerOptions extends Omit<PluginServerOptions, 'calls'> {
  readonly logger: Logger;
}

/** A CLI waits two seconds for the end of a provider that it has asked to end. */
const SETTLING_MILLIS = 1500;

/** Serves one run of a CLI, or several one after the other. */
export function providerServer<C>(provider: Provider<C>, options: ProviderServerOptions): ProviderServer {
  const session = new Session(provider, options.logger);
  const server = pluginServer({ ...options, calls: providerService(session) });
  return { ...server, stop: () => session.stop(), settle: () => closeLeft(session, SETTLING_MILLIS) };
}
