/** `first` rows in id order after a cursor. */
export interface StoredPageRequest {
  readonly first: number;
  readonly afterId?: string | undefined;
}

export interface StoredPage<T> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
}

/** A page of rows that were read with one more than asked for. */
export function pageOf<R, T>(rows: readonly R[], first: number, itemOf: (row: R) => T): StoredPage<T> {
  return { items: rows.slice(0, first).map(itemOf), hasMore: rows.length > first };
}
