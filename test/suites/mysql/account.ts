import type { Flavour, MysqlServer } from '../../servers/mysql.ts';

/** What the precheck asks of the users: the documented privileges, and no others. */
export const sourceGrants: Record<Flavour, readonly string[]> = {
  'mysql-9.7': [
    'REPLICATION SLAVE, REPLICATION CLIENT, SHOW_ROUTINE ON *.*',
    'SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON shop.*',
  ],
  'mysql-5.6': [
    'REPLICATION SLAVE, REPLICATION CLIENT ON *.*',
    'SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON shop.*',
    'SELECT ON mysql.proc',
  ],
  'mariadb-10.11': [
    'REPLICATION SLAVE, REPLICATION CLIENT, SLAVE MONITOR ON *.*',
    'SELECT, SHOW VIEW, TRIGGER, EVENT ON shop.*',
    'SELECT ON mysql.proc',
  ],
};
export const targetGrants = [
  'CREATE, DROP, ALTER, INDEX, REFERENCES, SELECT, INSERT, UPDATE, DELETE, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, TRIGGER, EVENT ON shop.*',
  'CREATE, SELECT, INSERT, UPDATE, DELETE ON opendts.*',
];

/** The same server for another user, where only an address is needed. Its user may come from loopback and has exactly these grants. */
export async function accountOf(
  server: MysqlServer,
  username: string,
  grants: readonly string[],
): Promise<MysqlServer> {
  const user = `'${username}'@'127.0.0.1'`;
  await server.query(`CREATE USER ${user} IDENTIFIED BY 'secret'`);
  for (const grant of grants) await server.query(`GRANT ${grant} TO ${user}`);
  return new Proxy(server, {
    get: (target, property) => {
      if (property === 'username') return username;
      if (property === 'password') return 'secret';
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
