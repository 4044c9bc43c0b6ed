import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What stands before a service and has it under a path. */
export interface PathFront extends AsyncDisposable {
  readonly url: string;
}

/** Listens at 127.0.0.1 on a free port; has the service at `url` under `path`, and a page without sense everywhere else. */
export async function openPathFront(url: string, path: string): Promise<PathFront> {
  const server = http.createServer(async (request, response) => {
    if (!request.url?.startsWith(`${path}/`)) {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not here</h1>');
      return;
    }
    const { authorization = '' } = request.headers;
    const answer = await fetch(`${url}${request.url.slice(path.length)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: new Uint8Array(await buffer(request)),
    });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}
