import { isId } from '../names.ts';
import { type Path, ProviderError } from '../protocol/contracts/diagnostics.ts';

/**
 * What the user names when importing: an id, or a name with or without `name:` before it. Null when there is none.
 * @throws ProviderError when several have the name.
 */
export async function findByImportId<T extends { readonly id: string }>(
  text: string,
  look: {
    readonly what: string;
    readonly byId: (id: string) => Promise<T | null>;
    readonly named: (name: string) => Promise<readonly T[]>;
    /** Where the name stands and what to do when several have it; absent for an import. */
    readonly ambiguous?: { readonly path: Path; readonly remedy: string };
  },
): Promise<T | null> {
  const name = /^name:(.*)$/s.exec(text)?.[1];
  if (name === undefined && isId(text)) return await look.byId(text);
  const found = await look.named(name ?? text);
  if (found.length > 1) {
    throw new ProviderError({
      code: 'AMBIGUOUS',
      summary: `Several ${look.what}s have the name "${name ?? text}"`,
      detail: `${look.ambiguous?.remedy ?? 'Import one of them by its id'}: ${found.map(({ id }) => id).join(', ')}.`,
      path: look.ambiguous?.path,
    });
  }
  return found[0] ?? null;
}
