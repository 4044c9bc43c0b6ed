/**
 * Types that MariaDB alone has, and the type that holds their text anywhere else: a UUID has 36 characters, an IPv6 address at most 45,
 * an IPv4 address at most 15.
 */
export const ownTypes: ReadonlyMap<string, string> = new Map([
  ['uuid', 'char(36)'],
  ['inet6', 'varchar(45)'],
  ['inet4', 'varchar(15)'],
]);
