import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { isAlive, type Member, thisMember } from './cli-run.ts';

export type Kind = 'endpoint' | 'task' | 'token';

/** One creation that this working directory has begun, and that no state is known to hold yet. */
export interface Begun {
  /** Of the request: sent again under it, it gets its first answer. */
  readonly key: string;
  /** Of what was made; absent while no answer has come. */
  readonly id?: string;
  /** Who makes it, or went on with it. */
  readonly by?: Member | undefined;
}

export interface JournalOptions {
  /** The CLI's folder for its data, `.terraform`; without one nothing is noted. */
  readonly dataFolder: string;
  /** The service and the state that are meant: what was noted for others is not seen. */
  readonly scope: readonly string[];
  readonly member?: Member | undefined;
}

/**
 * What applies in this working directory have begun to make. It outlives a process that is killed, so that the same apply, run again,
 * can tell what it has left from what other states have made under the same name: those never take it over. What another provider block
 * makes in the same run of the CLI was not left behind either. Holds no names and no secrets.
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
    const begun = { key, by: this.#options.member };
    this.#write(kind, name, begun);
    return begun;
  }

  /** Its answer has come. */
  made(kind: Kind, name: string, id: string): void {
    const begun = this.begun(kind, name);
    if (begun !== undefined) this.#write(kind, name, { ...begun, id });
  }

  /** It is gone on with here: no other block does. */
  adopt(kind: Kind, { id, name }: Made): void {
    const begun = this.begun(kind, name);
    if (begun?.id === id) this.#write(kind, name, { ...begun, by: this.#options.member });
  }

  /** The key of a request that was noted and to which no answer is known to have come. */
  unanswered(kind: Kind, name: string): string | undefined {
    const begun = this.#left(kind, name);
    return begun?.id === undefined ? begun?.key : undefined;
  }

  /** Whether it is what an apply in this directory has made, by its answer, and no state was seen to hold since. */
  isOwn(kind: Kind, { id, name }: Made): boolean {
    return this.#left(kind, name)?.id === id;
  }

  /** A state holds the object: it is nothing that was left behind. */
  kept(kind: Kind, { id, name }: Made): void {
    if (this.begun(kind, name)?.id === id) this.drop(kind, name);
  }

  /** Nothing came of it, or nothing is left of it. */
  drop(kind: Kind, name: string): void {
    fs.rmSync(this.#file(kind, name), { force: true });
  }

  /** Takes the turn to make an object of that name; false while another process of this run of the CLI has it. */
  take(kind: Kind, name: string): boolean {
    const { member, dataFolder } = this.#options;
    if (member === undefined || !fs.existsSync(dataFolder)) return true;
    const turn = this.#turn(kind, name);
    try {
      fs.mkdirSync(path.dirname(turn), { recursive: true });
      fs.symlinkSync(String(member.process), turn); // made at once, with what it says
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return true; // as where nothing can be noted
    }
    if (isAlive(holderOf(turn))) return false;
    fs.rmSync(turn, { force: true });
    return this.take(kind, name);
  }

  release(kind: Kind, name: string): void {
    if (this.#options.member !== undefined) fs.rmSync(this.#turn(kind, name), { force: true });
  }

  /** What was begun by those who are no longer there, or by this process. */
  #left(kind: Kind, name: string): Begun | undefined {
    const { member } = this.#options;
    const begun = this.begun(kind, name);
    const isSibling = begun?.by?.run === member?.run && begun?.by?.process !== member?.process;
    return isSibling ? undefined : begun;
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
    return `${this.#path([...this.#options.scope, kind, name])}.json`;
  }

  #turn(kind: Kind, name: string): string {
    const { scope, member } = this.#options;
    return `${this.#path([...scope, kind, name, member?.run ?? ''])}.turn`;
  }

  #path(words: readonly string[]): string {
    const digest = createHash('sha256').update(JSON.stringify(words)).digest('hex');
    return path.join(this.#options.dataFolder, 'opendts', digest.slice(0, 32));
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
  const scope = [service, workspace.trim() || 'default', backend];
  return new Journal({ dataFolder, scope, member: thisMember(env) });
}

/** The process that has a turn; this one when it is over meanwhile, so that it is asked for again. */
function holderOf(turn: string): number {
  try {
    return Number(fs.readlinkSync(turn));
  } catch {
    return process.pid;
  }
}

function textOf(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
