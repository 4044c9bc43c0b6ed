import type { MysqlServer } from '../../servers/mysql.ts';

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
