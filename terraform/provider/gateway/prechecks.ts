import { asSentence, sentences } from '../protocol/contracts/sentences.ts';
import type { GatewayClient } from './client.ts';
import type { TaskConfiguration, TaskKind } from './tasks.ts';

export interface PrecheckItem {
  readonly name: string;
  readonly grade: 'PASS' | 'WARNING' | 'FAIL';
  readonly title: string;
  readonly message: string;
  readonly remedy: string;
  readonly objects: readonly string[];
}

const itemFields = 'name grade title message remedy objects';

/** What the precheck of a task would find now. Rejects with DEADLINE_EXCEEDED after `timeoutSeconds`. */
export async function previewPrecheck(
  client: GatewayClient,
  input: Omit<TaskConfiguration, 'name' | 'options'> & {
    readonly kind: TaskKind;
    readonly options?: Partial<TaskConfiguration['options']> | undefined;
    readonly timeoutSeconds: number;
    /** A task: only what it does not carry yet is checked. */
    readonly addedTo?: string | undefined;
    /** A task that becomes this one, or is removed for it. */
    readonly insteadOf?: string | undefined;
  },
  signal?: AbortSignal,
): Promise<readonly PrecheckItem[]> {
  const data = await client.query<{ precheckPreview: { items: readonly PrecheckItem[] } }>(
    'precheckPreview',
    `query precheckPreview($input: PrecheckPreviewInput!) {
      precheckPreview(input: $input) { items { ${itemFields} } }
    }`,
    { input },
    signal,
  );
  return data.precheckPreview.items;
}

/** The latest precheck of a task. */
export async function precheckItems(
  client: GatewayClient,
  taskId: string,
  signal?: AbortSignal,
): Promise<readonly PrecheckItem[]> {
  const data = await client.query<{ precheckReport: { items: readonly PrecheckItem[] } | null }>(
    'precheckReport',
    `query precheckReport($taskId: ID!) { precheckReport(taskId: $taskId) { items { ${itemFields} } } }`,
    { taskId },
    signal,
  );
  return data.precheckReport?.items ?? [];
}

/** Checks whose message lists what it is about. */
const listing: ReadonlySet<string> = new Set(['source.privileges', 'target.privileges']);

/** A check that did not pass, as it is read in a diagnostic. */
export function describeItem({ name, message, remedy, objects }: PrecheckItem): string {
  const isListed = objects.length === 0 || listing.has(name);
  const shown = objects.slice(0, 10).join(', ');
  const more = objects.length > 10 ? ` and ${objects.length - 10} more` : '';
  return sentences(`${name}: ${asSentence(message)}`, isListed ? '' : `${shown}${more}.`, remedy);
}
