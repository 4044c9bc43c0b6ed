import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { DtsError } from '../../core/errors.ts';
import type { Source } from '../../core/source.ts';
import type { ObjectDefinition, StructureHistory, StructureSnapshot } from '../../core/structure.ts';

/**
 * The structure as of offsets in the change log, on disk beside it: one file per schema change, named by the offset from which it
 * holds. A restart at a checkpoint takes the newest file that is not after it. Files appear whole or not at all.
 */
export class StructureFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async save(offset: bigint, history: StructureHistory): Promise<void> {
    await this.#write(nameOf(offset), history.serialize());
  }

  /** The serialized history in force at `offset`. */
  async load(offset: bigint): Promise<string | undefined> {
    const name = (await this.#names()).findLast((candidate) => candidate <= nameOf(offset));
    return name === undefined ? undefined : await readFile(path.join(this.#directory, name), 'utf8');
  }

  /** Removes what no restart at `applied` or later can need. */
  async prune(applied: bigint): Promise<void> {
    const names = await this.#names();
    const inForce = names.findLast((candidate) => candidate <= nameOf(applied));
    for (const name of names) {
      if (inForce !== undefined && name < inForce)
        await rm(path.join(this.#directory, name), { force: true });
    }
  }

  /** Definitions from which SCHEMA_1 makes the objects, as of the start. */
  async saveDefinitions(snapshot: StructureSnapshot): Promise<void> {
    const { databases, tables, views, routines } = snapshot;
    await this.#write('definitions.json', JSON.stringify({ databases, tables, views, routines }));
  }

  async loadDefinitions(): Promise<Definitions> {
    return JSON.parse(await readFile(path.join(this.#directory, 'definitions.json'), 'utf8'));
  }

  async clear(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #names(): Promise<string[]> {
    await mkdir(this.#directory, { recursive: true });
    return (await readdir(this.#directory)).filter((name) => name.endsWith('.structure.json')).sort();
  }

  async #write(name: string, text: string): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    const file = path.join(this.#directory, name);
    const handle = await open(`${file}.new`, 'w');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${file}.new`, file);
    const directory = await open(this.#directory, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }
}

/** The structure in force at an offset of the change log. Throws SCHEMA_MISMATCH when it is gone. */
export async function historyAt(
  files: StructureFiles,
  source: Source,
  offset: bigint,
): Promise<StructureHistory> {
  const text = await files.load(offset);
  if (text !== undefined) return source.restoreHistory(text);
  throw new DtsError(
    'SCHEMA_MISMATCH',
    'The structure as of the checkpoint is gone from the data directory.',
    { remedy: 'Destroy the task and create it anew.' },
  );
}

export interface Definitions {
  readonly databases: readonly ObjectDefinition[];
  readonly tables: readonly ObjectDefinition[];
  readonly views: readonly ObjectDefinition[];
  readonly routines: readonly ObjectDefinition[];
}

const nameOf = (offset: bigint) => `${offset.toString().padStart(20, '0')}.structure.json`;
