import fs from 'node:fs';
import path from 'node:path';
import { cached, progress } from './cache.ts';
import { unpackDebianPackages, unpackedCommand } from './debian-packages.ts';
import { commonOptions, type Installation, userOption } from './installation.ts';
import { runProgram } from './run-program.ts';

const packages = {
  name: 'mysql-9.7',
  suite: 'sid',
  packages: ['mysql-server-core', 'mysql-client-core'],
};

/** Options that are fixed when the data folder is made: a server with one of them gets a folder of its own making. */
const FIXED_AT_CREATION =
  /^--(lower[-_]case[-_]table[-_]names|innodb[-_](page[-_]size|data[-_]file[-_]path|undo))/;

// Without name resolution 127.0.0.1 is a host of its own, which root@localhost does not cover.
const INITIAL_SQL = `CREATE USER root@'127.0.0.1';
GRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;
`;

/** MySQL 9.7 from the packages of Debian sid. */
export async function installMysql97(): Promise<Installation> {
  const root = await installed();
  return {
    env: {},
    createData: async (folder, args) => {
      const fixed = args.filter((arg) => FIXED_AT_CREATION.test(arg));
      if (fixed.length > 0) return initialize(root, folder, fixed);
      fs.cpSync(`${root}/template`, folder, { recursive: true, mode: fs.constants.COPYFILE_FICLONE });
    },
    command: (options) => [
      ...server(root, `${options.folder}/data`),
      ...commonOptions(options),
      '--gtid-mode=ON',
      '--enforce-gtid-consistency=ON',
      '--innodb-redo-log-capacity=256M',
      ...options.args,
    ],
  };
}

/** The command of one of its client programs, such as `mysqldump`. */
export const mysql97Client = async (program: string): Promise<string[]> =>
  unpackedCommand(await installed(), `usr/bin/${program}`, ['mysql']);

const installed = (): Promise<string> =>
  cached({
    name: packages.name,
    key: [packages.suite, ...packages.packages],
    build: async (folder) => {
      await unpackDebianPackages(packages, folder);
      progress(`${packages.name}: making the template data folder`);
      await initialize(folder, `${folder}/template`, []);
      progress(`${packages.name}: ready`);
    },
  });

function server(root: string, data: string): string[] {
  return [
    ...unpackedCommand(root, 'usr/sbin/mysqld', ['mysql']),
    '--no-defaults',
    `--lc-messages-dir=${root}/usr/share/mysql`,
    `--character-sets-dir=${root}/usr/share/mysql/charsets`,
    `--plugin-dir=${root}/usr/lib/mysql/plugin`,
    '--mysqlx=OFF',
    `--datadir=${data}`,
    ...userOption(),
  ];
}

async function initialize(root: string, data: string, args: readonly string[]): Promise<void> {
  const sql = `${data}.sql`;
  fs.mkdirSync(path.dirname(data), { recursive: true });
  fs.writeFileSync(sql, INITIAL_SQL);
  const options = ['--initialize-insecure', `--init-file=${sql}`, '--innodb-redo-log-capacity=8M'];
  await runProgram([...server(root, data), ...options, ...args]);
  fs.rmSync(sql);
  fs.rmSync(`${data}/auto.cnf`, { force: true }); // else every copy has the same server_uuid
}
