import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { buildPackage } from './build.ts';
import { manifest, PACKAGE } from './manifest.ts';

// Builds the package of the constructs as an archive for `npm install`: npm run constructs:package
const DIST = path.resolve(import.meta.dirname, '../../../dist');
const folder = path.join(DIST, PACKAGE);

await buildPackage(folder);
const { status } = spawnSync('npm', ['pack', '--silent', folder, '--pack-destination', DIST], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
const archive = path.join(DIST, `${PACKAGE}-${manifest.version}.tgz`);
if (status !== 0 || !fs.existsSync(archive)) throw new Error('npm made no archive of the package');
console.log(`Wrote ${path.relative(process.cwd(), archive)}`);
