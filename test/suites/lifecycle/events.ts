import type { Client } from '../../product/client.ts';

export interface ToldEvent {
  readonly seq: string;
  readonly kind: string;
  readonly message: string;
  readonly state: string | null;
  readonly phase: string | null;
  readonly error: { readonly code: string } | null;
}

/** The first hundred events of a task, in order. */
export async function eventsOf(client: Client, taskId: string): Promise<readonly ToldEvent[]> {
  const { taskEvents } = await client.query<{ taskEvents: readonly ToldEvent[] }>(
    `query($taskId: ID!) { taskEvents(taskId: $taskId, first: 100) { seq kind message state phase error { code } } }`,
    { taskId },
  );
  return taskEvents;
}
