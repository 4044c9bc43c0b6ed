import type { Release } from './release.ts';

/** A file that a provider's folder holds. */
export interface ProgramFile {
  readonly name: string;
  readonly content: Uint8Array;
  /** Permissions. */
  readonly mode: number;
}

/**
 * What a CLI finds in the provider's folder: the program, whose name must begin with the type's, and the
 * package.json by which node knows how to read it. Else one in any folder above would tell, and with
 * `"type": "module"`, as projects of constructs have it, the program would not start. The CLIs count it in the
 * package's hash and else pass it over.
 */
export function programFiles({ type, version }: Release, program: Uint8Array): ProgramFile[] {
  return [
    { name: `terraform-provider-${type}_v${version}`, content: program, mode: 0o755 },
    { name: 'package.json', content: Buffer.from('{ "type": "commonjs" }\n'), mode: 0o644 },
  ];
}
