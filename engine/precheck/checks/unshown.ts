import type { UnshownFacts } from '../../core/precheck.ts';
import { tableLabel } from '../../core/table.ts';
import { type Check, type Finding, fail, warn } from '../check.ts';

/** Of texts that the source's own definitions show otherwise than they are: what is made from them at the target has the other text. */
export const unshownChecks: readonly Check[] = [
  {
    name: 'source.members',
    title: 'Members of ENUM and SET columns can be read',
    find: ({ source }) =>
      judge(source.members, {
        lost: "Members of these ENUM or SET columns hold characters that the server's own definitions show as ?: the target would get other members.",
        doubt:
          'Members of these ENUM or SET columns hold ?, or a character that the source shows as one: the target gets ?.',
        change: 'Rename these members at the source',
      }),
  },
  {
    name: 'source.defaults',
    title: 'Defaults of columns can be read',
    find: ({ source }) =>
      judge(source.defaults, {
        lost: "Defaults of these columns hold characters that the server's own definitions show as ?: the target would get other defaults.",
        doubt:
          'Defaults of these columns hold ?, or a character that the source shows as one: the target gets ?.',
        change: 'Change these defaults at the source',
      }),
  },
];

const label = ({ id, column }: UnshownFacts) => `${tableLabel(id)}.${column}`;

function judge(
  columns: readonly UnshownFacts[],
  { lost, doubt, change }: Readonly<Record<'lost' | 'doubt' | 'change', string>>,
): Finding | undefined {
  const certain = columns.filter((column) => column.certain);
  const leaveOut = 'or leave the tables out.';
  if (certain.length > 0) return fail(lost, `${change}, ${leaveOut}`, certain.map(label));
  if (columns.length === 0) return undefined;
  const remedy = `None needed where it is a question mark. Else: ${change.toLowerCase()}, ${leaveOut}`;
  return warn(doubt, remedy, columns.map(label));
}
