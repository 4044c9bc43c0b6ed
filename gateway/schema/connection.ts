import type { Page } from '../../engine/index.ts';
import { DtsError } from '../../engine/index.ts';
import { limits } from '../limits.ts';
import { builder } from './builder.ts';
import * as rules from './rules.ts';

/** Arguments of a connection, read forwards only: keys, not offsets, so items that come or go never shift a page. */
export const pageArguments = () =>
  builder.args((t) => ({
    first: t.int({
      required: true,
      defaultValue: 20,
      description: `Most items to return: 1 to ${limits.pageSize}.`,
      validate: rules.pageSize,
    }),
    after: t.string({
      required: false,
      description: '`endCursor` of the page before; absent for the first page.',
      validate: rules.cursor,
    }),
  }));

export interface PageArguments {
  readonly first: number;
  readonly after?: string | null | undefined;
}

/** What a page costs by the documented limit. */
export const pageComplexity = ({ first }: PageArguments) => ({ field: 1, multiplier: first });

const prefix = 'k:';
const encode = (key: string) => Buffer.from(prefix + key).toString('base64url');

/** The key in a cursor that this service made. INVALID_INPUT for any other text. */
export function keyOf(cursor: string | null | undefined): string | undefined {
  if (cursor == null) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString();
  if (!text.startsWith(prefix) || encode(text.slice(prefix.length)) !== cursor) {
    throw new DtsError('INVALID_INPUT', 'The cursor was not made by this service.', {
      details: { field: 'after' },
    });
  }
  return text.slice(prefix.length);
}

/** A page of the engine in Relay's form. */
export function connectionOf<T>(page: Page<T>, after: string | undefined, key: (item: T) => string) {
  const edges = page.items.map((node) => ({ cursor: encode(key(node)), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: page.hasMore,
      hasPreviousPage: false,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? (after === undefined ? null : encode(after)),
    },
  };
}
