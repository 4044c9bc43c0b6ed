import type { SourceFacts, TriggerFacts } from '../../core/precheck.ts';
import { tableKey, tableLabel } from '../../core/table.ts';
import type { NameMapping } from '../../core/target.ts';
import { type Check, fail, warn } from '../check.ts';

/** Of tables that the target has before the task. */
export const existingTableChecks: readonly Check[] = [
  {
    name: 'target.existing_tables',
    title: 'Tables that exist at the target can take every row',
    find: ({ misfits }) => {
      const certain = misfits.filter((misfit) => misfit.certain);
      return certain.length === 0
        ? undefined
        : fail(
            'Tables exist at the target that cannot take every row of the source as it is: values or rows would be lost.',
            'Alter them at the target so that they are like the tables of the source (of defaults: or set binlog_row_image = FULL at the source and let the sessions reconnect), drop them there, or map the tables to other names.',
            certain.map(({ id, why }) => `${tableLabel(id)}: ${why}`),
          );
    },
  },
  {
    name: 'target.computed_columns',
    title: 'Tables that exist at the target compute and default to the same',
    find: ({ misfits }) => {
      const doubts = misfits.filter(({ certain }) => !certain);
      return doubts.length === 0
        ? undefined
        : warn(
            'Tables exist at the target whose computed columns have other expressions than at the source, or whose defaults may be others: values may differ.',
            'None needed where both mean the same; else alter the columns at the target, or drop the tables there.',
            doubts.map(({ id, why }) => `${tableLabel(id)}: ${why}`),
          );
    },
  },
  {
    name: 'target.triggers',
    title: 'No trigger of the target changes what the task writes',
    find: ({ source, target, mapping }) => {
      if (target.triggers.length === 0) return undefined;
      const twice = new Set(tablesWithTriggers(source, mapping));
      const harmful = target.triggers.filter(
        ({ table, changesRow }) => changesRow || twice.has(tableKey(table)),
      );
      return harmful.length > 0
        ? fail(
            'Tables of the target have triggers that change the rows that the task writes, or do once more what triggers of the source did, which its log holds.',
            'Drop these triggers at the target; those of the source are made when a migration completes.',
            harmful.map(triggerLabel),
          )
        : warn(
            'Tables of the target have triggers: they act on every row that the task writes, in its copy too.',
            'None needed if this is what you want and no selected table is changed by them; else drop the triggers at the target.',
            target.triggers.map(triggerLabel),
          );
    },
  },
];

const tablesWithTriggers = ({ tables }: SourceFacts, mapping: NameMapping) =>
  tables.filter(({ triggers }) => triggers > 0).map(({ id }) => tableKey(mapping.table(id)));

const triggerLabel = ({ table, name }: TriggerFacts): string => `${tableLabel(table)}: ${name}`;
