import type { Clock } from '../core/clock.ts';
import { Signal } from '../core/signal.ts';
import type { TaskEvent } from '../core/task.ts';
import type { Events } from '../engine.ts';
import type { Store } from '../store/store.ts';
import type { NewEvent } from './runner-port.ts';
import { Turns } from './turns.ts';

const PAGE = 200;
/** Followers that are told of an event in one turn of the event loop: some milliseconds of work. */
const TOLD_PER_TURN = 4;

export class EventService implements Events {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #closing: AbortSignal;
  readonly #appended = new Signal();
  readonly #turns = new Turns(TOLD_PER_TURN);

  constructor(options: { store: Store; clock: Clock; closing: AbortSignal }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#closing = options.closing;
  }

  /** As a part of the open store transaction, if there is one; followers hear of it once that is committed. */
  append(taskId: string, event: NewEvent): number {
    const seq = this.#store.events.append({ ...event, taskId, at: this.#clock.now() });
    this.#store.afterCommit(() => this.#appended.notify());
    return seq;
  }

  async *follow(options: {
    after: number;
    taskId?: string | undefined;
    signal: AbortSignal;
  }): AsyncGenerator<TaskEvent, void, undefined> {
    const signal = AbortSignal.any([options.signal, this.#closing]);
    let seq = options.after;
    while (!signal.aborted) {
      const page = this.#store.events.sharedAfter(seq, { taskId: options.taskId, first: PAGE });
      // Nothing can be appended between the empty page and the wait: both are in one turn of the loop.
      if (page.length === 0) {
        await this.#appended.next(signal);
        await this.#turns.next();
      }
      for (const event of page) {
        if (signal.aborted) return;
        seq = event.seq;
        yield event;
      }
    }
  }

  list(options: { taskId?: string | undefined; after: number; first: number }): readonly TaskEvent[] {
    return this.#store.events.after(options.after, options);
  }
}
