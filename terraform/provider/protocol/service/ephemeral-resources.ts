import type { Lease } from '../contracts/ephemeral-resource.ts';
import type { ValueRecord } from '../values/value.ts';
import type {
  CloseEphemeralResourceRequest,
  CloseEphemeralResourceResponse,
  OpenEphemeralResourceRequest,
  OpenEphemeralResourceResponse,
  RenewEphemeralResourceRequest,
  RenewEphemeralResourceResponse,
  ValidateEphemeralResourceConfigRequest,
  ValidateEphemeralResourceConfigResponse,
} from '../wire/descriptions.ts';
import { readObject, writeObject } from './dynamic-value.ts';
import { Findings, findingOf } from './findings.ts';
import { bytesOf, objectOf } from './kept-facts.ts';
import { member } from './member.ts';
import type { OpenLease } from './open-leases.ts';
import { answer, type Session } from './session.ts';
import { validate } from './validation.ts';

/** What lives for one run. */
export function ephemeralResourceCalls<C>(session: Session<C>) {
  const { logger, leases } = session;
  const resourceOf = (name: string) =>
    member(session.provider.ephemeralResources, name, 'ephemeral resource');
  const handleOf = (bytes: Uint8Array | undefined) => objectOf(bytes ?? new Uint8Array());
  return {
    async ValidateEphemeralResourceConfig(
      request: ValidateEphemeralResourceConfigRequest,
    ): Promise<ValidateEphemeralResourceConfigResponse> {
      const { type_name: name, config } = request;
      const cli = { writeOnlyAttributes: false };
      return validate({ session, object: resourceOf(name), name, config, cli });
    },

    async OpenEphemeralResource(
      request: OpenEphemeralResourceRequest,
    ): Promise<OpenEphemeralResourceResponse> {
      const { type_name: name } = request;
      const resource = resourceOf(name);
      const { attributes } = resource.schema;
      return answer({
        attributes,
        doing: `opening ${name}`,
        logger,
        run: async (findings) => {
          const config = readObject(attributes, request.config) ?? {};
          const context = session.clientCall(findings, name);
          const opened = await resource.open(config as never, context);
          leases.opened({ type: name, handle: opened.handle ?? {}, client: context.client });
          return { result: writeObject(attributes, opened.result as ValueRecord), ...wireLease(opened) };
        },
      });
    },

    async RenewEphemeralResource(
      request: RenewEphemeralResourceRequest,
    ): Promise<RenewEphemeralResourceResponse> {
      const { type_name: name } = request;
      const resource = resourceOf(name);
      return answer({
        attributes: resource.schema.attributes,
        doing: `renewing ${name}`,
        logger,
        run: async (findings) => {
          const context = session.clientCall(findings, name);
          const handle = handleOf(request.private);
          const lease = (await resource.renew?.(handle, context)) ?? {};
          if (lease.handle !== undefined) leases.renewed(name, handle, lease.handle);
          return { private: request.private, ...wireLease(lease) };
        },
      });
    },

    async CloseEphemeralResource(
      request: CloseEphemeralResourceRequest,
    ): Promise<CloseEphemeralResourceResponse> {
      const { type_name: name } = request;
      const resource = resourceOf(name);
      return answer({
        attributes: resource.schema.attributes,
        doing: `closing ${name}`,
        logger,
        run: async (findings) => {
          const handle = handleOf(request.private);
          await resource.close?.(handle, session.closingCall(findings, name));
          leases.closed(name, handle);
          return {};
        },
      });
    },
  };
}

/** Closes what the CLI has left open. What cannot be closed within `millis` is told to the log, and ends by itself. */
export async function closeLeft<C>(session: Session<C>, millis: number): Promise<void> {
  const { logger, leases, provider } = session;
  const signal = AbortSignal.timeout(millis);
  const close = async ({ type, handle, client }: OpenLease<C>) => {
    const resource = member(provider.ephemeralResources, type, 'ephemeral resource');
    const findings = new Findings(resource.schema.attributes);
    try {
      await resource.close?.(handle, { ...session.call(findings, type), client, signal });
      leases.closed(type, handle);
    } catch (error) {
      const { summary, detail } = findingOf(error, `closing ${type}`, logger);
      logger.warn('Left open', { type, summary, detail });
    }
  };
  await Promise.all(leases.left.map(close));
}

function wireLease({ handle, renewAt }: Lease) {
  return {
    ...(handle === undefined ? {} : { private: bytesOf(handle) }),
    ...(renewAt === undefined ? {} : { renew_at: timestamp(renewAt) }),
  };
}

function timestamp(at: Date) {
  const seconds = Math.floor(at.getTime() / 1000);
  return { seconds, nanos: (at.getTime() - seconds * 1000) * 1_000_000 };
}
