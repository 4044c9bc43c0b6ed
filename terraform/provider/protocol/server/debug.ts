import { ServerCredentials } from '@grpc/grpc-js';
import type { Logger } from '../contracts/context.ts';
import type { Provider } from '../contracts/provider.ts';
import { providerService } from '../service/provider-service.ts';
import { Session } from '../service/session.ts';
import { startPluginServer } from './plugin-server.ts';

/** A provider that runs by itself, and to which CLIs attach. */
export interface DebugServer {
  readonly network: 'unix' | 'tcp';
  readonly address: string;
  /** For the variable TF_REATTACH_PROVIDERS of a CLI's environment. */
  readonly reattach: string;
  close(): void;
}

/**
 * Serves any number of runs of any CLI, without TLS. A CLI that attaches needs no `init` and no lock file.
 * `addresses` are the provider's source addresses, with their hosts: the CLIs' default hosts differ.
 */
export async function serveDebug<C>(options: {
  readonly provider: Provider<C>;
  readonly addresses: readonly string[];
  readonly logger: Logger;
  readonly socketDir?: string;
}): Promise<DebugServer> {
  const { provider, addresses, logger, socketDir } = options;
  const { network, address, close } = await startPluginServer({
    calls: providerService(new Session(provider, logger)),
    credentials: ServerCredentials.createInsecure(),
    socketDir,
  });
  const entry = {
    Protocol: 'grpc',
    ProtocolVersion: 6,
    Pid: process.pid,
    Test: true, // the CLI does not end the process
    Addr: { Network: network, String: address },
  };
  const reattach = JSON.stringify(Object.fromEntries(addresses.map((each) => [each, entry])));
  return { network, address, reattach, close };
}
