import { once } from 'node:events';
import fs from 'node:fs';
import { createServer, type Socket } from 'node:net';
import path from 'node:path';
import { makeSocketFolder } from './socket-folder.ts';

/** Where CLIs reach the provider. */
export interface Listener {
  readonly network: 'unix' | 'tcp';
  readonly address: string;
  /** Gives connections to whom they are for, those first that came before. To be called once. */
  handTo(serve: (connection: Socket) => void): void;
  /** Takes no more connections, ends those that were not handed on, and removes the socket. */
  close(): void;
}

/**
 * Listens on a socket, or on a port of 127.0.0.1 under Windows. Connections are taken at once and wait to be served: a CLI can be told
 * the address before what answers it is loaded, which takes longer than all else of a start.
 */
export async function listen(socketDir: string | undefined): Promise<Listener> {
  const waiting = new Set<Socket>();
  let serve: (connection: Socket) => void = (connection) => {
    waiting.add(connection);
    connection.on('error', () => waiting.delete(connection));
  };
  const server = createServer({ noDelay: true }, (connection) => serve(connection));
  const folder = process.platform === 'win32' ? undefined : makeSocketFolder(socketDir);
  const close = () => {
    server.close();
    for (const connection of waiting) connection.destroy();
    if (folder !== undefined) fs.rmSync(folder, { recursive: true, force: true });
  };
  try {
    server.listen(folder === undefined ? { host: '127.0.0.1', port: 0 } : { path: path.join(folder, 's') });
    await once(server, 'listening');
  } catch (error) {
    close();
    throw error;
  }
  const address = server.address() as string | { readonly port: number };
  return {
    ...(typeof address === 'string'
      ? { network: 'unix', address }
      : { network: 'tcp', address: `127.0.0.1:${address.port}` }),
    handTo(next) {
      serve = next;
      for (const connection of waiting) {
        connection.removeAllListeners('error');
        next(connection);
      }
      waiting.clear();
    },
    close,
  };
}
