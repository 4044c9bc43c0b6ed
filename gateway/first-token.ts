import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApiToken, Tokens } from '../engine/index.ts';

const firstTokenName = 'first admin token';

/**
 * At the first start makes a token with all rights and writes it to `<dataDir>/admin.token`, readable by the owner
 * only. Gives the path if it wrote the file. A start that died between making and writing is repaired: the token that
 * nobody can know is revoked and another one made.
 */
export async function ensureFirstToken(tokens: Tokens, dataDir: string): Promise<string | undefined> {
  const { items } = tokens.list({ first: 100 });
  const path = join(dataDir, 'admin.token');
  const lost = items.length === 1 && isUnused(items[0]) && !(await exists(path)) ? items[0] : undefined;
  if (items.length > 0 && lost === undefined) return undefined;
  if (lost) tokens.revoke(lost.id);
  const { secret } = tokens.create({ name: firstTokenName, scopes: ['admin'] });
  await writePrivate(path, `${secret}\n`);
  return path;
}

const isUnused = (token: ApiToken | undefined): boolean =>
  token?.name === firstTokenName && token.lastUsedAt === undefined && token.revokedAt === undefined;

const exists = (path: string): Promise<boolean> =>
  open(path).then(
    async (file) => {
      await file.close();
      return true;
    },
    () => false,
  );

/** Whole or not at all, and private from its first byte on. */
async function writePrivate(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
