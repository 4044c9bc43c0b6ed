import type { Connection } from '../connection.ts';
import type { Made } from '../journal.ts';
import type { PlanContext, ResourceContext } from '../protocol/contracts/context.ts';
import { type Finding, ProviderError } from '../protocol/contracts/diagnostics.ts';
import { inTurn, PATIENCE_MILLIS, PAUSE_MILLIS } from './make-once.ts';
import type { Named, Namesakes } from './names.ts';

/** Warns at the plan of another name for the object `id` that it is taken. Never an error: it may be free by then. */
export async function foreseeRename<T extends Named>(
  namesakes: Namesakes<T>,
  id: string,
  { diagnostics }: PlanContext<Connection>,
): Promise<void> {
  const other = (await namesakes.find()).find((each) => each.id !== id);
  if (other === undefined) return;
  const { summary, detail } = held(namesakes, other);
  const unless = `The apply will refuse it, unless that one is destroyed before, or gets another name.`;
  diagnostics.warning({ summary, detail: `${unless} ${detail}`, path: ['name'] });
}

/**
 * Gives an object another name by `work`, once no other has it. What the same apply destroys or renames may do so a moment later; two that
 * exchange their names do not wait for each other. @throws ProviderError NAME_TAKEN
 */
export async function rename<T extends Named, R>(
  namesakes: Namesakes<T>,
  former: Made,
  context: ResourceContext<Connection>,
  work: () => Promise<R>,
): Promise<R> {
  return await inTurn(namesakes, context, () =>
    context.client.ownership.renaming(former.id, namesakes.name, async () => {
      await untilFree(namesakes, former, context);
      return await work();
    }),
  );
}

async function untilFree<T extends Named>(
  namesakes: Namesakes<T>,
  former: Made,
  { client: { gateway, ownership }, signal }: ResourceContext<Connection>,
): Promise<void> {
  const { clock } = gateway;
  const isOther = ({ id }: T) => id !== former.id && ownership.nextName(id) !== former.name;
  for (let deadline = clock.now() + PATIENCE_MILLIS; ; ) {
    const other = (await namesakes.find()).find(isOther);
    if (other === undefined) return;
    if (ownership.isRemoving) deadline = clock.now() + PATIENCE_MILLIS;
    if (clock.now() >= deadline)
      throw new ProviderError({ code: 'NAME_TAKEN', ...held(namesakes, other), path: ['name'] });
    await clock.sleep(PAUSE_MILLIS, signal);
    signal.throwIfAborted();
  }
}

const held = <T extends Named>({ what, name }: Namesakes<T>, { id }: T): Finding => ({
  summary: `Another ${what} has the name "${name}"`,
  detail: `It is ${id}, and neither could be found by its name any more. Choose another name. Where blocks exchange their names, give one of them a third name first.`,
});
