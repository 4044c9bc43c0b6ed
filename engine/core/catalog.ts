/** What a source has, for choosing from. Reads only; every call rejects with DtsError when the server cannot be asked. */
export interface Catalog {
  /** Names in byte order, without those of the system's own databases. */
  databases(): Promise<readonly string[]>;
  /** Tables in byte order of database and name; views are none. */
  tables(request: CatalogRequest): Promise<CatalogPage>;
  close(): Promise<void>;
}

export interface CatalogRequest {
  /** Absent: all but the system's own. */
  readonly databases?: readonly string[] | undefined;
  readonly first: number;
  readonly after?: { readonly database: string; readonly name: string } | undefined;
}

export interface CatalogPage {
  readonly items: readonly CatalogTable[];
  readonly hasMore: boolean;
}

export interface CatalogTable {
  readonly database: string;
  readonly name: string;
  /** By the server's statistics. */
  readonly estimatedRows: number;
  readonly hasPrimaryKey: boolean;
}
