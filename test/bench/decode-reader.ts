import fs from 'node:fs';
import { openSource } from '../../engine/connectors/connectors.ts';
import type { CaptureSink } from '../../engine/core/change.ts';
import { systemClock } from '../../engine/core/clock.ts';
import { silentLogger } from '../../engine/core/logger.ts';
import type { Position } from '../../engine/core/position.ts';
import type { Row } from '../../engine/core/row.ts';
import type { Source } from '../../engine/core/source.ts';
import type { StructureHistory } from '../../engine/core/structure.ts';
import type { Table } from '../../engine/core/table.ts';
import { ColumnDigests, textOfOurs, textOfZongjis } from './decoded-values.ts';
import { readByZongji, type ZongjiRequest } from './peers/zongji.ts';

// One reader in a process of its own, started by `fork`: a pass over the log that takes a digest of all values and warms up, then one that
// is measured.

export interface ReadRequest extends ZongjiRequest {
  readonly reader: 'ours' | 'zongji';
  /** Where `from` is, in our own notation. */
  readonly position: Position;
}

export interface ReadReport {
  /** By column. */
  readonly digests: Readonly<Record<string, string>>;
  /** User and system time of the process from the first row to the last, seconds. */
  readonly cpu: number;
  /** Peak memory of the process while it was measured, MB. */
  readonly rss: number;
}

const selectionOf = ({ database }: ReadRequest) => ({ databases: [{ name: database }] });

/** Connected, with the structure of the tables: what a task has when it begins to read. */
async function openOurs(request: ReadRequest): Promise<{ source: Source; history: StructureHistory }> {
  const { host, port, username, password } = request.server;
  const source = await openSource({
    logger: silentLogger,
    clock: systemClock,
    endpoint: { engine: 'MYSQL', host, port, username, password, tls: { mode: 'DISABLED' } },
  });
  const { history } = await source.readStructure(selectionOf(request));
  return { source, history };
}

async function readByUs(
  { source, history }: Awaited<ReturnType<typeof openOurs>>,
  request: ReadRequest,
  take: (row: Row, table: Table) => void,
): Promise<void> {
  const { position: from, rows } = request;
  const selection = selectionOf(request);
  const decoder = source.decoder(history, selection);
  const stop = new AbortController();
  let left = rows;
  const sink: CaptureSink = {
    begin: () => decoder.beginTransaction(),
    piece(bytes) {
      for (const event of decoder.decode(bytes)) {
        if (event.kind !== 'rows') continue;
        // Rows are decoded as they are read from the change.
        for (const { after } of event.changes) {
          if (after === undefined) continue;
          take(after, event.table);
          left -= 1;
        }
      }
      if (left <= 0) stop.abort();
    },
    largePiece() {
      throw new Error('the backlog has small rows only');
    },
    part() {},
    commit() {},
    abandon() {},
    idle() {},
    pressure: () => undefined,
  };
  await source.capture({ from, selection, sink, signal: stop.signal, readerId: 77_002 });
  if (left < 0) throw new Error(`we read ${-left} rows too many`);
}

async function digestsOf(
  request: ReadRequest,
  ours: Awaited<ReturnType<typeof openOurs>>,
): Promise<ReadReport['digests']> {
  const digests = new ColumnDigests();
  if (request.reader === 'zongji') {
    await readByZongji(request, true, (row) => {
      for (const [name, value] of Object.entries(row)) digests.add(name, textOfZongjis(value));
    });
  } else {
    await readByUs(ours, request, (row, { columns }) => {
      for (const [i, { name, type }] of columns.entries()) digests.add(name, textOfOurs(row[i], type));
    });
  }
  return digests.digests();
}

process.once('message', async (request: ReadRequest) => {
  const ours = await openOurs(request);
  const digests = await digestsOf(request, ours);
  fs.writeFileSync('/proc/self/clear_refs', '5');
  // From the first row on: how long it takes to connect is no matter of decoding.
  let before: NodeJS.CpuUsage | undefined;
  const take = () => {
    before ??= process.cpuUsage();
  };
  await (request.reader === 'zongji' ? readByZongji(request, false, take) : readByUs(ours, request, take));
  const { user, system } = process.cpuUsage(before);
  const peak = /VmHWM:\s+(\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))?.[1];
  await ours.source.close();
  const report: ReadReport = { digests, cpu: (user + system) / 1e6, rss: (Number(peak) * 1024) / 1e6 };
  process.send?.(report, () => process.exit());
});
process.once('disconnect', () => process.exit());
