import { openProbe } from '../connectors/connectors.ts';
import type { Clock } from '../core/clock.ts';
import type { EndpointConfig } from '../core/endpoint.ts';
import { AbortedError, type ErrorReport, reportOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { PrecheckProbe } from '../core/precheck.ts';
import type { ConnectorContext } from '../core/source.ts';
import { tableKey } from '../core/table.ts';
import type { PrecheckItem, Task } from '../core/task.ts';
import { createMapper } from '../transform/mapping.ts';
import type { Check, Facts, OtherTask } from './check.ts';
import { binlogChecks } from './checks/binlog.ts';
import { definerCheck } from './checks/definers.ts';
import { existingTableChecks } from './checks/existing.ts';
import { objectChecks } from './checks/objects.ts';
import { otherTasksCheck } from './checks/other-tasks.ts';
import { serverChecks } from './checks/servers.ts';
import { targetChecks } from './checks/target.ts';
import { unshownChecks } from './checks/unshown.ts';

export interface PrecheckOptions {
  readonly task: Task;
  readonly source: EndpointConfig;
  readonly target: EndpointConfig;
  /** Asked last of all: what has passed its own precheck meanwhile is among them. */
  readonly others?: () => readonly OtherTask[];
  readonly logger: Logger;
  readonly clock: Clock;
  /** Ends the checks with AbortedError. */
  readonly signal?: AbortSignal | undefined;
}

const checks: readonly Check[] = [
  ...serverChecks,
  ...binlogChecks,
  ...objectChecks,
  ...unshownChecks,
  ...targetChecks,
  ...existingTableChecks,
  otherTasksCheck,
  definerCheck,
];

/**
 * Runs every check and gives an item for each, passed ones included. Nothing is changed at either end. An end that cannot be reached
 * is a failed item; the checks that need it are then left out.
 */
export async function runPrecheck(options: PrecheckOptions): Promise<PrecheckItem[]> {
  const { task, logger, clock, signal } = options;
  const mapping = createMapper(task.objects);
  const source = await ask('source', { endpoint: options.source, logger, clock, signal }, (probe) =>
    probe.source(task.objects),
  );
  const tables = source.facts?.tables.map((table) => table.id) ?? [];
  const databases = task.objects.databases.map((database) => database.name);
  const target = await ask('target', { endpoint: options.target, logger, clock, signal }, (probe) =>
    probe.target(tables, mapping, databases),
  );
  if (source.facts === undefined || target.facts === undefined) return [source.item, target.item];
  const { defaultsLeftOut } = source.facts;
  const present = new Set(target.facts.existing.map(tableKey));
  const existing = tables.filter((id) => present.has(tableKey(mapping.table(id))));
  const definitions = await ask('source', { endpoint: options.source, logger, clock, signal }, (probe) =>
    existing.length === 0 ? [] : probe.definitions(existing),
  );
  const misfits = await ask('target', { endpoint: options.target, logger, clock, signal }, (probe) =>
    existing.length === 0 ? [] : probe.misfits(definitions.facts ?? [], mapping, defaultsLeftOut),
  );
  const facts: Facts = {
    task,
    mapping,
    source: source.facts,
    target: target.facts,
    misfits: misfits.facts ?? [],
    others: options.others?.() ?? [],
  };
  return [definitions.item, misfits.item, ...checks.map((check) => judge(check, facts))];
}

export function judge({ name, title, find }: Check, facts: Facts): PrecheckItem {
  const finding = find(facts);
  if (!finding) return { name, grade: 'PASS', title, message: title, remedy: '', objects: [] };
  const { grade, message, remedy, objects = [] } = finding;
  return { name, grade, title, message, remedy, objects };
}

async function ask<T>(
  end: 'source' | 'target',
  context: ConnectorContext,
  question: (probe: PrecheckProbe) => T | Promise<T>,
): Promise<{ item: PrecheckItem; facts?: T }> {
  const name = `${end}.connectivity`;
  const title = `The ${end} can be reached`;
  const probe = openProbe(context);
  try {
    const facts = await question(probe);
    return { item: { name, grade: 'PASS', title, message: title, remedy: '', objects: [] }, facts };
  } catch (error) {
    if (error instanceof AbortedError) throw error;
    const { code, message, remedy }: ErrorReport = reportOf(error);
    context.logger.warn({ end, code }, 'precheck: an end could not be asked');
    return { item: { name, grade: 'FAIL', title, message: `${code}: ${message}`, remedy, objects: [] } };
  } finally {
    await probe.close();
  }
}
