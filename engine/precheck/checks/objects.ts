import { tableKey, tableLabel } from '../../core/table.ts';
import { type Check, type Facts, fail, warn } from '../check.ts';

/** Tables whose rows live elsewhere or nowhere: there is nothing that could be copied and followed. */
const engineless = new Set(['federated', 'mrg_myisam', 'blackhole', 'csv', 'connect', 'spider', 'memory']);

const labels = (facts: Facts, matches: (table: Facts['source']['tables'][number]) => boolean): string[] =>
  facts.source.tables.filter(matches).map(({ id }) => tableLabel(id));

export const objectChecks: readonly Check[] = [
  {
    name: 'source.objects',
    title: 'The selected objects exist',
    find: ({ source }) =>
      source.missing.length === 0
        ? undefined
        : fail(
            'Selected objects do not exist at the source, or its user may not see them.',
            'Correct the selection, or grant SELECT on them.',
            source.missing,
          ),
  },
  {
    name: 'source.excluded_tables',
    title: 'The tables that are left out exist',
    find: ({ source }) =>
      source.excludedInVain.length === 0
        ? undefined
        : warn(
            'No table of the source has the name of these tables that are left out: a table that was meant is carried.',
            'Correct the names, also in upper and lower case. None needed if such tables are still to be created, or are gone.',
            source.excludedInVain.map(tableLabel),
          ),
  },
  {
    name: 'source.tables_without_key',
    title: 'Every table has a key',
    find: (facts) => {
      const tables = labels(facts, (table) => !table.hasKey);
      return tables.length === 0
        ? undefined
        : warn(
            'Tables have neither a primary key nor a unique key without NULL: they are copied in one piece and their changes applied slowly.',
            'Add a primary key.',
            tables,
          );
    },
  },
  {
    name: 'source.engines',
    title: 'The storage engines can be copied',
    find: (facts) => {
      const tables = labels(facts, ({ engine }) => engineless.has(engine));
      return tables.length === 0
        ? undefined
        : fail(
            'Tables use a storage engine without rows of its own or without a log of them.',
            'Convert the tables to InnoDB, or leave them out.',
            tables,
          );
    },
  },
  {
    name: 'source.kinds',
    title: 'The tables are ordinary ones',
    find: ({ source }) => {
      const others = source.tables.flatMap(({ id, otherThanTable: kind }) =>
        kind === undefined ? [] : [`${tableLabel(id)}: ${kind}`],
      );
      return others.length === 0
        ? undefined
        : fail(
            'Sequences and system-versioned tables cannot be carried.',
            'Leave them out, or make ordinary tables of them.',
            others,
          );
    },
  },
  {
    name: 'target.types',
    title: 'The target has the types of the columns',
    find: ({ source, target }) => {
      const columnsOf = (types: readonly string[]) =>
        source.tables.flatMap(({ id, rareColumns }) =>
          rareColumns
            .filter(({ type }) => types.includes(type))
            .map(({ name, type }) => `${tableLabel(id)}.${name}: ${type}`),
        );
      const lacking = columnsOf(target.typesLacking);
      if (lacking.length > 0)
        return fail(
          'The target has no such type.',
          'Leave the tables out, convert the columns at the source, or use a target of a newer version.',
          lacking,
        );
      const asText = columnsOf(target.typesKeptAsText);
      return asText.length === 0
        ? undefined
        : warn(
            'The target has no such type: the columns hold the text of their values there.',
            'See that what uses the columns there is content with text; expressions over them may mean something else.',
            asText,
          );
    },
  },
  {
    name: 'target.expression_indexes',
    title: 'The target has indexes over expressions',
    find: ({ source, target }) => {
      const indexes = source.tables.flatMap(({ id, expressionIndexes }) =>
        expressionIndexes.map((name) => `${tableLabel(id)}: ${name}`),
      );
      return target.indexesExpressions || indexes.length === 0
        ? undefined
        : fail(
            'The target has no indexes over expressions.',
            'Put the index over a generated column, leave the tables out, or use MySQL 8.0.13 or newer as target.',
            indexes,
          );
    },
  },
  {
    name: 'source.transactional_tables',
    title: 'Tables are transactional',
    find: (facts) => {
      const tables = labels(facts, ({ engine }) => engine !== 'innodb' && !engineless.has(engine));
      return tables.length === 0
        ? undefined
        : warn(
            'Tables are not InnoDB at the source: at the target they are made with InnoDB. They are locked against writing while they are read; those without a key all together, with all other tables without one.',
            'None needed if this is what you want; else convert the tables to InnoDB at the source.',
            tables,
          );
    },
  },
  {
    name: 'source.auto_increment',
    title: 'AUTO_INCREMENT columns begin an index',
    find: (facts) => {
      const tables = labels(facts, ({ countsWithinKey }) => countsWithinKey);
      return tables.length === 0
        ? undefined
        : fail(
            'The AUTO_INCREMENT column of these tables begins no index: InnoDB, with which the target makes them, refuses that.',
            'Add an index that begins with the column, or leave the tables out.',
            tables,
          );
    },
  },
  {
    name: 'target.collations',
    title: 'The target has the collations',
    find: (facts) => {
      const known = new Set(facts.target.collations.map(canonical));
      const charsets = new Set([...known].map(charsetOf));
      const unwritable = labels(facts, ({ collations }) =>
        collations.some((name) => !charsets.has(charsetOf(canonical(name)))),
      );
      if (unwritable.length > 0)
        return fail(
          'The target does not know the character set of these tables.',
          'Convert the tables at the source to a character set that both ends know, or leave them out.',
          unwritable,
        );
      const inKeys = labels(facts, ({ keyCollations }) =>
        keyCollations.some((name) => !known.has(canonical(name)) && !isBinary(name)),
      );
      if (inKeys.length > 0)
        return fail(
          'The target does not know the collation of columns in unique keys: values that differ at the source may be equal there, and rows be lost.',
          'Change the collation of these columns at the source to one that both ends know, such as utf8mb4_bin or utf8mb4_unicode_ci, or leave the tables out.',
          inKeys,
        );
      const tables = labels(facts, ({ collations }) =>
        collations.some((name) => !known.has(canonical(name))),
      );
      return tables.length === 0
        ? undefined
        : warn(
            'The target does not know the collation of these tables: a near one is used, which may order and compare differently.',
            'Change the collation at the source to one that both ends know.',
            tables,
          );
    },
  },
  {
    name: 'source.foreign_key_parents',
    title: 'Parents of foreign keys are selected',
    find: (facts) => {
      const selected = new Set(facts.source.tables.map(({ id }) => tableKey(id)));
      const tables = labels(facts, ({ foreignKeys }) =>
        foreignKeys.some(({ parent }) => !selected.has(tableKey(parent))),
      );
      return tables.length === 0
        ? undefined
        : fail(
            'Tables have foreign keys to tables that are not selected.',
            'Select the parent tables, leave these tables out, or drop the foreign keys.',
            tables,
          );
    },
  },
  {
    name: 'source.cascades',
    title: 'What foreign keys change in other tables is in the log',
    find: (facts) => {
      const tables = labels(facts, ({ foreignKeys }) => foreignKeys.some(({ cascades }) => cascades));
      return tables.length === 0 || facts.source.logsCascades
        ? undefined
        : warn(
            'Foreign keys cascade: the log of this source does not hold the rows that they change, so changes of their parents are applied one by one.',
            'None needed; it is slower.',
            tables,
          );
    },
  },
  {
    name: 'source.triggers',
    title: 'Triggers',
    find: (facts) => {
      const tables = labels(facts, ({ triggers }) => triggers > 0);
      return tables.length === 0
        ? undefined
        : warn(
            'Tables have triggers: they are made at the target when the task completes, as the log holds what they did.',
            'None needed.',
            tables,
          );
    },
  },
];

/** Another collation of this kind holds the same values for equal. */
const isBinary = (collation: string): boolean => collation.endsWith('_bin');

/** A collation's name begins with that of its character set. */
const charsetOf = (collation: string): string => collation.replace(/_.*/, '');

/** utf8 and utf8mb3 are two names of one character set. */
const canonical = (collation: string): string => collation.replace(/^utf8_/, 'utf8mb3_');
