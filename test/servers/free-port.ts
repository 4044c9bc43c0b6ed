import fs from 'node:fs';
import net from 'node:net';

const LOWEST = 12_000;

/**
 * A free loopback port below the range that outgoing connections use: a stopped server finds it free again at its
 * restart, and a client that retries meanwhile cannot connect to itself.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = LOWEST + Math.floor(Math.random() * (lowestOutgoing() - LOWEST));
    if (await isFree(port)) return port;
  }
  throw new Error(`no free loopback port between ${LOWEST} and ${lowestOutgoing()}`);
}

function lowestOutgoing(): number {
  const file = '/proc/sys/net/ipv4/ip_local_port_range';
  const lowest = fs.existsSync(file) ? Number.parseInt(fs.readFileSync(file, 'utf8'), 10) : 32_768;
  return lowest > LOWEST + 1000 ? lowest : 32_768;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
