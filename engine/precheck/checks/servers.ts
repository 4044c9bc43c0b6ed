import type { ServerFacts } from '../../core/precheck.ts';
import { tableLabel } from '../../core/table.ts';
import { type Check, fail, warn } from '../check.ts';

/** Clocks further apart than this make the shown lag wrong, milliseconds. */
const SKEW_MILLIS = 5000;

export const serverChecks: readonly Check[] = [
  {
    name: 'source.version',
    title: 'The version of the source is supported',
    find: ({ source }) =>
      source.supported
        ? undefined
        : fail(
            `The source is ${source.flavour} ${source.version}.`,
            'Upgrade the source to MySQL 5.6 or newer, or MariaDB 10.6 or newer.',
          ),
  },
  {
    name: 'target.version',
    title: 'The version of the target is supported',
    find: ({ target }) =>
      target.supported
        ? undefined
        : fail(
            `The target is ${target.flavour} ${target.version}.`,
            'Upgrade the target to MySQL 5.6 or newer, or MariaDB 10.6 or newer.',
          ),
  },
  {
    name: 'target.other_version',
    title: 'The target is not older than the source',
    find: ({ source, target }) =>
      isBehind(source, target)
        ? warn(
            `The source is ${source.version}, the target ${target.version}: newer syntax and types will be refused there.`,
            'Use a target of the same or a newer version.',
          )
        : undefined,
  },
  {
    name: 'source.privileges',
    title: 'The source user has the privileges',
    find: ({ source }) =>
      source.missingPrivileges.length === 0
        ? undefined
        : fail(
            `The source user lacks: ${source.missingPrivileges.join('; ')}.`,
            'Grant the named privileges to the user of the source endpoint.',
            source.missingPrivileges,
          ),
  },
  {
    name: 'target.privileges',
    title: 'The target user has the privileges',
    find: ({ target }) =>
      target.missingPrivileges.length === 0
        ? undefined
        : fail(
            `The target user lacks: ${target.missingPrivileges.join('; ')}.`,
            'Grant the named privileges to the user of the target endpoint.',
            target.missingPrivileges,
          ),
  },
  {
    name: 'servers.apart',
    title: 'Source and target do not overwrite each other',
    find: ({ source, target, mapping }) => {
      if (source.server !== target.server) return undefined;
      const same = source.tables
        .filter(({ id }) => tableLabel(mapping.table(id)) === tableLabel(id))
        .map(({ id }) => tableLabel(id));
      return same.length === 0
        ? undefined
        : fail(
            'Source and target are one server, and objects keep their names.',
            'Choose another target, or map the databases to other names.',
            same,
          );
    },
  },
  {
    name: 'servers.clock',
    title: 'The clocks of both servers agree with ours',
    find: ({ source, target }) => {
      const worst = Math.max(Math.abs(source.clockSkewMillis), Math.abs(target.clockSkewMillis));
      return worst <= SKEW_MILLIS
        ? undefined
        : warn(
            `The clock of the source is ${source.clockSkewMillis} ms, that of the target ${target.clockSkewMillis} ms away from ours; the lag shown will be wrong by as much.`,
            'Synchronize the clocks by NTP.',
          );
    },
  },
];

/** Of another flavour: MySQL 8.0.13 brought the last of what MariaDB has long had, defaults that are expressions. */
function isBehind(source: ServerFacts, target: ServerFacts): boolean {
  if (source.flavour === target.flavour) return isOlder(target.version, source.version);
  return target.flavour === 'MySQL' && isOlder(target.version, '8.0');
}

function isOlder(a: string, b: string): boolean {
  const numbers = (text: string) => text.split(/[.-]/).slice(0, 2).map(Number);
  const [aMajor = 0, aMinor = 0] = numbers(a);
  const [bMajor = 0, bMinor = 0] = numbers(b);
  return aMajor < bMajor || (aMajor === bMajor && aMinor < bMinor);
}
