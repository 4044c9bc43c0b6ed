import { setTimeout as delay } from 'node:timers/promises';
import { type NetworkProxy, startProxy } from '../proxy/network-proxy.ts';
import type { MysqlServer } from '../servers/mysql.ts';
import type { Random } from '../workload/random.ts';

type End = 'source' | 'target';

interface Fault {
  readonly kind: string;
  readonly end: End;
  /** Against another: each fault of a line comes three times as often as the death of a server, which is away for seconds. */
  readonly weight: number;
  /** Lets it go wrong and mends it again. */
  readonly strike: (end: { server: MysqlServer; line: NetworkProxy }, random: Random) => Promise<void>;
}

const LONGEST_STALL_MILLIS = 2500;

/** What can go wrong around the service, beside its own death. */
const faults: readonly Fault[] = (['source', 'target'] as const).flatMap((end) => [
  { kind: `${end} line cut`, end, weight: 3, strike: async ({ line }) => line.cut() },
  { kind: `${end} line reset`, end, weight: 3, strike: async ({ line }) => line.reset() },
  {
    kind: `${end} line stalled`,
    end,
    weight: 3,
    strike: async ({ line }, random) => {
      line.stall();
      await delay(random.between(100, LONGEST_STALL_MILLIS));
      line.resume();
    },
  },
  {
    kind: `${end} server killed`,
    end,
    weight: 1,
    strike: async ({ server }, random) => {
      await server.kill();
      await delay(random.below(1000));
      await server.start();
    },
  },
]);

/** Both servers as the service sees them: through lines that can fail. */
export class FaultyEnds implements AsyncDisposable {
  readonly #servers: Readonly<Record<End, MysqlServer>>;
  readonly #lines: Readonly<Record<End, NetworkProxy>>;

  private constructor(
    servers: Readonly<Record<End, MysqlServer>>,
    lines: Readonly<Record<End, NetworkProxy>>,
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
  address(end: End) {
    const { username, password } = this.#servers[end];
    const { host, port } = this.#lines[end];
    return { host, port, username, password };
  }

  /** Lets one thing go wrong and mends it again; resolves with its kind when it is mended. */
  async strike(random: Random): Promise<string> {
    const { kind, end, strike } = random.pick(
      faults.flatMap((fault) => Array(fault.weight).fill(fault) as Fault[]),
    );
    await strike({ server: this.#servers[end], line: this.#lines[end] }, random);
    return kind;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#lines.source.close(), this.#lines.target.close()]);
  }
}
