import type { ApplySession, Target } from '../../../engine/core/target.ts';

/** Instants around a schema change at which a process may die. */
export const deaths = [
  'before the intent',
  'after the intent',
  'after the statement',
  'before the next checkpoint',
] as const;
export type Death = (typeof deaths)[number];

export class Killed extends Error {
  override readonly name = 'Killed';
}

/**
 * A target whose process dies once at the given instant of every schema statement. Once dead it does nothing more, as a killed
 * process does nothing more; the next start opens another one.
 */
export class Mortality {
  kills = 0;
  readonly #death: Death;
  readonly #survived = new Set<string>();

  constructor(death: Death) {
    this.#death = death;
  }

  readonly wrap = (target: Target): Target => {
    let dead = false;
    let current = '';
    let executed = false;
    const die = (): never => {
      if (!dead) this.kills += 1;
      dead = true;
      throw new Killed();
    };
    const alive = <T>(work: () => T): T => {
      if (dead) throw new Killed();
      return work();
    };
    const at = (instant: Death, change: string) => {
      if (instant !== this.#death || this.#survived.has(change)) return;
      this.#survived.add(change);
      die();
    };
    const session = (open: ApplySession): ApplySession => ({
      write: (step) => alive(() => open.write(step)),
      commit: async (checkpoint) => {
        if (executed && !dead) at('before the next checkpoint', current);
        executed = false;
        await alive(() => open.commit(checkpoint));
      },
      flush: () => alive(() => open.flush()),
      close: () => open.close(),
    });
    return {
      ...target,
      prepare: (taskId) => target.prepare(taskId),
      readCheckpoint: (taskId) => target.readCheckpoint(taskId),
      forget: (taskId) => target.forget(taskId),
      close: () => target.close(),
      bulk: target.bulk,
      openApply: async (taskId) => session(await alive(() => target.openApply(taskId))),
      async writeCheckpoint(taskId, checkpoint) {
        if (dead) throw new Killed();
        const { intent } = checkpoint;
        if (intent === undefined && executed) at('before the next checkpoint', current);
        if (intent !== undefined) {
          current = `${intent.logOffset}/${intent.step}`;
          at('before the intent', current);
        }
        await target.writeCheckpoint(taskId, checkpoint);
        if (intent !== undefined) at('after the intent', current);
        executed = false;
      },
      structure: {
        ...target.structure,
        execute: async (statement, owner) => {
          const actsFor = await alive(() => target.structure.execute(statement, owner));
          executed = true;
          at('after the statement', current);
          return actsFor;
        },
      },
    };
  };
}

/** A target whose process dies once: after the empty place of a table has moved to this name, before the next checkpoint. */
export class MoveDeath {
  readonly #name: string;
  #died = false;

  constructor(name: string) {
    this.#name = name;
  }

  readonly wrap = (target: Target): Target => {
    let moved = false;
    const survive = () => {
      if (!moved) return;
      this.#died = true;
      throw new Killed();
    };
    return {
      ...target,
      openApply: async (taskId) => {
        const session = await target.openApply(taskId);
        return {
          write: (step) => session.write(step),
          flush: () => session.flush(),
          close: () => session.close(),
          commit: async (checkpoint) => {
            survive();
            await session.commit(checkpoint);
          },
        };
      },
      writeCheckpoint: async (taskId, checkpoint) => {
        survive();
        await target.writeCheckpoint(taskId, checkpoint);
      },
      structure: {
        ...target.structure,
        hold: async (table) => {
          await target.structure.hold(table);
          if (!this.#died && table.name === this.#name) moved = true;
        },
      },
    };
  };
}
