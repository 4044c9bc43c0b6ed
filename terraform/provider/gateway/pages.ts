import type { Asked } from './asked.ts';
import type { GatewayClient } from './client.ts';

export interface Connection<T> {
  readonly edges: readonly { readonly node: T }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** All items of a connection, page by page. The document takes `$after`. */
export async function connectionItems<T>(
  client: GatewayClient,
  request: {
    readonly operation: Asked;
    readonly document: string;
    readonly variables: object;
    readonly connection: (data: Readonly<Record<string, Connection<T>>>) => Connection<T> | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<T[]> {
  const { operation, document, variables, connection, signal } = request;
  const items: T[] = [];
  for (let after: string | null = null; ; ) {
    const data: Readonly<Record<string, Connection<T>>> = await client.query(
      operation,
      document,
      { ...variables, after },
      signal,
    );
    const page = connection(data);
    items.push(...(page?.edges ?? []).map(({ node }) => node));
    if (!page?.pageInfo.hasNextPage) return items;
    after = page.pageInfo.endCursor;
  }
}
