import { DtsError, reportOf } from '../../core/errors.ts';
import type { ObjectSelection } from '../../core/selection.ts';
import type { Source } from '../../core/source.ts';
import type { ObjectDefinition } from '../../core/structure.ts';
import { tableLabel } from '../../core/table.ts';
import type { Target } from '../../core/target.ts';
import type { ObjectMapper } from '../../transform/mapping.ts';
import type { TaskPort } from '../run/task-port.ts';
import { warnOfDefiners } from './definer-warning.ts';
import type { Definitions } from './structure-file.ts';

interface CreationOptions {
  readonly target: Target;
  readonly mapper: ObjectMapper;
  readonly port: TaskPort;
  readonly retrying: <T>(stage: string, work: () => Promise<T>) => Promise<T>;
}

/**
 * SCHEMA_1: databases, tables without secondary indexes and foreign keys, and the views and routines on them. Views and routines
 * stand from the start of the change stream, so that every later change to them is replayed in its turn. May repeat.
 */
export async function createStructure(options: CreationOptions, definitions: Definitions): Promise<void> {
  const { target, mapper, retrying } = options;
  for (const definition of [...definitions.databases, ...definitions.tables]) {
    await retrying('schema', () => target.structure.createContainer(definition, mapper));
  }
  await createInAnyOrder(options, [...definitions.routines, ...definitions.views]);
}

/** SCHEMA_3: what acts by itself, as it is at the source now that nothing is written there any more. */
export async function createActors(
  options: CreationOptions,
  source: Source,
  selection: ObjectSelection,
): Promise<void> {
  const snapshot = await options.retrying('schema', () => source.readStructure(selection));
  await createInAnyOrder(options, [...snapshot.triggers, ...snapshot.events]);
}

/** Objects may need each other: those that fail wait until another one succeeded. What still fails is told and left out. */
async function createInAnyOrder(
  options: CreationOptions,
  definitions: readonly ObjectDefinition[],
): Promise<void> {
  const { target, mapper, port, retrying } = options;
  const replaced: string[] = [];
  let waiting = [...definitions];
  while (waiting.length > 0) {
    const failed: { definition: ObjectDefinition; error: DtsError }[] = [];
    for (const definition of waiting) {
      try {
        const actsFor = await retrying('schema', () => target.structure.createObject(definition, mapper));
        if (actsFor === 'endpoint user') replaced.push(`${definition.kind} ${tableLabel(definition.id)}`);
      } catch (error) {
        if (!(error instanceof DtsError) || error.retry !== 'never') throw error;
        failed.push({ definition, error });
      }
    }
    if (failed.length === waiting.length) {
      for (const { definition, error } of failed) {
        const object = tableLabel(definition.id);
        port.event({
          kind: 'WARNING',
          object,
          message: `The ${definition.kind} ${object} could not be created at the target: ${error.message}`,
          error: reportOf(error),
        });
      }
      break;
    }
    waiting = failed.map((entry) => entry.definition);
  }
  warnOfDefiners(port, replaced);
}
