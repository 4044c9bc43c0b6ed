import { DtsError } from '../../../core/errors.ts';
import type { BinlogPosition } from '../position.ts';
import { GtidSet } from './gtid-set.ts';
import { MariadbGtidPosition } from './mariadb-gtid.ts';

/** A transaction's name in the log. */
export type TransactionId =
  | { readonly source: string; readonly number: bigint }
  | { readonly domain: number; readonly server: number; readonly sequence: bigint };

/** Which transactions have been read, where the position counts them. */
export class Progress {
  readonly #set: GtidSet | undefined;
  readonly #position: MariadbGtidPosition | undefined;

  constructor(from: BinlogPosition) {
    if (from.gtid === undefined) return;
    if (from.flavour === 'mysql') this.#set = GtidSet.parse(from.gtid);
    else this.#position = MariadbGtidPosition.parse(from.gtid);
  }

  /** True when a transaction can be left out of the position while later ones are in it. */
  get hasHoles(): boolean {
    return this.#set !== undefined;
  }

  get text(): string | undefined {
    return (this.#set ?? this.#position)?.toString();
  }

  /** A position of this transaction alone; undefined where positions have no GTIDs. */
  nameOf(id: TransactionId | undefined): string | undefined {
    if (!id) return this.text;
    if ('source' in id) return this.#set && gtidText(id.source, id.number);
    return this.#position && `${id.domain}-${id.server}-${id.sequence}`;
  }

  add(id: TransactionId | undefined): void {
    if (!id) return;
    if ('source' in id) this.#set?.add(id.source, id.number);
    else this.#position?.set(id.domain, id.server, id.sequence);
  }

  /** A transaction without a name cannot be counted in a position of names. */
  refuseAnonymous(): void {
    if (!this.#set) return;
    throw new DtsError(
      'SOURCE_CONFIG',
      'The source logged a transaction without GTID: gtid_mode is not ON.',
      {
        remedy: 'Set gtid_mode=ON and enforce_gtid_consistency=ON at the source, then create the task anew.',
      },
    );
  }
}

const gtidText = (source: string, number: bigint): string => `${source}:${number}`;
