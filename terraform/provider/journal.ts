import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export type Kind = 'endpoint' | 'task' | 'token';

/** One creation that this working directory has begun, and that no state is known to hold yet. */
export interface Begun {
  /** Of the request: sent again under it, it gets its first answer. */
  readonly key: string;
  /** Of what was made; absent while no answer has come. */
  readonly id?: string;
}

export interface JournalOptions {
  /** The CLI's folder for its data, `.terraform`; without one nothing is noted. */
  readonly dataFolder: string;
  /** The service and the state that are meant: what was noted for others is not seen. */
  readonly scope: readonly string[];
}

/**
 * What applies in this working directory have begun to make. It outlives a process that is killed, so that the same apply, run again,
 * can tell what it has left from what other states have made under the same name: those never take it over. Holds no names and no secrets.
 */
export class Journal {
  readonly #options: JournalOptions;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /** The creation of that name that has not been kept, or none. */
  begun(kind: Kind, name: string): Begun | undefined {
    try {
      return JSON.parse(fs.readFileSync(this.#file(kind, name), 'utf8')) as Begun;
    } catch {
      return undefined; // none, or one that was cut off while it was written: its request was never sent
    }
  }

  /** To be called before the request. `key` is that of a request which is sent again. */
  begin(kind: Kind, name: string, key: string = randomUUID()): Begun {
    const begun = { key };
    this.#write(kind, name, begun);
    return begun;
  }

  /** Its answer has come. */
  made(kind: Kind, name: string, id: string): void {
    const begun = this.begun(kind, name);
    if (begun !== undefined) this.#write(kind, name, { ...begun, id });
  }

  /** The key of a request that was noted and to which no answer is known to have come. */
  unanswered(kind: Kind, name: string): string | undefined {
    const begun = this.begun(kind, name);
    return begun?.id === undefined ? begun?.key : undefined;
  }

  /** Whether it is what an apply in this directory has made, by its answer, and no state was seen to hold since. */
  isOwn(kind: Kind, { id, name }: Made): boolean {
    return this.begun(kind, name)?.id === id;
  }

  /** A state holds the object: it is nothing that was left behind. */
  kept(kind: Kind, made: Made): void {
    if (this.isOwn(kind, made)) this.drop(kind, made.name);
  }

  /** Nothing came of it, or nothing is left of it. */
  drop(kind: Kind, name: string): void {
    fs.rmSync(this.#file(kind, name), { force: true });
  }

  #write(kind: Kind, name: string, begun: Begun): void {
    if (!fs.existsSync(this.#options.dataFolder)) return;
    const file = this.#file(kind, name);
    try {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(`${file}.new`, JSON.stringify(begun), { mode: 0o600 });
      fs.renameSync(`${file}.new`, file);
    } catch {
      // A folder that cannot be written: what is left behind there has to be imported.
    }
  }

  #file(kind: Kind, name: string): string {
    const { dataFolder, scope } = this.#options;
    const digest = createHash('sha256')
      .update(JSON.stringify([...scope, kind, name]))
      .digest('hex');
    return path.join(dataFolder, 'opendts', `${digest.slice(0, 32)}.json`);
  }
}

export interface Made {
  readonly id: string;
  readonly name: string;
}

/** The journal of the directory that the CLI runs in: that of its workspace and its backend alone. */
export function journalOf(service: string, env: NodeJS.ProcessEnv): Journal {
  const dataFolder = path.resolve(env.TF_DATA_DIR || '.terraform');
  const workspace = env.TF_WORKSPACE || textOf(path.join(dataFolder, 'environment'));
  const backend = textOf(path.join(dataFolder, 'terraform.tfstate'));
  return new Journal({ dataFolder, scope: [service, workspace.trim() || 'default', backend] });
}

function textOf(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
