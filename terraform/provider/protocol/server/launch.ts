import { setTimeout } from 'node:timers/promises';
import type { Logger } from '../contracts/context.ts';
import { selfSignedCertificate } from './certificate.ts';
import { isLaunched } from './cookie.ts';
import { listen } from './listener.ts';
import type { ProviderServer, ProviderServerOptions } from './provider-server.ts';

const CORE_PROTOCOL = 1;
const PROVIDER_PROTOCOL = 6;

/** How long the end waits for the CLI to be answered, in milliseconds. */
const GRACE = 200;

/** How long a CLI that has started the provider may take to its first call, in seconds. */
const PATIENCE = 60;

export interface LaunchOptions {
  /** Loads what answers the CLI; called once the CLI has been told where. */
  readonly load: () => Promise<(options: ProviderServerOptions) => ProviderServer>;
  readonly env: NodeJS.ProcessEnv;
  readonly logger: Logger;
  readonly now: () => Date;
  /** Writes the line by which the CLI finds the server. */
  readonly print: (line: string) => void;
  /** Ends the process. */
  readonly exit: () => void;
  /** Calls back when the system asks the process to end. */
  readonly onTerminate: (end: () => void) => void;
  /** Calls back each second, which keeps no process running. */
  readonly everySecond: (check: () => void) => void;
  /** Id of this process's parent, by now. */
  readonly parentId: () => number;
}

/** Why a launch is refused, for people; undefined when a CLI launches it that speaks this protocol. */
export function refusal(env: NodeJS.ProcessEnv, name: string): string | undefined {
  if (!isLaunched(env))
    return `This program is the ${name} provider. Terraform and OpenTofu start it themselves; to run it by hand for debugging, add -debug.`;
  const versions = (env.PLUGIN_PROTOCOL_VERSIONS ?? String(PROVIDER_PROTOCOL)).split(',');
  if (versions.includes(String(PROVIDER_PROTOCOL))) return undefined;
  return `This provider speaks version ${PROVIDER_PROTOCOL} of the plugin protocol, the CLI versions ${versions.join(', ')}. Update the CLI to Terraform 1.0 or OpenTofu 1.6 at least.`;
}

/**
 * Serves the CLI that launched this process until it asks for the end or is gone. The CLI is told where first, and connects while what
 * answers it is loaded. When it gives a certificate, both ends prove themselves by TLS. A CLI that is gone is known by the end of the
 * streams that it holds open, by the process's parent, and before it has connected, by its silence.
 */
export async function launch(options: LaunchOptions): Promise<void> {
  const { load, env, logger, print, exit, onTerminate, parentId } = options;
  const parent = parentId();
  let server: ProviderServer | undefined;
  let called = false;
  let ending = false;
  const end = (reason: string, wait: number) => {
    if (ending) return;
    ending = true;
    logger.debug('Ending', { reason });
    server?.stop();
    void Promise.all([setTimeout(wait), server?.settle()]).then(() => {
      server?.close();
      listener.close();
      exit();
    });
  };
  const { tls, certificate } = identityFor(env, options.now);
  const listener = await listen(env.PLUGIN_UNIX_SOCKET_DIR);
  const fields = [CORE_PROTOCOL, PROVIDER_PROTOCOL, listener.network, listener.address, 'grpc', certificate];
  if (env.PLUGIN_MULTIPLEX_GRPC) fields.push('false');
  onTerminate(() => end('the system asked for it', 0));
  let seconds = 0;
  options.everySecond(() => {
    seconds++;
    if (parentId() !== parent) end('the CLI is gone', GRACE);
    else if (!called && seconds >= PATIENCE) end('the CLI never called', 0);
  });
  try {
    // Fails when the CLI is gone already.
    print(fields.join('|'));
    const serverFor = await load();
    server = serverFor({
      logger,
      tls,
      onCall: () => {
        called = true;
      },
      onShutdown: () => end('the CLI asked for it', 0),
      onParentGone: () => end('the CLI is gone', GRACE),
    });
    listener.handTo(server.serve);
  } catch (error) {
    listener.close();
    throw error;
  }
}

function identityFor(env: NodeJS.ProcessEnv, now: () => Date) {
  const clientCertificate = env.PLUGIN_CLIENT_CERT;
  if (!clientCertificate) return { tls: undefined, certificate: '' };
  const { der, certificatePem, keyPem } = selfSignedCertificate(now());
  return {
    tls: { clientCertificate, certificate: certificatePem, key: keyPem },
    certificate: Buffer.from(der).toString('base64').replace(/=+$/, ''),
  };
}
