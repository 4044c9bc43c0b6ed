import type { SourceFacts } from '../../core/precheck.ts';
import { type TableId, tableKey, tableLabel } from '../../core/table.ts';
import { type Check, fail, isOn, warn } from '../check.ts';

export const targetChecks: readonly Check[] = [
  {
    name: 'target.read_only',
    title: 'The target can be written to',
    find: ({ target }) =>
      target.readOnly
        ? fail('The target is read-only.', 'Set read_only and super_read_only to OFF at the target.')
        : undefined,
  },
  {
    name: 'target.conflicts',
    title: 'No selected table has rows at the target',
    find: ({ target, task }) => {
      if (target.occupied.length === 0) return undefined;
      const objects = target.occupied.map(tableLabel);
      return task.options.conflictMode === 'IGNORE'
        ? warn(
            'Tables with rows exist at the target: rows of the source will replace those with the same key.',
            'None needed if this is what you want.',
            objects,
          )
        : fail(
            'Tables with rows exist at the target.',
            'Map the tables to other names, empty or drop them at the target, or choose conflict mode IGNORE.',
            objects,
          );
    },
  },
  {
    name: 'target.emptied_tables',
    title: 'No table is emptied before its copy',
    find: ({ source, target, task, mapping }) => {
      const occupied = new Set(target.occupied.map(tableKey));
      const emptied = task.options.conflictMode === 'IGNORE' ? copiedWhole(source) : [];
      const objects = emptied.map((id) => mapping.table(id)).filter((id) => occupied.has(tableKey(id)));
      return objects.length === 0
        ? undefined
        : warn(
            'All rows that these tables have at the target will be removed: tables without a key, and those that cascading foreign keys join, are emptied before they are copied.',
            'Save the rows elsewhere or map the tables to other names, if they are still needed.',
            objects.map(tableLabel),
          );
    },
  },
  {
    name: 'target.foreign_key_parents',
    title: 'The target takes the foreign keys',
    find: ({ source, target }) => {
      const tables = source.tables.filter(({ foreignKeys }) =>
        foreignKeys.some(({ refersToKey }) => !refersToKey),
      );
      return tables.length === 0 || !target.requiresParentKeys
        ? undefined
        : fail(
            'restrict_fk_on_non_standard_key is ON at the target: foreign keys that refer to columns which are no whole unique key are refused.',
            'Set restrict_fk_on_non_standard_key = OFF at the target, grant SESSION_VARIABLES_ADMIN to the user of the target endpoint, or make the referred columns a unique key.',
            tables.map(({ id }) => tableLabel(id)),
          );
    },
  },
  {
    name: 'target.max_allowed_packet',
    title: 'The target takes rows as large as the source has them',
    find: ({ source, target }) => {
      const of = (variables: Readonly<Record<string, string>>) => Number(variables.max_allowed_packet ?? 0);
      return of(target.variables) >= of(source.variables)
        ? undefined
        : warn(
            `max_allowed_packet is ${of(target.variables)} at the target and ${of(source.variables)} at the source: larger rows will be refused.`,
            'Raise max_allowed_packet at the target to that of the source or more.',
          );
    },
  },
  {
    name: 'target.lower_case_table_names',
    title: 'Both ends compare table names alike',
    find: ({ source, target }) => {
      const [at, to] = [source, target].map((end) => end.variables.lower_case_table_names ?? '0');
      if (at === to) return undefined;
      const message = `lower_case_table_names is ${at} at the source and ${to} at the target.`;
      const names = source.tables.map(({ id }) => tableLabel(id));
      const folded = new Set(names.map((name) => name.toLowerCase()));
      return to !== '0' && folded.size < names.length
        ? fail(
            `${message} Names of selected tables differ in case only.`,
            'Rename these tables, or map them to other names.',
          )
        : warn(message, 'Use a target with the same setting where names with capitals matter.');
    },
  },
  {
    name: 'target.explicit_defaults_for_timestamp',
    title: 'Both ends define TIMESTAMP columns alike',
    find: ({ source, target }) => {
      const name = 'explicit_defaults_for_timestamp';
      const [at, to] = [source, target].map((end) => isOn(end.variables[name]));
      // Everywhere else a session of ours takes the setting of the source.
      return at === to || target.choosesTimestampDefaults
        ? undefined
        : fail(
            `${name} is ${at ? 'ON' : 'OFF'} at the source, and cannot be chosen for a session at the target.`,
            `Set ${name} = ${at ? 'ON' : 'OFF'} in the configuration of the target and restart it.`,
          );
    },
  },
  {
    name: 'target.tables_without_primary_key',
    title: 'The target takes tables without a primary key as they are',
    find: ({ source, target }) => {
      const tables = source.tables
        .filter(({ hasPrimaryKey }) => !hasPrimaryKey)
        .map(({ id }) => tableLabel(id));
      if (tables.length === 0) return undefined;
      const remedy = (variable: string) =>
        `Set ${variable} = OFF at the target, grant SESSION_VARIABLES_ADMIN to the user of the target endpoint, or add primary keys.`;
      if (target.requiresKeys) {
        return fail(
          'sql_require_primary_key is ON at the target: tables without a primary key are refused.',
          remedy('sql_require_primary_key'),
          tables,
        );
      }
      return target.addsKeys
        ? warn(
            'sql_generate_invisible_primary_key is ON at the target: tables without a primary key get an invisible column my_row_id there.',
            remedy('sql_generate_invisible_primary_key'),
            tables,
          )
        : undefined;
    },
  },
  {
    name: 'target.log_bin_trust_function_creators',
    title: 'The target takes stored functions and triggers',
    find: ({ source, target, task }) => {
      const triggers = source.tables.filter((table) => table.triggers > 0).map(({ id }) => id);
      // Triggers are made at the completion of a migration only.
      const objects = [...source.functions, ...(task.kind === 'MIGRATION' ? triggers : [])].map(tableLabel);
      return target.takesFunctions || objects.length === 0
        ? undefined
        : fail(
            'The target writes a binary log and lets only users with SUPER make stored functions and triggers.',
            'Set log_bin_trust_function_creators = ON at the target, or grant SUPER to the user of the target endpoint.',
            objects,
          );
    },
  },
  {
    name: 'target.local_infile',
    title: 'The target allows bulk streams',
    find: ({ target }) =>
      target.bulkLoad
        ? undefined
        : warn(
            'local_infile is OFF at the target: the full load uses INSERT, which is several times slower.',
            'SET GLOBAL local_infile = ON at the target for the time of the full load.',
          ),
  },
];

/** Tables that cannot be copied in pieces: their copy is of one position. */
function copiedWhole({ tables, logsCascades }: SourceFacts): TableId[] {
  const joined = new Set(
    tables.flatMap(({ id, foreignKeys }) =>
      foreignKeys.flatMap(({ cascades, parent }) => (cascades ? [tableKey(id), tableKey(parent)] : [])),
    ),
  );
  return tables
    .filter(({ id, hasKey }) => !hasKey || (!logsCascades && joined.has(tableKey(id))))
    .map(({ id }) => id);
}
