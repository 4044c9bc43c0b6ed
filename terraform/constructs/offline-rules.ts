import { isComplexElement, TerraformProvider, type TerraformResource, Token } from 'cdktf';
import type { Logger } from '../provider/protocol/contracts/context.ts';
import type { Diagnostics, Finding } from '../provider/protocol/contracts/diagnostics.ts';
import type { Attributes } from '../provider/protocol/schema/attribute.ts';
import { printPath } from '../provider/protocol/schema/path.ts';
import { objectType } from '../provider/protocol/schema/type-of.ts';
import { validateConfig } from '../provider/protocol/schema/validate.ts';
import { valueOfJson } from '../provider/protocol/values/json.ts';
import { UNKNOWN } from '../provider/protocol/values/unknown.ts';
import type { JsonObject, ValueRecord } from '../provider/protocol/values/value.ts';
import { ValueError } from '../provider/protocol/values/value-error.ts';
import { provider } from '../provider/provider.ts';

/**
 * What the provider would refuse of the element without asking anybody, told by the provider's own schema and rules, each with the
 * argument and the remedy. It looks at what is synthesized, so that overrides count; what only the deployment knows is passed over.
 */
export function configurationFaults(element: TerraformResource | TerraformProvider): string[] {
  const type = element.terraformResourceType;
  const checked = TerraformProvider.isTerraformProvider(element) ? provider : provider.resources[type];
  if (checked === undefined) throw new Error(`the provider has no ${type}`);
  const { attributes } = checked.schema;
  const written = argumentsOf(element);
  if (written === undefined) return [];
  const told = new Errors();
  try {
    const config = configOf(attributes, written);
    for (const finding of findingsOfSchema(attributes, config)) told.error(finding);
    if (!told.hasErrors)
      checked.validate?.(config as never, { diagnostics: told, logger: SILENT, signal: NEVER });
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    told.error({ summary: '', detail: `It does not fit: ${error.message}.`, path: error.path });
  }
  return told.all.map((finding) => print(attributes, finding));
}

/** What stands in the synthesized file, by the names of the arguments; undefined for an element that is moved to another. */
export function argumentsOf(element: TerraformResource | TerraformProvider): Arguments | undefined {
  const { resource, provider: providers } = element.toTerraform() as Written;
  const type = element.terraformResourceType;
  return providers?.[type]?.[0] ?? resource?.[type]?.[element.friendlyUniqueId];
}

type Arguments = Readonly<Record<string, unknown>>;

interface Written {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Arguments>>>>;
  readonly provider?: Readonly<Record<string, readonly Arguments[]>>;
}

/** @throws ValueError where a value is of another type than its argument. */
function configOf(attributes: Attributes, written: Arguments): ValueRecord {
  const known = Object.keys(attributes).map((name) => [name, withUnknowns(written[name])] as const);
  return valueOfJson(objectType(attributes), Object.fromEntries(known) as JsonObject) as ValueRecord;
}

/** Tokens, references and templates in any depth as what is not known yet. So is a map with such a key. */
function withUnknowns(value: unknown): unknown {
  if (Token.isUnresolved(value) || isComplexElement(value) || isTemplate(value)) return UNKNOWN;
  if (Array.isArray(value)) return value.map(withUnknowns);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (entries.some(([key]) => Token.isUnresolved(key) || isTemplate(key))) return UNKNOWN;
  return Object.fromEntries(entries.map(([key, each]) => [key, withUnknowns(each)]));
}

/** The CLI evaluates what stands within `${…}` and `%{…}` of any text. */
const isTemplate = (value: unknown): boolean => typeof value === 'string' && /[$%]\{/.test(value);

/** The schema's findings name the argument by their path; that a required one is there the CLI checks otherwise. */
function findingsOfSchema(attributes: Attributes, config: ValueRecord): Finding[] {
  const missing = Object.keys(attributes)
    .filter((name) => attributes[name]?.required === true && (config[name] ?? null) === null)
    .map((name) => ({ detail: 'It is required: give a value.', path: [name] }));
  const wrong = validateConfig(attributes, config, { writeOnlyAttributes: true });
  return [...missing, ...wrong].map(({ detail, path }) => ({ summary: '', detail, path }));
}

function print(attributes: Attributes, { summary, detail, path }: Finding): string {
  const text = summary === '' ? detail : `${summary}. ${detail}`;
  return path === undefined ? text : `${printPath(attributes, path)}: ${text}`;
}

/** Warnings are for those who deploy. */
class Errors implements Diagnostics {
  readonly all: Finding[] = [];

  error(finding: Finding): void {
    this.all.push(finding);
  }

  warning(): void {}

  get hasErrors(): boolean {
    return this.all.length > 0;
  }
}

const SILENT: Logger = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
const NEVER = new AbortController().signal;
