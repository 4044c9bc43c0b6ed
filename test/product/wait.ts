import { setTimeout as delay } from 'node:timers/promises';

/** Asks again and again until there is an answer; fails with what `describe` says when the time is over. */
export async function until<T>(
  ask: () => Promise<T | undefined | false>,
  options: {
    readonly seconds: number;
    readonly what: string;
    readonly describe?: () => Promise<string> | string;
  },
): Promise<T> {
  const deadline = Date.now() + options.seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) {
      throw new Error(
        `${options.what}: not within ${options.seconds} s. ${(await options.describe?.()) ?? ''}`,
      );
    }
    await delay(100);
  }
}
