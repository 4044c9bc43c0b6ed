import type { Connection } from '../../connection.ts';
import type { Keeper } from '../../ownership.ts';
import type { PlanContext } from '../../protocol/contracts/context.ts';
import type { Finding } from '../../protocol/contracts/diagnostics.ts';
import { abandonedTaskStays } from './deletion-policy.ts';
import { copiedTaskStays } from './finished-task.ts';
import { taintedTaskStays } from './tainted-task.ts';

/** A task that was read is planned at once at its own address, but not when it is tainted. */
const PATIENCE_MILLIS = 1000;
const PAUSE_MILLIS = 50;

/** The task that keeps the name: one under way only if no plan begins with it. */
export async function keeperOf(
  name: string,
  { client, signal }: Pick<PlanContext<Connection>, 'client' | 'signal'>,
): Promise<Keeper | undefined> {
  if (client === undefined) return undefined;
  const { gateway, ownership } = client;
  const { clock } = gateway;
  const deadline = clock.now() + PATIENCE_MILLIS;
  while (ownership.keeperOf(name)?.why === 'under way' && clock.now() < deadline && !signal.aborted)
    await clock.sleep(PAUSE_MILLIS, signal);
  return ownership.keeperOf(name);
}

const refusals: Readonly<Record<Keeper['why'], (keeper: Keeper) => Finding>> = {
  abandoned: abandonedTaskStays,
  'under way': taintedTaskStays,
  copied: copiedTaskStays,
};

/** Why nothing is made under its name. */
export const refusalOf = (keeper: Keeper): Finding => refusals[keeper.why](keeper);
