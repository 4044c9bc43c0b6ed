import {
  DtsError,
  type ErrorCode,
  type ErrorDetails,
  type ErrorReport,
  errorCatalog,
  errorCodes,
  type RetryClass,
  type TaskState,
  taskStates,
} from '../../engine/index.ts';
import { builder } from './builder.ts';
import { TaskStateEnum } from './enums.ts';

export const ErrorCodeEnum = builder.enumType('ErrorCode', {
  description: 'Every failure that the product can name; the same in API, logs and documentation.',
  values: Object.fromEntries(
    errorCodes.map((code) => [code, { description: errorCatalog[code].summary }]),
  ) as Record<ErrorCode, { description: string }>,
});

/** A refusal that a mutation answers with as data. */
export abstract class Refusal extends Error {
  readonly code: ErrorCode;
  readonly remedy: string;
  readonly details: ErrorDetails;
  constructor(error: DtsError) {
    super(error.message, { cause: error });
    this.code = error.code;
    this.remedy = error.remedy;
    this.details = error.details;
  }
}
export class InvalidInputRefusal extends Refusal {}
export class NotFoundRefusal extends Refusal {}
export class ConflictRefusal extends Refusal {}
export class InvalidStateRefusal extends Refusal {}
export class PrecheckFailedRefusal extends Refusal {}
export class InUseRefusal extends Refusal {}
export class UnsupportedRefusal extends Refusal {}

const refusals: Partial<Record<ErrorCode, new (error: DtsError) => Refusal>> = {
  INVALID_INPUT: InvalidInputRefusal,
  NOT_FOUND: NotFoundRefusal,
  CONFLICT: ConflictRefusal,
  INVALID_STATE: InvalidStateRefusal,
  PRECHECK_FAILED: PrecheckFailedRefusal,
  IN_USE: InUseRefusal,
  UNSUPPORTED: UnsupportedRefusal,
};

/** The refusal to answer with, or the error itself when it belongs at the top level. */
export function refusalOf(error: unknown): unknown {
  if (!(error instanceof DtsError)) return error;
  const Kind = refusals[error.code];
  return Kind ? new Kind(error) : error;
}

const ErrorInterface = builder.interfaceRef<Refusal>('Error').implement({
  description: 'A refusal: what happened, under which code, and what to do about it.',
  fields: (t) => ({
    code: t.expose('code', { type: ErrorCodeEnum, description: 'What kind of refusal it is.' }),
    message: t.exposeString('message', { description: 'What happened in this case.' }),
    remedy: t.exposeString('remedy', { description: 'What to do about it.' }),
  }),
});

builder.objectType(InvalidInputRefusal, {
  name: 'InvalidInputError',
  description:
    'The input does not fit the other objects of the service, for example an endpoint that serves as both ends.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    field: t.string({
      nullable: true,
      description: 'The field at fault as a path, for example `input.objects`.',
      resolve: ({ details }) => details.field ?? null,
    }),
  }),
});
builder.objectType(NotFoundRefusal, {
  name: 'NotFoundError',
  description: 'No object with that id exists.',
  interfaces: [ErrorInterface],
});
builder.objectType(ConflictRefusal, {
  name: 'ConflictError',
  description: 'The object was changed since it was read.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    currentVersion: t.int({
      nullable: true,
      description: 'Version that the object has now.',
      resolve: ({ details }) => (typeof details.currentVersion === 'number' ? details.currentVersion : null),
    }),
  }),
});
builder.objectType(InvalidStateRefusal, {
  name: 'InvalidStateError',
  description: 'The state of the task does not allow the operation.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    state: t.field({
      type: TaskStateEnum,
      description: 'State that the task is in.',
      resolve: ({ details }) => {
        const state = taskStates.find((known): known is TaskState => known === details.state);
        if (state === undefined) throw new Error('a refusal by state names no state');
        return state;
      },
    }),
    allowed: t.stringList({
      description: 'Operations that this state allows, by the names of their mutations.',
      resolve: ({ details }) => listOf(details.allowed),
    }),
  }),
});
builder.objectType(PrecheckFailedRefusal, {
  name: 'PrecheckFailedError',
  description: 'A check without which the task cannot work has failed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    checks: t.stringList({
      description: 'Names of the failed checks.',
      resolve: ({ details }) => listOf(details.checks),
    }),
  }),
});
builder.objectType(InUseRefusal, {
  name: 'InUseError',
  description: 'The object is in use by a task.',
  interfaces: [ErrorInterface],
});
builder.objectType(UnsupportedRefusal, {
  name: 'UnsupportedError',
  description: 'The combination of engines or options is not supported.',
  interfaces: [ErrorInterface],
});

const listOf = (value: ErrorDetails[string]): string[] => (Array.isArray(value) ? [...value] : []);

/** A failure of the engine as shown: on a task, in an event, in the test of an endpoint. */
export const Failure = builder.objectRef<ErrorReport>('Failure').implement({
  description: 'A failure with its cause and its remedy.',
  fields: (t) => ({
    code: t.expose('code', { type: ErrorCodeEnum, description: 'What kind of failure it is.' }),
    message: t.exposeString('message', { description: 'What happened in this case.' }),
    remedy: t.exposeString('remedy', { description: 'What to do about it.' }),
    object: t.string({
      nullable: true,
      description: 'Database object at fault, for example `shop.orders`.',
      resolve: ({ details }) => details.object ?? null,
    }),
    position: t.string({
      nullable: true,
      description: 'Where in the log of the source it happened.',
      resolve: ({ details }) => details.position ?? null,
    }),
    driverCode: t.string({
      nullable: true,
      description: 'Code that the database gave, for example `ER_DUP_ENTRY`.',
      resolve: ({ details }) => details.driverCode ?? null,
    }),
  }),
});

const RetryClassEnum = builder.enumType('RetryClass', {
  description: 'Which retry window a failure spends.',
  values: {
    connection: { description: 'The window for lost connections.' },
    other: { description: 'The window for other passing failures.' },
    never: { description: 'None: the task stops, or the request is refused.' },
  } satisfies Record<RetryClass, { description: string }>,
});

const ErrorCodeInfo = builder.objectRef<ErrorCode>('ErrorCodeInfo').implement({
  description: 'An entry of the catalogue of errors.',
  fields: (t) => ({
    code: t.field({ type: ErrorCodeEnum, description: 'The code.', resolve: (code) => code }),
    summary: t.string({ description: 'What happened.', resolve: (code) => errorCatalog[code].summary }),
    remedy: t.string({ description: 'What to do about it.', resolve: (code) => errorCatalog[code].remedy }),
    retry: t.field({
      type: RetryClassEnum,
      description: 'How a task treats it.',
      resolve: (code) => errorCatalog[code].retry,
    }),
  }),
});

builder.queryField('errorCodes', (t) =>
  t.field({
    type: [ErrorCodeInfo],
    nullable: true,
    description: 'The catalogue of errors.',
    authScopes: { read: true },
    resolve: () => errorCodes,
  }),
);
