import { takeExternalServer } from './external-server.ts';
import type { Installation } from './installation.ts';
import { installMariadb1011 } from './mariadb-10.11.ts';
import { installMysql56 } from './mysql-5.6.ts';
import { installMysql97 } from './mysql-9.7.ts';
import type { Flavour, MysqlServer, StartOptions } from './mysql-server.ts';
import { startOwnServer } from './own-server.ts';

export type { Flavour, MysqlServer, StartOptions } from './mysql-server.ts';

interface FlavourSource {
  readonly install: () => Promise<Installation>;
  /** Variable that names ready servers instead. */
  readonly variable: string;
  /** What a system must have for `install`. */
  readonly needs: string;
}

const sources: Record<Flavour, FlavourSource> = {
  'mysql-9.7': {
    install: installMysql97,
    variable: 'OPENDTS_TEST_MYSQL97_URL',
    needs: 'apt-get and dpkg-deb with a Debian archive that has the suite sid',
  },
  'mysql-5.6': {
    install: installMysql56,
    variable: 'OPENDTS_TEST_MYSQL56_URL',
    needs: 'Linux on x64 and the development dependencies of `npm ci`',
  },
  'mariadb-10.11': {
    install: installMariadb1011,
    variable: 'OPENDTS_TEST_MARIADB_URL',
    needs: 'apt-get and dpkg-deb with a Debian archive that has the suite bookworm',
  },
};

export const flavours = Object.keys(sources) as Flavour[];

/** Starts a server of the flavour on a free loopback port, or takes a ready one that the flavour's variable names. */
export async function startMysql(flavour: Flavour, options: StartOptions = {}): Promise<MysqlServer> {
  const ready = process.env[sources[flavour].variable];
  if (ready) return takeExternalServer(flavour, ready);
  return startOwnServer(flavour, await installFlavour(flavour), options);
}

/** Has the flavour's programs in the cache, or fails with what is missing. */
export async function installFlavour(flavour: Flavour): Promise<Installation> {
  const { install, needs, variable } = sources[flavour];
  try {
    return await install();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const example = 'mysql://root:password@host:port';
    const remedy = `It needs ${needs}; or set ${variable} to the URL of a ready server, as ${example}`;
    throw new Error(`${flavour} cannot be had on this system: ${reason}\n${remedy}`, { cause });
  }
}

/** Whether a variable names ready servers of this flavour. */
export function isExternal(flavour: Flavour): boolean {
  return Boolean(process.env[sources[flavour].variable]);
}
