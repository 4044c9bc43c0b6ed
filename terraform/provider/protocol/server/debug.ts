import type { Logger } from '../contracts/context.ts';
import type { Provider } from '../contracts/provider.ts';
import { listen } from './listener.ts';
import { providerServer } from './provider-server.ts';

/** A provider that runs by itself, and to which CLIs attach. */
export interface DebugServer {
  readonly network: 'unix' | 'tcp';
  readonly address: string;
  /** For the variable TF_REATTACH_PROVIDERS of a CLI's environment. */
  readonly reattach: string;
  /** Closes what its runs have left open. */
  settle(): Promise<void>;
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
  const server = providerServer(provider, { logger });
  const listener = await listen(socketDir);
  listener.handTo(server.serve);
  const { network, address } = listener;
  const entry = {
    Protocol: 'grpc',
    ProtocolVersion: 6,
    Pid: process.pid,
    Test: true, // the CLI does not end the process
    Addr: { Network: network, String: address },
  };
  const reattach = JSON.stringify(Object.fromEntries(addresses.map((each) => [each, entry])));
  const close = () => {
    server.close();
    listener.close();
  };
  return { network, address, reattach, settle: server.settle, close };
}
