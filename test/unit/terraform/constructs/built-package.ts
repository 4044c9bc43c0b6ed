import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildPackage } from '../../../../terraform/constructs/package/build.ts';
import { PACKAGE } from '../../../../terraform/constructs/package/manifest.ts';

/** The constructs as npm unpacks them from the archive that `npm run constructs:package` writes. */
export interface BuiltPackage extends Disposable {
  readonly name: string;
  readonly folder: string;
}

export async function builtPackage(): Promise<BuiltPackage> {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), 'opendts-package-'));
  const folder = path.join(parent, PACKAGE);
  await buildPackage(folder);
  return {
    name: PACKAGE,
    folder,
    [Symbol.dispose]: () => fs.rmSync(parent, { recursive: true, force: true }),
  };
}
