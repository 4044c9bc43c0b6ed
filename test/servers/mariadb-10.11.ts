import fs from 'node:fs';
import { cached, progress } from './cache.ts';
import { unpackDebianPackages, unpackedCommand } from './debian-packages.ts';
import { commonOptions, type Installation, userOption } from './installation.ts';
import { runProgram } from './run-program.ts';

const packages = {
  name: 'mariadb-10.11',
  suite: 'bookworm',
  packages: ['mariadb-server-core', 'mariadb-server'],
};

/** What mariadb-install-db feeds to the server, in its order. */
const SYSTEM_SQL = [
  'mysql_system_tables.sql',
  'mysql_performance_tables.sql',
  'mysql_system_tables_data.sql',
  'fill_help_tables.sql',
  'maria_add_gis_sp_bootstrap.sql',
  'mysql_sys_schema.sql',
];

/** MariaDB 10.11 from the packages of Debian bookworm. */
export async function installMariadb1011(): Promise<Installation> {
  const root = await cached({
    name: packages.name,
    key: [packages.suite, ...packages.packages],
    build: async (folder) => {
      await unpackDebianPackages(packages, folder);
      progress(`${packages.name}: making the template data folder`);
      await initialize(folder, `${folder}/template`);
      progress(`${packages.name}: ready`);
    },
  });
  return {
    env: {},
    createData: async (folder) => {
      fs.cpSync(`${root}/template`, folder, { recursive: true, mode: fs.constants.COPYFILE_FICLONE });
    },
    command: (options) => [
      ...server(root, `${options.folder}/data`),
      ...commonOptions(options),
      '--gtid-strict-mode=ON',
      '--log-slave-updates=ON',
      ...options.args,
    ],
  };
}

function server(root: string, data: string): string[] {
  return [
    ...unpackedCommand(root, 'usr/sbin/mariadbd'),
    '--no-defaults',
    `--basedir=${root}/usr`,
    `--lc-messages-dir=${root}/usr/share/mysql`,
    `--character-sets-dir=${root}/usr/share/mysql/charsets`,
    `--plugin-dir=${root}/usr/lib/mysql/plugin`,
    `--datadir=${data}`,
    ...userOption(),
  ];
}

async function initialize(root: string, data: string): Promise<void> {
  fs.mkdirSync(`${data}/mysql`, { recursive: true });
  const files = SYSTEM_SQL.map((name) => fs.readFileSync(`${root}/usr/share/mysql/${name}`, 'utf8'));
  // bootstrap takes one statement a line
  const head = ['create database if not exists mysql;', 'use mysql;', 'SET @auth_root_socket=NULL;'];
  await runProgram(
    [
      ...server(root, data),
      '--bootstrap',
      '--log-warnings=0',
      '--enforce-storage-engine=',
      '--max-allowed-packet=8M',
      '--net-buffer-length=16K',
      '--skip-log-bin',
    ],
    { input: [...head, ...files, ''].join('\n') },
  );
}
