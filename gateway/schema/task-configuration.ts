import type { TaskConfiguration } from '../../engine/index.ts';
import { given } from './perform.ts';
import { type ObjectSelectionInput, selectionOf } from './selection.ts';
import type { TaskOptionsInput } from './task-options.ts';

interface Configuration {
  readonly name?: string | null | undefined;
  readonly sourceId?: string | null | undefined;
  readonly targetId?: string | null | undefined;
  readonly objects?: typeof ObjectSelectionInput.$inferInput | null | undefined;
  readonly options?: typeof TaskOptionsInput.$inferInput | null | undefined;
}

/** The configuration of the engine, without the nulls of GraphQL. */
export const configurationOf = ({
  name,
  sourceId,
  targetId,
  objects,
  options,
}: Configuration): TaskConfiguration =>
  given({
    name,
    sourceId,
    targetId,
    objects: objects == null ? undefined : selectionOf(objects),
    options: options == null ? undefined : given(options),
  });
