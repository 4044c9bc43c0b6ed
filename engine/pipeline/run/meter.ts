import type { Clock } from '../../core/clock.ts';
import type { Position } from '../../core/position.ts';
import type { Bottleneck } from '../../core/task.ts';
import { Lag } from './lag.ts';

/** Per-second rate of a growing counter over the last few seconds. */
class Rate {
  readonly #clock: Clock;
  #samples: { at: number; total: number }[] = [];
  total = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(count: number): void {
    this.total += count;
  }

  /** Takes a sample; call about once a second. */
  perSecond(): number {
    const now = this.#clock.now();
    this.#samples.push({ at: now, total: this.total });
    while (this.#samples.length > 2 && now - this.#samples[0]!.at > 5000) this.#samples.shift();
    const first = this.#samples[0]!;
    return now === first.at ? 0 : ((this.total - first.total) * 1000) / (now - first.at);
  }
}

/** What a stage can wait for. */
export type WaitedFor = Exclude<Bottleneck, 'NONE'>;

/** Where the time went since the last look. */
class Waits {
  #millis = new Map<WaitedFor, number>();

  add(what: WaitedFor, millis: number): void {
    this.#millis.set(what, (this.#millis.get(what) ?? 0) + millis);
  }

  /** What was waited for most; forgets all. */
  longest(): Bottleneck {
    let longest: Bottleneck = 'NONE';
    let most = 0;
    for (const [what, millis] of this.#millis) if (millis > most) [longest, most] = [what, millis];
    this.#millis = new Map();
    return longest;
  }
}

/** What the stages of a task count while they work. Numbers only: no I/O. */
export class Meter {
  readonly rows: Rate;
  readonly bytes: Rate;
  readonly transactions: Rate;
  changesCaptured = 0;
  changesApplied = 0;
  rowsMissing = 0;
  readonly lag: Lag;
  captured: Position | undefined;
  applied: Position | undefined;
  /** In the change log. */
  appliedOffset: bigint | undefined;
  readonly waits = new Waits();

  constructor(clock: Clock) {
    this.lag = new Lag(clock);
    this.rows = new Rate(clock);
    this.bytes = new Rate(clock);
    this.transactions = new Rate(clock);
  }
}
