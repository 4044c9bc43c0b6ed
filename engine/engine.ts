import type { CatalogPage, CatalogRequest } from './core/catalog.ts';
import type { EndpointConfig, EngineName, TlsConfig } from './core/endpoint.ts';
import type { ErrorReport } from './core/errors.ts';
import type { ObjectSelection } from './core/selection.ts';
import type { TableId } from './core/table.ts';
import type {
  PrecheckItem,
  PrecheckReport,
  TableProgress,
  Task,
  TaskEvent,
  TaskKind,
  TaskOptions,
  TaskProgress,
  TaskState,
} from './core/task.ts';

/**
 * What the engine offers to those who drive it (the gateway, tests). All failures are DtsError; a refused operation is
 * INVALID_STATE with details `state` and `allowed`, a stale version is CONFLICT with details `currentVersion`.
 */
export interface Engine {
  readonly endpoints: Endpoints;
  readonly tasks: Tasks;
  readonly events: Events;
  readonly tokens: Tokens;
  readonly idempotency: Idempotency;
  readonly audit: Audit;
  /** Rejects when the engine cannot work (store unreachable, closing). */
  ready(): Promise<void>;
  /** Ends workers at their next checkpoint and closes the store. Running tasks go on at the next start. */
  close(): Promise<void>;
}

/** A saved connection as shown: without its secrets. */
export interface Endpoint {
  readonly id: string;
  readonly name: string;
  readonly engine: EngineName;
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly tls: TlsConfig;
  /** Changes when the password changes; tells whether a stored password equals a given one without showing it. */
  readonly secretFingerprint: string;
  /** False while its maker may die before it has written the id down. */
  readonly claimed: boolean;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export type EndpointInput = EndpointConfig & { readonly name: string };

export interface EndpointTest {
  readonly ok: boolean;
  readonly latencyMillis: number;
  readonly serverVersion?: string | undefined;
  readonly flavour?: string | undefined;
  readonly error?: ErrorReport | undefined;
}

/** One page in id order after a cursor; ids sort by time of creation. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
}
export interface PageRequest {
  readonly first: number;
  readonly afterId?: string | undefined;
}

export interface EndpointFilter {
  /** Of exactly this name. Names may repeat. */
  readonly name?: string | undefined;
}

/** An object is claimed unless its maker says that it will claim it later. */
export interface Claim {
  readonly claimed?: boolean | undefined;
}

export interface Endpoints {
  create(input: EndpointInput & Claim): Endpoint;
  /** The maker has written the id down. Changes nothing else, not the version either; again is nothing. */
  claim(id: string): Endpoint;
  update(id: string, change: Partial<EndpointInput>, expectedVersion?: number): Endpoint;
  /** IN_USE while a task that is not destroyed names it. */
  delete(id: string, expectedVersion?: number): void;
  get(id: string): Endpoint | undefined;
  list(page: PageRequest, filter?: EndpointFilter): Page<Endpoint>;
  test(id: string): Promise<EndpointTest>;
  /** Whether this is the password that is kept. */
  secretMatches(id: string, password: string): boolean;
  /** Databases that the endpoint has, without the system's own. DEADLINE_EXCEEDED, or the failure of asking. */
  databases(id: string): Promise<readonly string[]>;
  /** As `databases`, the tables. */
  tables(id: string, request: CatalogRequest): Promise<CatalogPage>;
}

export interface TaskConfiguration {
  readonly name?: string | undefined;
  readonly sourceId?: string | undefined;
  readonly targetId?: string | undefined;
  readonly objects?: ObjectSelection | undefined;
  readonly options?: Partial<TaskOptions> | undefined;
}

export interface TaskFilter {
  readonly states?: readonly TaskState[] | undefined;
  readonly kinds?: readonly TaskKind[] | undefined;
  /** Of exactly this name. Names may repeat. */
  readonly name?: string | undefined;
  readonly nameContains?: string | undefined;
  /** Only tasks in the recycle bin; without it only those outside. */
  readonly isolated?: boolean | undefined;
}

/** What is to become of a schema change that stopped a task. */
export interface SchemaChangeResolution {
  /**
   * SKIP: go on as if it were done. REPLACE: take `sql` instead. RELOAD: copy `tables` again with the structure they have by then.
   */
  readonly action: 'SKIP' | 'REPLACE' | 'RELOAD';
  /**
   * For REPLACE, one statement. After DDL_NOT_UNDERSTOOD it stands for what the source ran and has the source's names; otherwise it is
   * run at the target as it is.
   */
  readonly sql?: string | undefined;
  /** For RELOAD, by their names at the source; absent: those that the failure names. */
  readonly tables?: readonly TableId[] | undefined;
}

/** What a precheck would find. */
export interface PrecheckPreview {
  readonly passed: boolean;
  readonly items: readonly PrecheckItem[];
}

/** Operations on tasks. Long ones return at once with the task's new desired state. */
export interface Tasks {
  create(input: TaskConfiguration & Claim & { kind: TaskKind; name: string }): Task;
  /** As that of an endpoint. */
  claim(id: string): Task;
  configure(id: string, change: TaskConfiguration, expectedVersion?: number): Task;
  /**
   * Changes what a synchronization carries while it is under way. Tables that are added are checked first (PRECHECK_FAILED), then copied and
   * followed; those that are taken out are no longer followed, and stay at the target as they are.
   */
  modifyObjects(id: string, objects: ObjectSelection, expectedVersion?: number): Promise<Task>;
  runPrecheck(id: string, expectedVersion?: number): Task;
  start(id: string, expectedVersion?: number): Task;
  pause(id: string, expectedVersion?: number): Task;
  resume(id: string, expectedVersion?: number): Task;
  stop(id: string, expectedVersion?: number): Task;
  complete(id: string, expectedVersion?: number): Task;
  /**
   * Lets a task in ERROR go on. `resolution` settles the schema change that stopped it (DDL_NOT_UNDERSTOOD, DDL_FAILED,
   * DDL_OUTCOME_UNKNOWN, SCHEMA_MISMATCH); for any other failure it is refused as INVALID_STATE.
   */
  retry(id: string, expectedVersion?: number, resolution?: SchemaChangeResolution): Task;
  /** Removes the task, its change log and its checkpoint at the target. The data at the target stays. */
  destroy(id: string, expectedVersion?: number): Promise<void>;
  get(id: string): Task | undefined;
  list(filter: TaskFilter, page: PageRequest): Page<Task>;
  progress(id: string): TaskProgress | undefined;
  /** Latest value per tick, at most `perSecond` times a second; ends when the task is destroyed or the signal aborts. */
  watchProgress(id: string, perSecond: number, signal: AbortSignal): AsyncIterable<TaskProgress>;
  tables(id: string, page: { first: number; after?: string | undefined }): Page<TableProgress>;
  /**
   * Runs the checks for a task that does not exist, and keeps nothing. DEADLINE_EXCEEDED after `limitMillis`. `addedTo` names a task:
   * then only those objects are checked that it does not carry yet. `insteadOf` names one that will be over or changed: it is in nobody's way.
   */
  previewPrecheck(
    input: TaskConfiguration & { kind: TaskKind },
    options?: {
      limitMillis?: number | undefined;
      addedTo?: string | undefined;
      insteadOf?: string | undefined;
    },
  ): Promise<PrecheckPreview>;
  precheckReport(id: string): PrecheckReport | undefined;
  /** Operations that the task's state allows now, by their API names. */
  allowed(id: string): readonly string[];
}

export interface Events {
  /** Events with seq > after, oldest first, then new ones as they come; none lost, none twice; ends when the signal aborts. */
  follow(options: {
    after: number;
    taskId?: string | undefined;
    signal: AbortSignal;
  }): AsyncIterable<TaskEvent>;
  list(options: { taskId?: string | undefined; after: number; first: number }): readonly TaskEvent[];
}

export const scopes = ['read', 'write', 'operate', 'admin'] as const;
/** read: queries. write: create and configure. operate: start, pause, stop, complete. admin: tokens; contains the others. */
export type Scope = (typeof scopes)[number];

export interface ApiToken {
  readonly id: string;
  readonly name: string;
  /** First characters of the token, to tell tokens apart. */
  readonly prefix: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: number;
  readonly expiresAt?: number | undefined;
  readonly lastUsedAt?: number | undefined;
  readonly revokedAt?: number | undefined;
  /** False while its maker may die before it has written the secret down. */
  readonly claimed: boolean;
}

export interface Tokens {
  /** The secret is returned here and never again; only its SHA-256 is kept. */
  create(input: Claim & { name: string; scopes: readonly Scope[]; expiresAt?: number | undefined }): {
    token: ApiToken;
    secret: string;
  };
  /** As that of an endpoint. */
  claim(id: string): ApiToken;
  revoke(id: string): ApiToken;
  /** Revoked ones too, until their history is over. */
  get(id: string): ApiToken | undefined;
  list(page: PageRequest): Page<ApiToken>;
  /** Undefined for an unknown, expired or revoked secret. Compares in constant time. */
  authenticate(secret: string): ApiToken | undefined;
}

export interface Idempotency {
  /**
   * Runs `work` once per (actor, mutation, key) within 24 hours and gives its stored result to repeats.
   * Same key with another `request` text: IDEMPOTENCY_CONFLICT. A repeat while the first still runs waits for it.
   * A result is stored in the same store transaction as what `work` wrote, when `work` is synchronous.
   */
  run<T>(
    identity: { actor: string; mutation: string; key: string; request: string },
    work: () => T | Promise<T>,
  ): Promise<T>;
}

export interface AuditEntry {
  readonly at: number;
  readonly actor: string;
  readonly operation: string;
  readonly objectId?: string | undefined;
  readonly outcome: 'OK' | 'REFUSED' | 'FAILED';
  readonly code?: string | undefined;
  readonly versionBefore?: number | undefined;
  readonly versionAfter?: number | undefined;
}

export interface Audit {
  record(entry: AuditEntry): void;
  list(options: { first: number; beforeSeq?: number | undefined }): readonly (AuditEntry & { seq: number })[];
}
