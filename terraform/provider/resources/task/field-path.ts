import { GatewayError } from '../../gateway/gateway-error.ts';
import { type Path, ProviderError } from '../../protocol/contracts/diagnostics.ts';

/** Attribute for a field of the service's input, such as `input.options.chunkBytes`. */
export function pathOfField(field: string): Path | undefined {
  const [root, name, ...rest] = field.split('.');
  if (root !== 'input' || name === undefined) return undefined;
  if (name === 'objects') return ['databases'];
  return [name, ...rest].map((part) => part.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

/** Runs it; a refusal that names a field points at the attribute. `renamed` has attributes that the resource calls otherwise. */
export async function located<T>(
  work: () => Promise<T>,
  renamed: Readonly<Record<string, string>> = {},
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const path =
      error instanceof GatewayError && error.fault.field !== undefined
        ? pathOfField(error.fault.field)
        : undefined;
    if (!(error instanceof GatewayError) || path === undefined) throw error;
    const [first = '', ...rest] = path;
    const at = [renamed[first] ?? first, ...rest];
    throw new ProviderError({ code: error.code, ...error.finding, path: at, cause: error });
  }
}
