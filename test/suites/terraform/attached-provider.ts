import { ADDRESSES } from '../../../terraform/provider/package/addresses.ts';
import { serveDebug } from '../../../terraform/provider/protocol/server/debug.ts';
import { provider } from '../../../terraform/provider/provider.ts';

const logger = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** The provider in this process; CLIs attach to it and need no `init`. */
export async function attachedProvider(): Promise<
  Disposable & { readonly env: Readonly<Record<string, string>> }
> {
  const server = await serveDebug({ provider, addresses: ADDRESSES, logger });
  return { env: { TF_REATTACH_PROVIDERS: server.reattach }, [Symbol.dispose]: () => server.close() };
}
