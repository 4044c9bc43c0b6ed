import type { Duplex } from 'node:stream';
import {
  Server,
  ServerCredentials,
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

const LARGEST_MESSAGE = 256 << 20; // as the CLIs allow

export interface PluginServer {
  /** Serves the calls of a connection. */
  serve(connection: Duplex): void;
  /** Ends all calls at once. */
  close(): void;
}

/** By which both ends of a connection prove themselves, as PEM. */
export interface Tls {
  /** Of the CLI. */
  readonly clientCertificate: string;
  readonly certificate: string;
  readonly key: string;
}

export interface PluginServerOptions {
  readonly calls: { readonly [method: string]: Call };
  /** Without it connections are plain. */
  readonly tls?: Tls | undefined;
  /** A call of any service has come. */
  readonly onCall?: () => void;
  /** The CLI asks the process to end. */
  readonly onShutdown?: () => void;
  /** A stream that the CLI keeps open for its whole life has ended. */
  readonly onParentGone?: () => void;
}

/** Serves the protocol and the four services beside it. */
export function pluginServer(options: PluginServerOptions): PluginServer {
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
  const injector = server.createConnectionInjector(credentialsOf(options.tls));
  return {
    serve: (connection) => injector.injectConnection(connection),
    close: () => server.forceShutdown(),
  };
}

function credentialsOf(tls: Tls | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const pair = { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.certificate) };
  return ServerCredentials.createSsl(Buffer.from(tls.clientCertificate), [pair], true);
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
