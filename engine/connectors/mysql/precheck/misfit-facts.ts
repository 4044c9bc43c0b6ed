import { DtsError } from '../../../core/errors.ts';
import type { MisfitFacts, SourceFacts } from '../../../core/precheck.ts';
import type { ObjectDefinition } from '../../../core/structure.ts';
import type { NameMapping } from '../../../core/target.ts';
import { askCapabilities } from '../capabilities.ts';
import type { MysqlConnection } from '../connection.ts';
import { serverOf, showsEveryDefault } from '../ddl/dialect.ts';
import { misfitOf } from '../ddl/misfit.ts';
import { computedOtherwise, defaultMisfits } from '../ddl/misfit-columns.ts';
import { bothEnds, versionOf } from '../structure/table-at-target.ts';

export async function misfitFacts(
  connection: MysqlConnection,
  definitions: readonly ObjectDefinition[],
  mapping: NameMapping,
  leftOut: SourceFacts['defaultsLeftOut'],
): Promise<MisfitFacts[]> {
  const target = await askCapabilities(connection);
  const misfits: MisfitFacts[] = [];
  for (const definition of definitions) {
    const id = mapping.table(definition.id);
    try {
      const ends = await bothEnds(connection, definition, mapping, target);
      if (ends === undefined || ends === 'alike') continue;
      const { wanted, existing } = ends;
      const defaults = defaultMisfits(wanted, existing, leftOut, {
        wanted: !showsEveryDefault(serverOf(definition.session) ?? versionOf(target)),
        existing: !showsEveryDefault(versionOf(target)),
      });
      const misfit = misfitOf(wanted.table, existing.table) ?? defaults.find(({ certain }) => certain);
      if (misfit !== undefined) misfits.push({ id, why: misfit.why, certain: true });
      const doubts = [...defaults.filter(({ certain }) => !certain), ...computedOtherwise(wanted, existing)];
      misfits.push(...doubts.map(({ why }) => ({ id, why, certain: false })));
    } catch (error) {
      const { code, details, message } = error instanceof DtsError ? error : {};
      // A check of its own tells of definitions that the target cannot take at all.
      if (code === 'UNSUPPORTED') continue;
      if (code === 'DDL_NOT_UNDERSTOOD')
        misfits.push({ id, why: `its definition is not understood: ${message}`, certain: true });
      else if (code === 'TARGET_OBJECT_EXISTS')
        misfits.push({ id, why: String(details?.why), certain: true });
      else throw error;
    }
  }
  return misfits;
}
