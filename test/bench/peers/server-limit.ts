import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { MysqlServer } from '../../servers/mysql.ts';

const SESSIONS = 4;
const FILES_PER_TABLE = 8;

/**
 * The limit of the target server itself: its own LOAD DATA INFILE from files on its disk, in four sessions, keys after the rows where
 * that is how the table is defined. The files are written before the clock starts.
 */
export class ServerLimit implements AsyncDisposable {
  readonly #folder: string;
  readonly #tables: readonly LimitTable[];

  private constructor(folder: string, tables: readonly LimitTable[]) {
    this.#folder = folder;
    this.#tables = tables;
  }

  static async create(source: MysqlServer, tables: readonly LimitTable[]): Promise<ServerLimit> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'opendts-limit-'));
    await chmod(folder, 0o777);
    for (const { name } of tables) {
      const [range] = await source.query<{ last: number }>(`SELECT MAX(id) AS last FROM ${name}`);
      const share = Math.ceil(Number(range?.last) / FILES_PER_TABLE);
      for (let part = 0; part < FILES_PER_TABLE; part += 1) {
        await source.query(
          `SELECT * FROM ${name} WHERE id > ${part * share} AND id <= ${(part + 1) * share} ORDER BY id INTO OUTFILE '${folder}/${name}.${part}' CHARACTER SET binary`,
        );
      }
    }
    return new ServerLimit(folder, tables);
  }

  /** Seconds. */
  async load(target: MysqlServer): Promise<number> {
    const startedAt = performance.now();
    for (const { create } of this.#tables) await target.query(create);
    const files = this.#tables.flatMap(({ name }) =>
      Array.from({ length: FILES_PER_TABLE }, (_, part) => ({ name, part })),
    );
    await inSessions(
      target,
      files,
      ({ name, part }) =>
        `LOAD DATA INFILE '${this.#folder}/${name}.${part}' INTO TABLE ${name} CHARACTER SET binary`,
    );
    await inSessions(target, this.#tables, ({ keys }) => keys);
    return (performance.now() - startedAt) / 1000;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

export interface LimitTable {
  /** `database.table`, with a key `id`. */
  readonly name: string;
  /** Makes it with its primary key only. */
  readonly create: string;
  /** Adds its other keys. */
  readonly keys: string;
}

async function inSessions<T>(
  target: MysqlServer,
  work: readonly T[],
  sql: (item: T) => string,
): Promise<void> {
  const left = [...work];
  await Promise.all(
    Array.from({ length: SESSIONS }, async () => {
      const connection = await target.connect();
      try {
        await connection.query('SET SESSION foreign_key_checks = 0, unique_checks = 0');
        for (let item = left.shift(); item !== undefined; item = left.shift())
          await connection.query(sql(item));
      } finally {
        await connection.end();
      }
    }),
  );
}
