import type { ObjectSelection } from './selection.ts';
import type { ObjectDefinition } from './structure.ts';
import type { TableId } from './table.ts';
import type { NameMapping } from './target.ts';

/** What a precheck asks of the two ends. A connector answers with facts; engine/precheck judges them. Nothing is changed at either end. */
export interface PrecheckProbe {
  /** Rejects with DtsError when the end cannot be reached: that is a check of its own. */
  source(selection: ObjectSelection): Promise<SourceFacts>;
  /** `tables` are those of the source; the answer tells of what they are called at the target. */
  target(
    tables: readonly TableId[],
    mapping: NameMapping,
    databases: readonly string[],
  ): Promise<TargetFacts>;
  /** Definitions of tables of the source. */
  definitions(tables: readonly TableId[]): Promise<readonly ObjectDefinition[]>;
  /** Those tables of the source that the target has already and that cannot take every row there, or compute otherwise. */
  misfits(
    definitions: readonly ObjectDefinition[],
    mapping: NameMapping,
    defaultsLeftOut: SourceFacts['defaultsLeftOut'],
  ): Promise<readonly MisfitFacts[]>;
  close(): Promise<void>;
}

/** By its name at the target; why, to be said of the table. */
export interface MisfitFacts {
  readonly id: TableId;
  readonly why: string;
  /** False: it may mean the same. */
  readonly certain: boolean;
}

/** A column of which the server's own definition does not show a text as it is. */
export interface UnshownFacts {
  readonly id: TableId;
  readonly column: string;
  /** False: it may be as it is shown. */
  readonly certain: boolean;
}

export interface TriggerFacts {
  readonly table: TableId;
  readonly name: string;
  /** It acts before the row is written, and may write another. */
  readonly changesRow: boolean;
}

export interface ServerFacts {
  readonly flavour: string;
  readonly version: string;
  /** False when the connector does not work with this version. */
  readonly supported: boolean;
  /** Names the server: two servers never share it. */
  readonly server: string;
  /** Global settings by their lower-case names, as text. */
  readonly variables: Readonly<Record<string, string>>;
  /** The server's clock minus ours, milliseconds, with half the round trip as error. */
  readonly clockSkewMillis: number;
  /** Privileges that the user lacks, as GRANT names them, with the object: `SELECT ON shop.*`. */
  readonly missingPrivileges: readonly string[];
}

export interface SourceFacts extends ServerFacts {
  /** False when changes cannot be captured because no log is written. */
  readonly logEnabled: boolean;
  /** Positions stay good on another server of the topology. */
  readonly globalPositions: boolean;
  /** What actions of foreign keys change is in the log. */
  readonly logsCascades: boolean;
  /** Which columns the log leaves out of an inserted row when the statement left them to their default. LARGE: texts and blobs. */
  readonly defaultsLeftOut: 'NONE' | 'LARGE' | 'ALL';
  /** XA transactions that are prepared and not ended; undefined: the user may not ask. */
  readonly preparedTransactions?: number | undefined;
  /** The server replicates from another one. */
  readonly replica: boolean;
  /** Selected databases that its log filters leave out. */
  readonly filteredDatabases: readonly string[];
  /** Seconds for which the log is kept; undefined: for ever. */
  readonly logRetentionSeconds?: number | undefined;
  /** Selected names that do not exist. */
  readonly missing: readonly string[];
  /** Names left out of databases that exist, of which nothing there is called so. */
  readonly excludedInVain: readonly TableId[];
  readonly tables: readonly SourceTableFacts[];
  /** Stored functions that are carried; procedures are not among them. */
  readonly functions: readonly TableId[];
  /** Columns of type enum and set with such members. */
  readonly members: readonly UnshownFacts[];
  /** Columns with such a default. */
  readonly defaults: readonly UnshownFacts[];
  /** What acts with the rights of the account that is its definer. */
  readonly definers: readonly DefinerFacts[];
}

export interface DefinerFacts {
  readonly kind: 'view' | 'routine' | 'trigger' | 'event';
  readonly id: TableId;
  /** As `user@host`. */
  readonly account: string;
}

export interface SourceTableFacts {
  readonly id: TableId;
  /** Lower case. */
  readonly engine: string;
  readonly collations: readonly string[];
  /** Collations of the columns in unique keys. */
  readonly keyCollations: readonly string[];
  /** Its AUTO_INCREMENT column begins no index. */
  readonly countsWithinKey: boolean;
  readonly hasPrimaryKey: boolean;
  /** A primary key, or a unique key without NULL. */
  readonly hasKey: boolean;
  readonly foreignKeys: readonly ForeignKeyFacts[];
  readonly triggers: number;
  /** Columns of types that not every server has; the type in lower case. */
  readonly rareColumns: readonly { readonly name: string; readonly type: string }[];
  /** Names of indexes over expressions. */
  readonly expressionIndexes: readonly string[];
  /** What else it is than a table whose rows can be copied and followed: `a sequence`. */
  readonly otherThanTable?: string | undefined;
}

export interface ForeignKeyFacts {
  readonly parent: TableId;
  /** Changes of the parent change rows of the table. */
  readonly cascades: boolean;
  /** The columns it refers to are a whole unique key of the parent. */
  readonly refersToKey: boolean;
}

/** Which accounts the endpoint's user may name as definers at the target. Accounts as `user@host`. */
export interface DefinerRights {
  /** Its own, which it always may. */
  readonly own: string;
  readonly others: boolean;
  /** Also accounts that do not exist. */
  readonly missing: boolean;
  /** All that exist; undefined: the user may not see them. */
  readonly existing?: readonly string[] | undefined;
  /** Those that take more than `others`; empty where the user may not see them. */
  readonly guarded: readonly string[];
  /** Gives `others`, as GRANT names it. */
  readonly privilege: string;
}

export interface TargetFacts extends ServerFacts {
  readonly readOnly: boolean;
  /** Bulk streams are allowed. */
  readonly bulkLoad: boolean;
  /** Stored functions and triggers can be made: some servers that write a log of their own let only the most privileged do so. */
  readonly takesFunctions: boolean;
  readonly definers: DefinerRights;
  /** Tables without a primary key get an invisible one, and the user may not switch that off. */
  readonly addsKeys: boolean;
  /** Tables without a primary key are refused, and the user may not switch that off. */
  readonly requiresKeys: boolean;
  /** Foreign keys to columns that are no whole unique key are refused, and the user may not switch that off. */
  readonly requiresParentKeys: boolean;
  /** Target names of tables that exist, and of those that have rows. */
  readonly existing: readonly TableId[];
  readonly occupied: readonly TableId[];
  /** Of the tables that exist. */
  readonly triggers: readonly TriggerFacts[];
  readonly collations: readonly string[];
  /** Types of `rareColumns` that are kept as text, because there is none of the name. */
  readonly typesKeptAsText: readonly string[];
  /** Types of `rareColumns` that columns cannot have. */
  readonly typesLacking: readonly string[];
  readonly indexesExpressions: boolean;
  /** A session can choose what TIMESTAMP columns are by default. */
  readonly choosesTimestampDefaults: boolean;
  /** Parts of JSON documents can be changed with the same text as at a MySQL source. */
  readonly patchesJson: boolean;
}
