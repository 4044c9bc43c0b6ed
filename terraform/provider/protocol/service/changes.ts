import { type Path, ProviderError } from '../contracts/diagnostics.ts';
import type { PlanResult, Resource } from '../contracts/resource.ts';
import { asPlanned } from '../planner/as-planned.ts';
import { planChange, planReplacement, withChangingUnknown } from '../planner/plan.ts';
import { settle } from '../planner/settle.ts';
import { unlawful } from '../planner/unlawful.ts';
import type { Attributes } from '../schema/attribute.ts';
import { printPath, stepsOf } from '../schema/path.ts';
import { objectType } from '../schema/type-of.ts';
import { sameValue } from '../values/fingerprint.ts';
import type { ValueRecord } from '../values/value.ts';
import type {
  ApplyResourceChangeRequest,
  ApplyResourceChangeResponse,
  PlanResourceChangeRequest,
  PlanResourceChangeResponse,
} from '../wire/descriptions.ts';
import { readObject, writeObject } from './dynamic-value.ts';
import { type Findings, findingOf } from './findings.ts';
import { KeptFacts } from './kept-facts.ts';
import { member } from './member.ts';
import { answer, type Session } from './session.ts';

/** Changes of managed objects. */
export function changeCalls<C>(session: Session<C>) {
  const resourceOf = (name: string) => member(session.provider.resources, name, 'resource');
  return {
    async PlanResourceChange(request: PlanResourceChangeRequest): Promise<PlanResourceChangeResponse> {
      const resource = resourceOf(request.type_name);
      const { attributes } = resource.schema;
      const privateState = new KeptFacts(request.prior_private);
      return answer({
        attributes,
        doing: `planning ${request.type_name}`,
        logger: session.logger,
        run: async (findings) => {
          const prior = readObject(attributes, request.prior_state);
          const config = readObject(attributes, request.config);
          const context = {
            ...session.call(findings, request.type_name),
            client: session.client,
            privateState,
          };
          if (readObject(attributes, request.proposed_new_state) === null || config === null) {
            if (prior !== null) await resource.planDestroy?.(prior as never, context);
            return { planned_state: writeObject(attributes, null), planned_private: privateState.bytes() };
          }
          const { planned, requiresReplace } = await makePlan(resource, config, prior, context);
          reportUnlawful(findings, request.type_name, attributes, { config, prior, planned });
          return {
            planned_state: writeObject(attributes, planned),
            requires_replace: requiresReplace.map((path) => ({ steps: stepsOf(attributes, path) })),
            planned_private: privateState.bytes(),
          };
        },
      });
    },

    async ApplyResourceChange(request: ApplyResourceChangeRequest): Promise<ApplyResourceChangeResponse> {
      const resource = resourceOf(request.type_name);
      const { attributes } = resource.schema;
      const privateState = new KeptFacts(request.planned_private);
      const read = (value: ApplyResourceChangeRequest['config']) => readObject(attributes, value);
      let kept: ValueRecord | undefined;
      const stored = (state: ValueRecord | null) => ({
        new_state: writeObject(attributes, state && settle(attributes, state, null)),
        private: privateState.bytes(),
      });
      const prior = read(request.prior_state);
      const planned = read(request.planned_state);
      const verb = planned === null ? 'deleting' : prior === null ? 'creating' : 'updating';
      return answer({
        attributes,
        doing: `${verb} ${request.type_name}`,
        logger: session.logger,
        run: async (findings) => {
          const keep = (state: ValueRecord) => {
            kept = state;
          };
          const client = session.clientCall(findings, request.type_name);
          const context = { ...client, privateState, keep };
          if (planned === null) {
            if (prior !== null) await resource.delete(prior as never, context);
            return stored(findings.hasErrors ? prior : null);
          }
          const change = { config: read(request.config) ?? {}, planned } as never;
          const result =
            prior === null
              ? await resource.create(change, context)
              : await resource.update({ ...(change as object), prior } as never, context);
          return stored(result as ValueRecord);
        },
        otherwise: (findings, error) => {
          const finding = findingOf(error, `${verb} ${request.type_name}`, session.logger);
          if (prior !== null || planned === null || kept === undefined) {
            findings.error(finding);
            return stored(kept ?? prior);
          }
          // An error would taint what a create has made, and the next apply would destroy it.
          findings.warning(finding);
          return stored(asPlanned(attributes, planned, kept));
        },
      });
    },
  };
}

/** The plan of the schema as the resource alters it. */
async function makePlan<C>(
  resource: Resource<Attributes, C>,
  config: ValueRecord,
  prior: ValueRecord | null,
  context: Parameters<NonNullable<Resource<Attributes, C>['plan']>>[1],
): Promise<{ readonly planned: ValueRecord; readonly requiresReplace: readonly Path[] }> {
  const { attributes } = resource.schema;
  const ofSchema = planChange(attributes, config, prior);
  if (resource.plan === undefined) return ofSchema;
  const request = { config, prior, ...ofSchema } as never;
  const { planned, requiresReplace = [] } = (await resource.plan(request, context)) as PlanResult<Attributes>;
  if (prior === null) return { planned: planned as ValueRecord, requiresReplace: [] };
  if (ofSchema.requiresReplace.length > 0)
    return {
      planned: planned as ValueRecord,
      requiresReplace: [...ofSchema.requiresReplace, ...requiresReplace],
    };
  if (requiresReplace.length > 0) return { planned: planReplacement(attributes, config), requiresReplace };
  const firstChange = sameValue(objectType(attributes), prior, ofSchema.planned);
  return {
    planned: firstChange
      ? withChangingUnknown(attributes, config, prior, planned as ValueRecord)
      : (planned as ValueRecord),
    requiresReplace: [],
  };
}

function reportUnlawful(
  findings: Findings,
  type: string,
  attributes: Attributes,
  plan: { readonly config: ValueRecord; readonly prior: ValueRecord | null; readonly planned: ValueRecord },
): void {
  for (const path of unlawful(attributes, plan.config, plan.prior, plan.planned))
    findings.error(
      new ProviderError({
        code: 'UNLAWFUL_PLAN',
        summary: 'The provider made a plan that it may not make',
        detail: `The planned value of ${printPath(attributes, path)} is neither the one that is set nor the one before. This is a fault of ${type} in the provider: report it.`,
        path,
      }).finding,
    );
}
