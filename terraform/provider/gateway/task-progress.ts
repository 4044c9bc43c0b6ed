import type { GatewayClient } from './client.ts';

export interface TaskProgress {
  readonly id: string;
  readonly state: string;
  readonly phase: string | null;
  readonly phases: readonly {
    readonly name: string;
    readonly state: string;
    readonly percent: number;
    readonly etaSeconds: number | null;
  }[];
  readonly position: { readonly captured: string | null; readonly applied: string | null };
  /** Null before the first start. 64-bit numbers as text. */
  readonly progress: {
    readonly rowsCopied: string;
    readonly rowsTotal: string;
    readonly bytesCopied: string;
    readonly changesCaptured: string;
    readonly changesApplied: string;
    readonly lagMillis: string | null;
    readonly lagBytes: string;
    readonly rowsPerSecond: number;
    readonly bottleneck: string;
  } | null;
}

/** Null when there is no such task. */
export async function taskProgress(
  client: GatewayClient,
  id: string,
  signal?: AbortSignal,
): Promise<TaskProgress | null> {
  const data = await client.query<{ task: TaskProgress | null }>(
    'task',
    `query taskProgress($id: ID!) {
      task(id: $id) {
        id state phase phases { name state percent etaSeconds } position { captured applied }
        progress {
          rowsCopied rowsTotal bytesCopied changesCaptured changesApplied lagMillis lagBytes rowsPerSecond bottleneck
        }
      }
    }`,
    { id },
    signal,
  );
  return data.task;
}
