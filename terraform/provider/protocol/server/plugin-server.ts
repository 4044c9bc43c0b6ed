import fs from 'node:fs';
import path from 'node:path';
import {
  Server,
  type ServerCredentials,
  type ServerDuplexStream,
  ServerInterceptingCall,
  type ServerWritableStream,
  type sendUnaryData,
  type UntypedHandleCall,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { Call } from '../service/provider-service.ts';
import {
  GRPCBroker,
  GRPCController,
  GRPCStdio,
  Health,
  Provider,
  ServingStatus,
} from '../wire/descriptions.ts';
import { serviceDefinition } from './grpc-service.ts';
import { makeSocketFolder } from './socket-folder.ts';

const LARGEST_MESSAGE = 256 << 20; // as the CLIs allow

export interface PluginServer {
  readonly network: 'unix' | 'tcp';
  readonly address: string;
  /** Ends all calls at once and removes the socket. */
  close(): void;
}

export interface PluginServerOptions {
  readonly calls: { readonly [method: string]: Call };
  readonly credentials: ServerCredentials;
  /** Where the socket's folder is made; the system's folder for temporary files by default. */
  readonly socketDir?: string | undefined;
  /** A call of any service has come. */
  readonly onCall?: () => void;
  /** The CLI asks the process to end. */
  readonly onShutdown?: () => void;
  /** A stream that the CLI keeps open for its whole life has ended. */
  readonly onParentGone?: () => void;
}

/** Serves the protocol and the four services beside it, on a socket, or on a port of 127.0.0.1 under Windows. */
export async function startPluginServer(options: PluginServerOptions): Promise<PluginServer> {
  const server = new Server({
    'grpc.max_receive_message_length': LARGEST_MESSAGE,
    'grpc.max_send_message_length': LARGEST_MESSAGE,
    interceptors: [
      (_method, call) => {
        options.onCall?.();
        return new ServerInterceptingCall(call);
      },
    ],
  });
  server.addService(serviceDefinition(Provider), unary(options.calls));
  server.addService(serviceDefinition(GRPCController), unary(controllerCalls(options)));
  server.addService(serviceDefinition(GRPCStdio), { StreamStdio: heldOpen(options) });
  server.addService(serviceDefinition(GRPCBroker), { StartStream: heldOpen(options) });
  server.addService(serviceDefinition(Health), healthCalls());
  if (process.platform === 'win32') {
    const port = await bind(server, '127.0.0.1:0', options.credentials);
    return { network: 'tcp', address: `127.0.0.1:${port}`, close: () => server.forceShutdown() };
  }
  const folder = makeSocketFolder(options.socketDir);
  const address = path.join(folder, 's');
  const close = () => {
    server.forceShutdown();
    fs.rmSync(folder, { recursive: true, force: true });
  };
  try {
    await bind(server, `unix:${address}`, options.credentials);
  } catch (error) {
    close();
    throw error;
  }
  return { network: 'unix', address, close };
}

function bind(server: Server, address: string, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) => (error ? reject(error) : resolve(port)));
  });
}

function unary(calls: { readonly [method: string]: Call }): UntypedServiceImplementation {
  const handler = (call: Call) => (rpc: { readonly request: unknown }, reply: sendUnaryData<object>) => {
    call(rpc.request as never).then(
      (response) => reply(null, response),
      (error: Error) => reply({ code: 13, message: error.message }), // 13: internal
    );
  };
  return Object.fromEntries(
    Object.entries(calls).map(([name, call]) => [name, handler(call) as UntypedHandleCall]),
  );
}

function controllerCalls({ onShutdown }: PluginServerOptions) {
  return {
    async Shutdown(): Promise<object> {
      setImmediate(() => onShutdown?.());
      return {};
    },
  };
}

/** A stream that carries nothing and stays open: its end tells that the CLI is gone. */
function heldOpen({ onParentGone }: PluginServerOptions) {
  return (stream: ServerDuplexStream<object, object> | ServerWritableStream<object, object>) => {
    let told = false;
    const gone = () => {
      if (!told) onParentGone?.();
      told = true;
    };
    stream.on('cancelled', gone);
    stream.on('error', gone);
    if (!('read' in stream)) return;
    stream.on('data', () => {}); // further connections are of no use to a provider
    stream.on('end', () => {
      stream.end();
      gone();
    });
  };
}

/** Serving, for every service that is asked for. */
function healthCalls() {
  const status = { status: ServingStatus.SERVING };
  return {
    Check: (_rpc: unknown, reply: sendUnaryData<object>) => reply(null, status),
    Watch: (stream: ServerWritableStream<object, object>) => stream.write(status),
  };
}
