import { DtsError } from '../../../core/errors.ts';
import type { MisfitFacts } from '../../../core/precheck.ts';
import type { ObjectDefinition } from '../../../core/structure.ts';
import type { NameMapping } from '../../../core/target.ts';
import { askCapabilities } from '../capabilities.ts';
import type { MysqlConnection } from '../connection.ts';
import { hasFittingTable } from '../structure/table-at-target.ts';

export async function misfitFacts(
  connection: MysqlConnection,
  definitions: readonly ObjectDefinition[],
  mapping: NameMapping,
): Promise<MisfitFacts[]> {
  const target = await askCapabilities(connection);
  const misfits: MisfitFacts[] = [];
  for (const definition of definitions) {
    try {
      await hasFittingTable(connection, definition, mapping, target);
    } catch (error) {
      const { code, details } = error instanceof DtsError ? error : {};
      // Checks of their own tell of definitions that the target cannot take at all.
      if (code === 'UNSUPPORTED' || code === 'DDL_NOT_UNDERSTOOD') continue;
      if (code !== 'TARGET_OBJECT_EXISTS') throw error;
      misfits.push({ id: mapping.table(definition.id), why: String(details?.why) });
    }
  }
  return misfits;
}
