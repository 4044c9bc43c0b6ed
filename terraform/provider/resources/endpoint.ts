import { type Connection, define } from '../connection.ts';
import {
  createEndpoint,
  deleteEndpoint,
  type Endpoint,
  type EndpointInput,
  endpointsNamed,
  findEndpoint,
  secretMatches,
  updateEndpoint,
} from '../gateway/endpoints.ts';
import { type GatewayError, hasCode } from '../gateway/gateway-error.ts';
import type { PlanContext, ResourceContext } from '../protocol/contracts/context.ts';
import { type Finding, ProviderError } from '../protocol/contracts/diagnostics.ts';
import type { PlanRequest, Resource } from '../protocol/contracts/resource.ts';
import { objectType } from '../protocol/schema/type-of.ts';
import type { KnownConfig, State } from '../protocol/schema/values-of.ts';
import { sameValue } from '../protocol/values/fingerprint.ts';
import { isUnknown, UNKNOWN } from '../protocol/values/unknown.ts';
import { noteChange } from './endpoint-change.ts';
import { endpointSchema } from './endpoint-schema.ts';
import { findByImportId } from './find-by-import-id.ts';
import { hold } from './hold.ts';
import { type Making, makeOnce } from './make-once.ts';
import { foresee, foreseeDestroy, type Namesakes, remove } from './names.ts';
import { foreseeRename, rename } from './rename.ts';
import { located } from './task/field-path.ts';

type A = (typeof endpointSchema)['attributes'];

/** Fingerprint of the password that was last set from here: another one means that somebody else has set another. */
const SET_FINGERPRINT = 'set_fingerprint';

const resource: Resource<A, Connection> = {
  schema: endpointSchema,

  validate(config, { diagnostics }) {
    const { password, password_wo: writeOnly, password_wo_version: version, tls } = config;
    if (password !== null && writeOnly !== null) {
      diagnostics.error({
        summary: 'Two passwords are given',
        detail: 'Set either password_wo, which is kept in no plan and no state, or password.',
        path: ['password'],
      });
    }
    if (password === null && writeOnly === null) {
      diagnostics.error({
        summary: 'The password is missing',
        detail: 'Set password_wo; with a CLI that does not know write-only arguments yet, set password.',
        path: ['password_wo'],
      });
    }
    if (version !== null && writeOnly === null) {
      diagnostics.error({
        summary: 'There is a version of no password',
        detail: 'password_wo_version tells that password_wo has changed: set both, or neither.',
        path: ['password_wo_version'],
      });
    }
    if (tls !== null && !isUnknown(tls) && tls.mode === 'disabled' && tls.ca !== null) {
      diagnostics.error({
        summary: 'A certificate authority is given for connections that are not encrypted',
        detail: 'Remove tls.ca, or set tls.mode to "verify", so that the certificate is checked.',
        path: ['tls', 'ca'],
      });
    }
  },

  async plan(request, context) {
    const { planned } = request;
    const { prior } = request;
    if (prior !== null) context.client?.ownership.hold(prior.id);
    if (!isUnknown(planned.name)) await foreseeEndpoint(planned.name, prior, context);
    if (prior === null) return { planned };
    return { planned: await withPassword(request, prior, context) };
  },

  planDestroy: (state, context) => foreseeDestroy('endpoint', state, context),

  async create({ config, planned }, context) {
    const input = { ...inputOf(config), name: config.name };
    const endpoint = await atAttribute(config, () => makeOnce(making(input, context), context));
    context.privateState.set(SET_FINGERPRINT, endpoint.secretFingerprint);
    return stateOf(endpoint, planned as State<A>);
  },

  async read(state, context) {
    const endpoint = await findEndpoint(context.client.gateway, state.id, context.signal);
    if (endpoint === null) return null;
    await hold('Endpoint', endpoint, context);
    return stateOf(endpoint, state);
  },

  async update({ config, planned, prior }, context) {
    const { client, signal, privateState } = context;
    const { password, ...rest } = inputOf(config);
    const mayChange = isUnknown(planned.secret_fingerprint);
    const isOther = mayChange && !(await keeps(prior.id, password, context));
    const found = isOther ? null : await findEndpoint(client.gateway, prior.id, signal);
    // What the state alone lacked, as after an import, is no change at the service.
    const isKept = found?.name === rest.name && isSame(found, { ...rest, password });
    const input = { id: prior.id, ...rest, ...(isOther ? { password } : {}) };
    const change = () => updateEndpoint(client.gateway, input, signal);
    const changed = () =>
      rest.name === prior.name
        ? change()
        : rename(namesakes(rest.name, client, signal), prior, context, change);
    const endpoint = isKept ? found : await atAttribute(config, changed);
    client.changingEndpoints.delete(prior.id);
    await hold('Endpoint', endpoint, context);
    if (mayChange) privateState.set(SET_FINGERPRINT, endpoint.secretFingerprint);
    return stateOf(endpoint, planned as State<A>);
  },

  async delete(state, context) {
    const { client, signal, diagnostics } = context;
    await remove('endpoint', state, context, async () => {
      try {
        await deleteEndpoint(client.gateway, state.id, signal);
      } catch (error) {
        if (hasCode(error, 'NOT_FOUND')) return;
        if (!hasCode(error, 'IN_USE')) throw error;
        if (!client.ownership.isLeftInUse(state.id)) throw inUse(state, error);
        diagnostics.warning(stays(state));
      }
    });
  },

  async import(id, { client, signal }) {
    const endpoint = await findByImportId(id, {
      what: 'endpoint',
      byId: (known) => findEndpoint(client.gateway, known, signal),
      named: (name) => endpointsNamed(client.gateway, name, signal),
    });
    return endpoint && { id: endpoint.id };
  },
};

export const endpoint = define.resource(resource);

/** Points a refusal of a field at its attribute; the password has two, of which one is set. */
const atAttribute = <T>({ password_wo: writeOnly }: KnownConfig<A>, work: () => Promise<T>): Promise<T> =>
  located(work, writeOnly === null ? {} : { password: 'password_wo' });

/**
 * The fingerprint is planned to change when the password is to be sent, and may change with any other change: whoever applies the plan
 * later may give another password, which no plan holds.
 */
async function withPassword(
  request: PlanRequest<A>,
  prior: State<A>,
  context: PlanContext<Connection>,
): Promise<PlanRequest<A>['planned']> {
  const { planned } = request;
  const { client } = context;
  const fate = await passwordFate(request, prior, context);
  noteChange(prior, planned, fate === 'other' || fate === 'open', client);
  const mayChange = { ...planned, secret_fingerprint: UNKNOWN };
  if (fate === 'left') return planned;
  if (fate === 'other' || fate === 'open' || changes(prior, planned)) return mayChange;
  // It is as good as set from here: what somebody else sets from now on is noticed.
  if (fate === 'same') context.privateState.set(SET_FINGERPRINT, prior.secret_fingerprint);
  else warnOfNoComparison(context);
  return planned;
}

/** `left`: nobody asks. `forbidden`: the token may not ask. `open`: the apply finds out. */
type PasswordFate = 'left' | 'same' | 'other' | 'open' | 'forbidden';

/**
 * What is to become of the password that the service keeps: it is another one when the service is asked and says so. It is asked when
 * there is no version or another one, when somebody else has set a password, and when the state says something else about it than the
 * configuration, as after an import.
 */
async function passwordFate(
  { config, planned }: PlanRequest<A>,
  prior: State<A>,
  context: PlanContext<Connection>,
): Promise<PasswordFate> {
  const { client, privateState } = context;
  const password = config.password ?? config.password_wo;
  const set = privateState.get(SET_FINGERPRINT);
  const differs =
    (set !== undefined && set !== prior.secret_fingerprint) ||
    planned.password !== prior.password ||
    planned.password_wo_version !== prior.password_wo_version;
  const byComparison = config.password_wo !== null && config.password_wo_version === null;
  if (!differs && !byComparison) return 'left';
  if (client === undefined || typeof password !== 'string') return 'open';
  const isSame = await compared(prior.id, password, { ...context, client });
  if (isSame === undefined) return differs ? 'open' : 'forbidden';
  return isSame ? 'same' : 'other';
}

const changes = (prior: State<A>, planned: PlanRequest<A>['planned']): boolean =>
  !sameValue(objectType(endpointSchema.attributes), prior, planned);

/** Undefined when the token may not ask. */
async function compared(
  id: string,
  password: string,
  { client, signal }: ResourceContext<Connection>,
): Promise<boolean | undefined> {
  try {
    return (await secretMatches(client.gateway, id, password, signal)) === true;
  } catch (error) {
    if (hasCode(error, 'FORBIDDEN')) return undefined;
    throw error;
  }
}

/** Whether the service is known to keep this password. What it would never keep is refused by the change, at its attribute. */
async function keeps(id: string, password: string, context: ResourceContext<Connection>): Promise<boolean> {
  try {
    return (await compared(id, password, context)) === true;
  } catch (error) {
    if (hasCode(error, 'INVALID_INPUT')) return false;
    throw error;
  }
}

const warnOfNoComparison = ({ diagnostics }: PlanContext<Connection>): void =>
  diagnostics.warning({
    summary: 'The password was not compared with the one that the service keeps',
    detail:
      'The token lacks the scope "write", which that needs, so a new password would not be noticed. Plan with such a token, or tell of new passwords by password_wo_version.',
    path: ['password_wo'],
  });

const stays = ({ id, name }: State<A>): Finding => ({
  summary: `The endpoint "${name}" stays at the service`,
  detail: `A task with deletion_policy = "abandon" works with it: endpoint ${id} is no longer managed here, and goes on as it is. Once the task is destroyed at the service, delete it there too.`,
});

const inUse = ({ name }: State<A>, { finding }: GatewayError): ProviderError =>
  new ProviderError({
    code: 'IN_USE',
    summary: `The endpoint "${name}" is in use, and is not deleted`,
    detail: `${finding.detail}\n\nA task keeps its endpoints to its end. If the block of this one was renamed, give it its former address back and apply: what was made in its place goes again. Then rename it with a "moved" block.`,
  });

const making = (input: EndpointInput, { client, signal }: ResourceContext<Connection>): Making<Endpoint> => ({
  ...namesakes(input.name, client, signal),
  isWanted: async (endpoint) =>
    isSame(endpoint, input) &&
    (await secretMatches(client.gateway, endpoint.id, input.password, signal)) === true,
  send: (key) => createEndpoint(client.gateway, input, { key, signal }),
  undo: async (id) => {
    await deleteEndpoint(client.gateway, id, signal).catch((error) => {
      if (!hasCode(error, 'NOT_FOUND')) throw error;
    });
  },
});

/** Warns when another endpoint has the name. Whether one that nobody has claimed is what is wanted is found out when it is made. */
async function foreseeEndpoint(
  name: string,
  prior: State<A> | null,
  context: PlanContext<Connection>,
): Promise<void> {
  if (context.client === undefined || prior?.name === name) return;
  const sought = namesakes(name, context.client, context.signal);
  if (prior === null) await foresee(sought, () => true, context);
  else await foreseeRename(sought, prior.id, context);
}

const namesakes = (name: string, { gateway }: Connection, signal: AbortSignal): Namesakes<Endpoint> => ({
  what: 'endpoint',
  name,
  find: () => endpointsNamed(gateway, name, signal),
  importId: ({ id, username, host, port }) => `the id "${id}" (${username}@${host}:${port})`,
});

const isSame = (endpoint: Endpoint, input: EndpointInput): boolean =>
  endpoint.engine === input.engine &&
  endpoint.host === input.host &&
  endpoint.port === input.port &&
  endpoint.username === input.username &&
  endpoint.tls.mode === input.tls.mode &&
  endpoint.tls.ca === input.tls.ca;

function inputOf(config: KnownConfig<A>): EndpointInput {
  const { name, engine, host, port, username, tls } = config;
  return {
    name,
    engine: engine === 'mysql' ? 'MYSQL' : 'MARIADB',
    host,
    port: port ?? 3306,
    username,
    password: config.password_wo ?? config.password ?? '',
    tls: { mode: upper(tls?.mode ?? 'preferred'), ca: tls?.ca ?? null },
  };
}

/** `settings` holds what the service does not know. */
function stateOf(endpoint: Endpoint, settings: State<A>): State<A> {
  const { id, name, engine, host, port, username, tls, secretFingerprint } = endpoint;
  return {
    id,
    name,
    engine: engine === 'MYSQL' ? 'mysql' : 'mariadb',
    host,
    port,
    username,
    password: settings.password,
    password_wo: null,
    password_wo_version: settings.password_wo_version,
    tls: { mode: lower(tls.mode), ca: tls.ca },
    secret_fingerprint: secretFingerprint,
  };
}

const upper = <T extends string>(text: T) => text.toUpperCase() as Uppercase<T>;
const lower = <T extends string>(text: T) => text.toLowerCase() as Lowercase<T>;
