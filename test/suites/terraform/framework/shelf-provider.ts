import { definitionsFor } from '../../../../terraform/provider/protocol/contracts/define.ts';
import { ProviderError } from '../../../../terraform/provider/protocol/contracts/diagnostics.ts';
import type { Provider } from '../../../../terraform/provider/protocol/contracts/provider.ts';
import { FunctionArgumentError } from '../../../../terraform/provider/protocol/contracts/provider-function.ts';
import { defineSchema } from '../../../../terraform/provider/protocol/schema/define.ts';
import type { State } from '../../../../terraform/provider/protocol/schema/values-of.ts';
import { UNKNOWN } from '../../../../terraform/provider/protocol/values/unknown.ts';

/** The service of the provider below: boxes by their ids, in this process. */
export interface Shelf {
  readonly boxes: Map<string, Box>;
  readonly closed: string[];
}

type Box = State<typeof schema.attributes>;

const define = definitionsFor<Shelf>();

const configuration = (shelf: Shelf) =>
  define.configuration({
    schema: defineSchema({
      description: 'A shelf.',
      attributes: {
        key: { type: 'string', required: true, sensitive: true, description: 'Opens the shelf.' },
      },
    }),
    async configure({ key }, { diagnostics, cliVersion, logger }) {
      logger.info('Opening the shelf', { cliVersion });
      if (key === UNKNOWN) return undefined;
      if (key !== 'right')
        diagnostics.error({ summary: 'Wrong key', detail: 'Take the right one.', path: ['key'] });
      return shelf;
    },
  });

const schema = defineSchema({
  version: 2,
  description: 'A box.',
  attributes: {
    id: { type: 'string', computed: true, description: 'Made by the shelf.' },
    name: { type: 'string', required: true, description: 'What stands on it.' },
    size: { type: 'number', optional: true, default: 3, description: 'In litres.' },
    colour: { type: 'string', optional: true, oneOf: ['red', 'blue'], description: 'How it looks.' },
    material: { type: 'string', optional: true, requiresReplace: true, description: 'What it is made of.' },
    lock_wo: { type: 'string', optional: true, writeOnly: true, description: 'Opens it.' },
    status: { type: 'string', computed: true, description: 'How it is.' },
    /** What happens to it: `create fails`, `create fails late`, `update fails`, `plan is unlawful`, `create waits`. */
    fate: { type: 'string', optional: true, description: 'What happens to it.' },
    parts: {
      nesting: 'map',
      optional: true,
      description: 'What lies in it.',
      attributes: {
        count: {
          type: 'number',
          required: true,
          wholeNumber: { min: 1, max: 9 },
          description: 'How many of it.',
        },
        labels: { type: ['list', 'string'], optional: true, description: 'What stands on them.' },
      },
    },
  },
});

const failure = () =>
  new ProviderError({ code: 'SHELF_BROKE', summary: 'The shelf broke', detail: 'Mend it.', path: ['size'] });

const box = define.resource({
  schema,
  upgrades: {
    0: ({ title, ...rest }) => ({ ...rest, name: title ?? null }),
    1: (state) => ({ ...state, status: state.status ?? 'old' }),
  },
  validate({ colour, material }, { diagnostics }) {
    if (colour === 'red' && material === 'glass')
      diagnostics.error({ summary: 'No red glass', detail: 'Choose another colour.', path: ['colour'] });
  },
  plan({ planned, prior }, { diagnostics, client }) {
    if (client === undefined) return { planned };
    if (planned.fate === 'plan is unlawful') return { planned: { ...planned, name: 'another' } };
    if (planned.fate === 'warns') diagnostics.warning({ summary: 'Take care', detail: 'It is fragile.' });
    if (
      prior !== null &&
      planned.size !== prior.size &&
      typeof planned.size === 'number' &&
      planned.size > 99
    )
      return { planned, requiresReplace: [['size']] };
    return { planned: prior?.status === 'broken' ? { ...planned, status: UNKNOWN } : planned };
  },
  planDestroy({ fate }, { diagnostics }) {
    if (fate === 'stays') diagnostics.error({ summary: 'It stays', detail: 'Set fate to null first.' });
  },
  async create({ config, planned }, { client, keep, privateState, signal }) {
    if (planned.fate === 'create fails') throw failure();
    const id = `box-${client.boxes.size + 1}`;
    const made: Box = { ...(planned as Box), id, status: config.lock_wo === null ? 'open' : 'locked' };
    client.boxes.set(id, made);
    privateState.set('made', 12345678901234567890n);
    keep(made);
    if (planned.fate === 'create fails late') throw failure();
    if (planned.fate === 'create breaks late') throw new TypeError('x is no function');
    if (planned.fate === 'create waits')
      await new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
        client.boxes.set('waiting', made);
      });
    return made;
  },
  async read(state, { client, privateState }) {
    privateState.set('reads', Number(privateState.get('reads') ?? 0) + 1);
    return client.boxes.get(state.id) ?? null;
  },
  async update({ planned, prior }, { client }) {
    if (planned.fate === 'update fails') throw failure();
    const changed: Box = { ...(planned as Box), status: prior.status === 'broken' ? 'open' : prior.status };
    client.boxes.set(prior.id, changed);
    return changed;
  },
  async delete({ id }, { client }) {
    client.boxes.delete(id);
  },
  async import(id, { client }) {
    return client.boxes.has(id) ? { id } : null;
  },
  async move({ typeName, state }) {
    return typeName === 'carton' ? { id: String(state.number) } : null;
  },
});

const inventory = define.dataSource({
  schema: defineSchema({
    description: 'All boxes.',
    attributes: {
      prefix: { type: 'string', optional: true, description: 'How their names begin.' },
      names: { type: ['set', 'string'], computed: true, description: 'Their names.' },
    },
  }),
  async read({ prefix }, { client }) {
    const names = [...client.boxes.values()].map(({ name }) => name);
    return { prefix, names: names.filter((name) => name.startsWith(prefix ?? '')) };
  },
});

const key = define.ephemeralResource({
  schema: defineSchema({
    description: 'A key for one run.',
    attributes: { value: { type: 'string', computed: true, sensitive: true, description: 'The key.' } },
  }),
  async open() {
    return { result: { value: 'secret' }, handle: { number: 7 }, renewAt: new Date(1_800_000_000_500) };
  },
  async renew() {
    return { handle: { number: 8 } };
  },
  async close({ number }, { client, signal }) {
    signal.throwIfAborted();
    client.closed.push(`key ${String(number)}`);
  },
});

/** A provider that uses all that the framework offers; its service is the shelf that is given. */
export function shelfProvider(shelf: Shelf = { boxes: new Map(), closed: [] }): Provider<Shelf> {
  return {
    ...configuration(shelf),
    name: 'shelf',
    version: '1.0.0',
    resources: { shelf_box: box },
    dataSources: { shelf_inventory: inventory },
    ephemeralResources: { shelf_key: key },
    functions: {
      stack: {
        summary: 'Stacks words.',
        description: 'Puts words on top of each other.',
        parameters: [{ name: 'height', type: 'number', description: 'How many.' }],
        variadic: { name: 'words', type: 'string', description: 'The words.' },
        returns: ['list', 'string'],
        call([height, ...words]) {
          if (height !== words.length) throw new FunctionArgumentError(0, `The height is ${words.length}.`);
          return words;
        },
      },
    },
  };
}
