import type { Clock } from '../../core/clock.ts';
import type { MissingRows } from '../../core/target.ts';
import type { Meter } from '../run/meter.ts';
import type { TaskPort } from '../run/task-port.ts';

/** A table is told of again after this long at the earliest, with what came together meanwhile. */
const QUIET_MILLIS = 60_000;

/**
 * Rows that the source changed or deleted and the target has not. The stream goes on, as a replica's does not: the row is gone or
 * another one wrote to the target. That is told, by table and number, never by value.
 */
export class MissingRowsReport {
  readonly #port: TaskPort;
  readonly #clock: Clock;
  readonly #meter: Meter;
  /** Of the open transaction: it may still be rolled back and repeated. */
  #open: MissingRows[] = [];
  readonly #untold = new Map<string, number>();
  readonly #toldAt = new Map<string, number>();

  constructor({ port, clock, meter }: { port: TaskPort; clock: Clock; meter: Meter }) {
    this.#port = port;
    this.#clock = clock;
    this.#meter = meter;
  }

  readonly add = (missing: MissingRows): void => {
    this.#open.push(missing);
  };

  committed(): void {
    for (const { table, rows } of this.#open.splice(0)) {
      this.#meter.rowsMissing += rows;
      this.#untold.set(table, (this.#untold.get(table) ?? 0) + rows);
    }
    this.tell();
  }

  abandoned(): void {
    this.#open = [];
  }

  /** Tells what is due. */
  tell(): void {
    const now = this.#clock.now();
    for (const [table, rows] of this.#untold) {
      if (now - (this.#toldAt.get(table) ?? Number.NEGATIVE_INFINITY) < QUIET_MILLIS) continue;
      this.#toldAt.set(table, now);
      this.#untold.delete(table);
      this.#port.event({
        kind: 'WARNING',
        object: table,
        message: `Changes of ${rows} ${rows === 1 ? 'row' : 'rows'} of ${table} found no such row at the target: something else writes there, or the table was not equal.`,
      });
    }
  }
}
