import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { type PacedPipe, pipePaced } from './paced-pipe.ts';

export interface ProxyOptions {
  readonly to: { readonly host: string; readonly port: number };
}

/** A TCP proxy on loopback that fails as networks do. */
export interface NetworkProxy extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Connections that are open now. */
  readonly connections: number;
  /** Bytes forwarded since the start, both ways. */
  readonly forwardedBytes: number;
  /** Ends every connection in order, by FIN. New ones are accepted. */
  cut(): void;
  /** Ends every connection by RST. New ones are accepted. */
  reset(): void;
  /** Forwards nothing any more, of old and new connections, and says nothing: as a dead line. */
  stall(): void;
  /** Forwards again, first what was held back, and lifts the throttle. */
  resume(): void;
  /** Limits each direction of each connection. */
  throttle(bytesPerSecond: number): void;
  /** Bytes arrive this much later, each way, of old and new connections. */
  delay(millis: number): void;
  /** Whether new connections are reset at once. */
  refuse(refused: boolean): void;
  /** Ends everything. */
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  readonly pipes: readonly PacedPipe[];
}

/** Starts a proxy in front of a server. */
export async function startProxy({ to }: ProxyOptions): Promise<NetworkProxy> {
  const pairs = new Set<Pair>();
  let bytesPerSecond = Number.POSITIVE_INFINITY; // 0 when stalled
  let refused = false;
  let latency = 0;
  let forwardedBytes = 0;

  const listener = net.createServer({ allowHalfOpen: true }, (client) => {
    client.on('error', () => {});
    if (refused) {
      reset(client);
      return;
    }
    const server = net.connect({ ...to, allowHalfOpen: true });
    const forwarded = (bytes: number) => {
      forwardedBytes += bytes;
    };
    const pipes = [
      pipePaced({ from: client, to: server, bytesPerSecond, forwarded }),
      pipePaced({ from: server, to: client, bytesPerSecond, forwarded }),
    ];
    for (const pipe of pipes) pipe.delay(latency);
    const pair: Pair = { client, server, pipes };
    pairs.add(pair);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.on('error', () => reset(other)); // a reset of one side is a reset of the other
      socket.on('close', () => {
        for (const pipe of pipes) pipe.stop();
        if (client.destroyed && server.destroyed) pairs.delete(pair);
      });
    }
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');

  const pace = (limit: number) => {
    bytesPerSecond = limit;
    for (const pair of pairs) for (const pipe of pair.pipes) pipe.pace(limit);
  };
  const each = (end: (socket: Socket) => void) => {
    for (const { client, server, pipes } of pairs) {
      for (const pipe of pipes) pipe.stop();
      end(client);
      end(server);
    }
  };
  const proxy: NetworkProxy = {
    host: '127.0.0.1',
    port: (listener.address() as AddressInfo).port,
    get connections() {
      return pairs.size;
    },
    get forwardedBytes() {
      return forwardedBytes;
    },
    cut: () =>
      each((socket) => {
        socket.end();
        socket.resume(); // closed with bytes unread, the kernel would send RST
      }),
    reset: () => each(reset),
    stall: () => pace(0),
    resume: () => pace(Number.POSITIVE_INFINITY),
    throttle: (limit) => pace(limit),
    delay: (millis) => {
      latency = millis;
      for (const pair of pairs) for (const pipe of pair.pipes) pipe.delay(millis);
    },
    refuse: (value) => {
      refused = value;
    },
    close: async () => {
      if (!listener.listening) return;
      const closed = once(listener, 'close');
      listener.close();
      each((socket) => socket.destroy());
      await closed;
    },
    [Symbol.asyncDispose]: () => proxy.close(),
  };
  return proxy;
}

/** Ends the connection by RST. While its FIN waits behind what is yet to be sent, node cannot, and would leave the socket open. */
function reset(socket: Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}
