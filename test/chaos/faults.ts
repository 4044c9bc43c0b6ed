import { setTimeout as delay } from 'node:timers/promises';
import { type NetworkProxy, startProxy } from '../proxy/network-proxy.ts';
import type { MysqlServer } from '../servers/mysql.ts';
import type { Random } from '../workload/random.ts';

/** What can go wrong around the service, beside its own death. */
export const faultKinds = [
  'source line cut',
  'source line reset',
  'source line stalled',
  'target line cut',
  'target line reset',
  'target line stalled',
  'source server killed',
  'target server killed',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** How much oftener a line fails than a server, which is away for seconds. */
const LINE_FAULTS_PER_DEATH = 3;
const LONGEST_STALL_MILLIS = 2500;

/** Both servers as the service sees them: through lines that can fail. */
export class FaultyEnds implements AsyncDisposable {
  readonly #servers: Readonly<Record<'source' | 'target', MysqlServer>>;
  readonly #lines: Readonly<Record<'source' | 'target', NetworkProxy>>;

  private constructor(
    servers: Readonly<Record<'source' | 'target', MysqlServer>>,
    lines: Readonly<Record<'source' | 'target', NetworkProxy>>,
  ) {
    this.#servers = servers;
    this.#lines = lines;
  }

  static async open(servers: {
    readonly source: MysqlServer;
    readonly target: MysqlServer;
  }): Promise<FaultyEnds> {
    const { source, target } = servers;
    const [sourceLine, targetLine] = await Promise.all(
      [source, target].map(({ host, port }) => startProxy({ to: { host, port } })),
    );
    if (sourceLine === undefined || targetLine === undefined) throw new TypeError('two lines were opened');
    return new FaultyEnds({ source, target }, { source: sourceLine, target: targetLine });
  }

  /** Where the service finds an end. */
  address(end: 'source' | 'target') {
    const { username, password } = this.#servers[end];
    const { host, port } = this.#lines[end];
    return { host, port, username, password };
  }

  /** Lets one thing go wrong and mends it again; resolves when it is mended. */
  async strike(random: Random): Promise<FaultKind> {
    const kinds = faultKinds.flatMap((kind) =>
      kind.includes('line') ? Array.from({ length: LINE_FAULTS_PER_DEATH }, () => kind) : [kind],
    );
    const kind = random.pick(kinds);
    const end = kind.startsWith('source') ? 'source' : 'target';
    const line = this.#lines[end];
    if (kind.endsWith('cut')) line.cut();
    else if (kind.endsWith('reset')) line.reset();
    else if (kind.endsWith('stalled')) {
      line.stall();
      await delay(random.between(100, LONGEST_STALL_MILLIS));
      line.resume();
    } else {
      await this.#servers[end].kill();
      await delay(random.below(1000));
      await this.#servers[end].start();
    }
    return kind;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#lines.source.close(), this.#lines.target.close()]);
  }
}
