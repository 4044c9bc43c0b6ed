/** What the gateway, the command line and the tests get of the engine: nothing else of it is public. */
export type { CatalogTable } from './core/catalog.ts';
export type { Clock } from './core/clock.ts';
export { type EndpointConfig, type EngineName, engineNames, type TlsConfig } from './core/endpoint.ts';
export {
  DtsError,
  type ErrorCode,
  type ErrorDetails,
  type ErrorReport,
  errorCatalog,
  errorCodes,
  type RetryClass,
  reportOf,
} from './core/errors.ts';
export { type Logger, silentLogger } from './core/logger.ts';
export type { DatabaseSelection, ObjectSelection, TableSelection } from './core/selection.ts';
export {
  type Bottleneck,
  type DesiredState,
  defaultTaskOptions,
  type PhaseName,
  type PhaseProgress,
  type PhaseState,
  type PrecheckItem,
  type PrecheckReport,
  phaseNames,
  type TableProgress,
  type TableState,
  type Task,
  type TaskEvent,
  type TaskKind,
  type TaskOptions,
  type TaskProgress,
  type TaskState,
  taskKinds,
  taskStates,
} from './core/task.ts';
export {
  type ApiToken,
  type Audit,
  type AuditEntry,
  type Endpoint,
  type EndpointFilter,
  type EndpointInput,
  type Endpoints,
  type EndpointTest,
  type Engine,
  type Events,
  type Idempotency,
  type Page,
  type PageRequest,
  type PrecheckPreview,
  type SchemaChangeResolution,
  type Scope,
  scopes,
  type TaskConfiguration,
  type TaskFilter,
  type Tasks,
  type Tokens,
} from './engine.ts';
export { type VendorStates, vendorStates } from './lifecycle/vendor-states.ts';
export { type EngineOptions, openEngine } from './open.ts';
