import { cacheFolder, progress } from './cache.ts';
import { flavours, installFlavour, isExternal } from './mysql.ts';
import { terraformClis } from './terraform-clis.ts';

/** Has every server of the tests and the demo in the cache; at once when it is there. */
export async function prepareServers(): Promise<void> {
  for (const flavour of flavours) {
    if (isExternal(flavour)) progress(`${flavour}: a ready server is given by its variable`);
    else await installFlavour(flavour);
  }
}

if (import.meta.main) {
  try {
    await prepareServers();
    const clis = (await terraformClis()).map(({ name, version }) => `${name} ${version}`);
    progress(`provider suites run with ${clis.join(' and ')}`);
    progress(`ready in ${cacheFolder()}`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
