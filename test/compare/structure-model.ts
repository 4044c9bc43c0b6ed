export interface StructureDifference {
  /** Which fact of the structure: `table orders: column amount: default`. */
  readonly fact: string;
  readonly source: string | undefined;
  readonly target: string | undefined;
}

/** Which server printed a text: what the rules of allowed differences look at. */
export interface ServerVersion {
  readonly family: 'mysql' | 'mariadb';
  /** 5.6 → 506, 9.7 → 907, MariaDB 10.11 → 1011. */
  readonly number: number;
}

export function parseVersion(text: string): ServerVersion {
  const [major = '0', minor = '0'] = text.split('.');
  return {
    family: /mariadb/i.test(text) ? 'mariadb' : 'mysql',
    number: Number(major) * 100 + Number.parseInt(minor, 10),
  };
}
