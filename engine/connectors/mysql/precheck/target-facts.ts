import type { Clock } from '../../../core/clock.ts';
import type { TargetFacts } from '../../../core/precheck.ts';
import type { TableId } from '../../../core/table.ts';
import type { MysqlConnection } from '../connection.ts';
import { flavourOf } from '../ddl/dialect.ts';
import { ownTypes } from '../ddl/own-types.ts';
import { isMysqlAtLeast } from '../session.ts';
import { existingTables, occupiedTables } from '../structure/occupied.ts';
import { versionOf } from '../structure/table-at-target.ts';
import { definerRights } from './definer-facts.ts';
import { isGranted } from './grants.ts';
import { type Asked, askServer } from './server-facts.ts';
import { triggerFacts } from './trigger-facts.ts';

/** What a task keeps of its own at the target. */
const OWN_DATABASE = 'opendts';
const ownNeeds = ['CREATE', 'SELECT', 'INSERT', 'UPDATE', 'DELETE'];
const needs = [
  ...ownNeeds,
  'DROP',
  'ALTER',
  'INDEX',
  'REFERENCES',
  'CREATE VIEW',
  'SHOW VIEW',
  'CREATE ROUTINE',
  'ALTER ROUTINE',
  'TRIGGER',
  'EVENT',
];

export async function targetFacts(
  connection: MysqlConnection,
  clock: Clock,
  tables: readonly TableId[],
  databases: readonly string[],
): Promise<TargetFacts> {
  const asked = await askServer(connection, clock);
  const { variables } = asked.facts;
  const existing = await existingTables(connection, tables);
  const isOn = (name: string) => ['ON', '1'].includes(variables[name]?.toUpperCase() ?? '');
  const session = await keySettings(connection);
  const collations = await connection.query('SHOW COLLATION');
  return {
    ...asked.facts,
    missingPrivileges: missingPrivileges(asked, databases),
    readOnly: isOn('super_read_only') || (isOn('read_only') && !bypassesReadOnly(asked)),
    bulkLoad: asked.capabilities.localInfile,
    takesFunctions:
      !isOn('log_bin') || isOn('log_bin_trust_function_creators') || isGranted(asked.grants, 'SUPER'),
    definers: await definerRights(connection, asked),
    // As our session has it after `connect`, which switches both off where it may.
    addsKeys: session?.adds === '1',
    requiresKeys: session?.requires === '1',
    requiresParentKeys: session?.requires_parent_keys === '1',
    existing,
    occupied: await occupiedTables(connection, existing),
    triggers: await triggerFacts(connection, existing, (variables.lower_case_table_names ?? '0') !== '0'),
    collations: collations.map((row) => row.Collation ?? ''),
    ...abilities(connection.serverVersion),
  };
}

/** What columns and indexes may be: see ddl/adapt.ts for what is kept as text. */
function abilities(
  serverVersion: string,
): Pick<
  TargetFacts,
  'typesKeptAsText' | 'typesLacking' | 'indexesExpressions' | 'choosesTimestampDefaults' | 'patchesJson'
> {
  const { flavour, version } = versionOf({ flavour: flavourOf(serverVersion), version: serverVersion });
  const below = (limits: Readonly<Record<string, number>>) =>
    Object.entries(limits).flatMap(([type, since]) => (version < since ? [type] : []));
  return flavour === 'mysql'
    ? {
        typesKeptAsText: [...ownTypes.keys()],
        typesLacking: below({ json: 50_708, vector: 90_000 }),
        indexesExpressions: version >= 80_013,
        choosesTimestampDefaults: version >= 50_700,
        patchesJson: true,
      }
    : {
        typesKeptAsText: ['json'],
        typesLacking: below({ uuid: 100_700, inet4: 101_000, vector: 110_700 }),
        indexesExpressions: false,
        choosesTimestampDefaults: version >= 100_804,
        patchesJson: false,
      };
}

async function keySettings(connection: MysqlConnection): Promise<Record<string, string | null> | undefined> {
  const has = (...version: [number, number, number]) => isMysqlAtLeast(connection.serverVersion, ...version);
  const requires = has(8, 0, 13) ? '@@sql_require_primary_key' : '0';
  const adds = has(8, 0, 30) ? '@@sql_generate_invisible_primary_key' : '0';
  const parents = has(8, 4, 0) ? '@@restrict_fk_on_non_standard_key' : '0';
  const [row] = await connection.query(
    `SELECT ${requires} AS requires, ${adds} AS adds, ${parents} AS requires_parent_keys`,
  );
  return row;
}

const bypassesReadOnly = ({ grants }: Asked): boolean =>
  ['SUPER', 'CONNECTION_ADMIN', 'READ_ONLY ADMIN', 'READ ONLY ADMIN'].some((name) => isGranted(grants, name));

function missingPrivileges({ grants }: Asked, databases: readonly string[]): string[] {
  const missing = (list: readonly string[], database: string) =>
    list
      .filter((privilege) => !isGranted(grants, privilege, database))
      .map((privilege) => `${privilege} ON ${database}.*`);
  return [...databases.flatMap((database) => missing(needs, database)), ...missing(ownNeeds, OWN_DATABASE)];
}
