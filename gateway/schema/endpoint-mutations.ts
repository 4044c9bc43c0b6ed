import type { TlsConfig } from '../../engine/index.ts';
import { builder } from './builder.ts';
import { EndpointTestType, EndpointType } from './endpoint.ts';
import { EngineEnum, TlsModeEnum } from './enums.ts';
import {
  ConflictRefusal,
  InUseRefusal,
  InvalidInputRefusal,
  NotFoundRefusal,
  UnsupportedRefusal,
} from './errors.ts';
import { claimed, expectedVersion, id, idempotencyKey } from './inputs.ts';
import { given, perform } from './perform.ts';
import * as rules from './rules.ts';

const TlsInput = builder.inputType('TlsInput', {
  description: 'How to encrypt the connections of an endpoint.',
  fields: (t) => ({
    mode: t.field({ type: TlsModeEnum, required: true, description: 'Whether and how.' }),
    ca: t.string({
      required: false,
      description: 'Certificate of the authority in PEM form, for mode VERIFY with a private authority.',
      validate: rules.certificate,
    }),
  }),
});

const CreateEndpointInput = builder.inputType('CreateEndpointInput', {
  description: 'A new endpoint.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Name for people.', validate: rules.displayName }),
    engine: t.field({ type: EngineEnum, required: true, description: 'The database system.' }),
    host: t.string({ required: true, description: 'Host name or IP address.', validate: rules.host }),
    port: t.int({ required: true, defaultValue: 3306, description: 'TCP port.', validate: rules.port }),
    username: t.string({ required: true, description: 'Database user.', validate: rules.username }),
    password: t.string({
      required: true,
      description: 'Password of the user. Kept encrypted and never shown again.',
      validate: rules.password,
    }),
    tls: t.field({ type: TlsInput, required: false, description: 'Encryption; by default PREFERRED.' }),
    claimed: claimed(t, 'id'),
    idempotencyKey: idempotencyKey(t),
  }),
});

const ClaimEndpointInput = builder.inputType('ClaimEndpointInput', {
  description: 'Which endpoint to claim.',
  fields: (t) => ({ id: id(t, 'endpoint'), idempotencyKey: idempotencyKey(t) }),
});

const UpdateEndpointInput = builder.inputType('UpdateEndpointInput', {
  description: 'Changes of an endpoint; what is absent stays.',
  fields: (t) => ({
    id: id(t, 'endpoint'),
    name: t.string({ required: false, description: 'Name for people.', validate: rules.displayName }),
    engine: t.field({ type: EngineEnum, required: false, description: 'The database system.' }),
    host: t.string({ required: false, description: 'Host name or IP address.', validate: rules.host }),
    port: t.int({ required: false, description: 'TCP port.', validate: rules.port }),
    username: t.string({ required: false, description: 'Database user.', validate: rules.username }),
    password: t.string({
      required: false,
      description: 'New password. Kept encrypted and never shown again.',
      validate: rules.password,
    }),
    tls: t.field({
      type: TlsInput,
      required: false,
      description: 'Encryption; replaces the former as a whole.',
    }),
    expectedVersion: expectedVersion(t),
    idempotencyKey: idempotencyKey(t),
  }),
});

const DeleteEndpointInput = builder.inputType('DeleteEndpointInput', {
  description: 'Which endpoint to delete.',
  fields: (t) => ({
    id: id(t, 'endpoint'),
    expectedVersion: expectedVersion(t),
    idempotencyKey: idempotencyKey(t),
  }),
});

const TestEndpointInput = builder.inputType('TestEndpointInput', {
  description: 'Which endpoint to connect to.',
  fields: (t) => ({ id: id(t, 'endpoint'), idempotencyKey: idempotencyKey(t) }),
});

const DeletedEndpoint = builder.objectRef<{ id: string }>('DeletedEndpoint').implement({
  description: 'An endpoint that is gone.',
  fields: (t) => ({ id: t.exposeID('id', { description: 'The id it had.' }) }),
});

type TlsInputShape = { mode: TlsConfig['mode']; ca?: string | null | undefined };
const tlsOf = (tls: TlsInputShape | null | undefined): TlsConfig | undefined =>
  tls == null ? undefined : { mode: tls.mode, ...(tls.ca == null ? {} : { ca: tls.ca }) };

builder.mutationFields((t) => ({
  createEndpoint: t.field({
    type: EndpointType,
    description: 'Saves a connection to a database server. It is not contacted: see testEndpoint.',
    authScopes: { write: true },
    errors: {
      types: [InvalidInputRefusal, UnsupportedRefusal],
      union: { name: 'CreateEndpointResult', description: 'The endpoint, or why it was refused.' },
    },
    args: { input: t.arg({ type: CreateEndpointInput, required: true, description: 'The endpoint.' }) },
    resolve: (_root, { input }, ctx) =>
      perform(ctx, {
        operation: 'createEndpoint',
        input,
        work: () => {
          const { idempotencyKey: _, tls, claimed, ...rest } = input;
          return ctx.engine.endpoints.create({
            ...rest,
            tls: tlsOf(tls) ?? { mode: 'PREFERRED' },
            claimed: claimed ?? true,
          });
        },
        after: (endpoint) => endpoint,
      }),
  }),
  claimEndpoint: t.field({
    type: EndpointType,
    description:
      'Tells that the maker of an endpoint has written its id down. Changes nothing else, not its version either; one that is claimed stays so.',
    authScopes: { write: true },
    errors: {
      types: [NotFoundRefusal],
      union: { name: 'ClaimEndpointResult', description: 'The endpoint, or why it was refused.' },
    },
    args: { input: t.arg({ type: ClaimEndpointInput, required: true, description: 'Which one.' }) },
    resolve: (_root, { input }, ctx) =>
      perform(ctx, {
        operation: 'claimEndpoint',
        input,
        before: ctx.engine.endpoints.get(input.id) ?? { id: input.id },
        work: () => ctx.engine.endpoints.claim(input.id),
        after: (endpoint) => endpoint,
      }),
  }),
  updateEndpoint: t.field({
    type: EndpointType,
    description:
      'Changes an endpoint. Running tasks take the change over at once: they end their connections and go on from their checkpoints.',
    authScopes: { write: true },
    errors: {
      types: [InvalidInputRefusal, NotFoundRefusal, ConflictRefusal, InUseRefusal, UnsupportedRefusal],
      union: {
        name: 'UpdateEndpointResult',
        description: 'The endpoint as it is now, or why it was refused.',
      },
    },
    args: { input: t.arg({ type: UpdateEndpointInput, required: true, description: 'The changes.' }) },
    resolve: (_root, { input }, ctx) =>
      perform(ctx, {
        operation: 'updateEndpoint',
        input,
        before: ctx.engine.endpoints.get(input.id) ?? { id: input.id },
        work: () => {
          const { id, expectedVersion, idempotencyKey: _, tls, ...rest } = input;
          return ctx.engine.endpoints.update(
            id,
            given({ ...rest, tls: tlsOf(tls) }),
            expectedVersion ?? undefined,
          );
        },
        after: (endpoint) => endpoint,
      }),
  }),
  deleteEndpoint: t.field({
    type: DeletedEndpoint,
    description: 'Deletes an endpoint that no task uses.',
    authScopes: { write: true },
    errors: {
      types: [NotFoundRefusal, ConflictRefusal, InUseRefusal],
      union: {
        name: 'DeleteEndpointResult',
        description: 'The id of the endpoint that is gone, or why it was refused.',
      },
    },
    args: { input: t.arg({ type: DeleteEndpointInput, required: true, description: 'Which one.' }) },
    resolve: (_root, { input }, ctx) =>
      perform(ctx, {
        operation: 'deleteEndpoint',
        input,
        before: ctx.engine.endpoints.get(input.id) ?? { id: input.id },
        work: () => {
          ctx.engine.endpoints.delete(input.id, input.expectedVersion ?? undefined);
          return { id: input.id };
        },
        after: ({ id }) => ({ id }),
      }),
  }),
  testEndpoint: t.field({
    type: EndpointTestType,
    description: 'Connects to an endpoint, logs in and asks for its version. Changes nothing there.',
    authScopes: { operate: true },
    errors: {
      types: [NotFoundRefusal],
      union: { name: 'TestEndpointResult', description: 'What came of it, or why it was refused.' },
    },
    args: { input: t.arg({ type: TestEndpointInput, required: true, description: 'Which one.' }) },
    resolve: (_root, { input }, ctx) =>
      perform(ctx, {
        operation: 'testEndpoint',
        input,
        before: { id: input.id },
        work: () => ctx.engine.endpoints.test(input.id),
        after: () => ({ id: input.id }),
      }),
  }),
}));
