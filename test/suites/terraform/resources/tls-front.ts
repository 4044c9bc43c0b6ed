import net from 'node:net';
import tls from 'node:tls';
import type { Certificate } from '../../../../terraform/provider/protocol/server/certificate.ts';

/** What stands before a service and speaks TLS for it. What it carries it does not read. */
export interface TlsFront extends AsyncDisposable {
  readonly port: number;
}

/** Listens at 127.0.0.1 on a free port, for the service at `url`. */
export async function openTlsFront(url: string, certificate: Certificate): Promise<TlsFront> {
  const { hostname, port } = new URL(url);
  const open = new Set<net.Socket>();
  const keep = (socket: net.Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => {}); // a client that trusts nobody ends the connection so
  };
  const server = tls.createServer({ cert: certificate.certificatePem, key: certificate.keyPem }, (outer) => {
    const inner = net.connect(Number(port), hostname);
    for (const socket of [outer, inner]) keep(socket);
    outer.pipe(inner).pipe(outer);
    outer.once('close', () => inner.destroy());
    inner.once('close', () => outer.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: (server.address() as net.AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((done) => server.close(done));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
