import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { silentLogger } from '../../../engine/core/logger.ts';
import { openEngine } from '../../../engine/open.ts';

test('a service that ends while a task is checked ends the check; the next start checks again', async () => {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'opendts-closing-'));
  // Accepts and says nothing: the check waits for its greeting.
  const silent = net.createServer(() => {});
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const open = () => openEngine({ dataDir, logger: silentLogger });
  let asked = once(silent, 'connection');
  let engine = await open();
  const endpoint = (name: string) =>
    engine.endpoints.create({
      name,
      engine: 'MYSQL',
      host: '127.0.0.1',
      port,
      username: 'nobody',
      password: '',
      tls: { mode: 'DISABLED' },
    }).id;
  const { id } = engine.tasks.create({
    kind: 'MIGRATION',
    name: 'checked',
    sourceId: endpoint('source'),
    targetId: endpoint('target'),
    objects: { databases: [{ name: 'shop' }] },
  });
  try {
    for (let life = 0; life < 2; life += 1) {
      if (life === 0) engine.tasks.runPrecheck(id);
      const [socket] = (await asked) as [net.Socket];
      const left = once(socket.resume(), 'close');
      asked = once(silent, 'connection');
      await engine.close();
      await left;
      engine = await open();
      expect(engine.tasks.get(id)?.state).toBe('CHECKING');
    }
  } finally {
    asked.catch(() => undefined);
    await engine.close();
    silent.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});
