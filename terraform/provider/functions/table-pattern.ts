import { FunctionArgumentError, type ProviderFunction } from '../protocol/contracts/provider-function.ts';

/** Picks names by a pattern with wildcards. */
export const tablePattern: ProviderFunction = {
  summary: 'Picks the names that match a pattern.',
  description:
    'Gives those of `names` that match `pattern`, in their order. In a pattern `*` stands for any characters but a point, and `?` for one; ' +
    'a `!` at its beginning picks all others. So `table_pattern("shop.order_*", …)` picks the tables of one database, and `table_pattern("*.audit", …)` those of any. ' +
    'Letters match as they are written. Use it with the data source opendts_tables to make the map `tables` of a task.',
  parameters: [
    { name: 'pattern', type: 'string', description: 'The pattern.' },
    { name: 'names', type: ['list', 'string'], description: 'Names such as `shop.orders`.' },
  ],
  returns: ['list', 'string'],
  call: ([pattern, names]) => {
    const matches = matcherOf(String(pattern));
    const all = names as readonly (string | null)[];
    if (!all.every((name) => name !== null))
      throw new FunctionArgumentError(1, 'A name in the list is null: take it out, as compact(names) does.');
    return all.filter(matches);
  },
};

function matcherOf(pattern: string): (name: string) => boolean {
  const negated = pattern.startsWith('!');
  const text = negated ? pattern.slice(1) : pattern;
  if (text === '')
    throw new FunctionArgumentError(0, 'The pattern is empty: write "*.*" for the tables of all databases.');
  const parts = text.split(/([*?])/).map((part) => {
    if (part === '*') return '[^.]*';
    return part === '?' ? '[^.]' : RegExp.escape(part);
  });
  const expression = new RegExp(`^${parts.join('')}$`, 'su');
  return (name) => expression.test(name) !== negated;
}
