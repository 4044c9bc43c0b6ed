import { type TerraformProvider, TerraformResource, TerraformStack, Token } from 'cdktf';
import type { Construct } from 'constructs';
import { OpendtsProvider } from './l1/provider.ts';
import { argumentsOf } from './offline-rules.ts';
import { warn } from './warnings.ts';

/** The name of an object that is given none: the path of its construct, which no other construct of the app has. */
export const nameByPath = (construct: Construct): string => construct.node.path;

/** Objects of one kind, of which the provider makes no second one of a name. */
const KINDS: Readonly<Record<string, string>> = {
  opendts_endpoint: 'endpoint',
  opendts_migration_task: 'task',
  opendts_sync_task: 'task',
};

const checkedStacks = new WeakSet<TerraformStack>();

/**
 * Lets the stack of the construct be refused when one of its objects has the name of another of the app at the same service, because
 * the deployment would refuse the second one. Two stacks that leave their service to OPENDTS_ENDPOINT may mean two: that is a warning.
 */
export function requireOwnNames(construct: Construct): void {
  const stack = TerraformStack.of(construct);
  if (checkedStacks.has(stack)) return;
  checkedStacks.add(stack);
  stack.node.addValidation({
    validate() {
      const pairs = namesakesOf(stack);
      for (const pair of pairs) if (!pair.isCertain) warn(pair.one, print(pair));
      return pairs.filter(({ isCertain }) => isCertain).map(print);
    },
  });
}

interface NamedObject {
  readonly kind: string;
  readonly name: string;
  readonly resource: TerraformResource;
}

interface Namesakes {
  readonly kind: string;
  readonly name: string;
  readonly one: TerraformResource;
  readonly other: TerraformResource;
  /** Whether both are deployed to the same service, as far as the code says it. */
  readonly isCertain: boolean;
}

/** For each object of the stack one before it in the app that has its name. */
function namesakesOf(stack: TerraformStack): Namesakes[] {
  const objects = stack.node.root.node.findAll().flatMap(namedObject);
  return objects.flatMap(({ kind, name, resource }, index) => {
    if (TerraformStack.of(resource) !== stack) return [];
    const pairs = objects
      .slice(0, index)
      .filter((before) => before.kind === kind && before.name === name)
      .map((before) => ({ other: before.resource, same: isSameService(before.resource, resource) }));
    const pair = pairs.find(({ same }) => same) ?? pairs.find(({ same }) => same === undefined);
    return pair === undefined
      ? []
      : [{ kind, name, one: resource, other: pair.other, isCertain: pair.same === true }];
  });
}

/** What is known at the deployment alone, such as a name of a variable, is passed over. */
function namedObject(construct: unknown): NamedObject[] {
  if (!TerraformResource.isTerraformResource(construct)) return [];
  const kind = KINDS[construct.terraformResourceType];
  const name = kind === undefined ? undefined : argumentsOf(construct)?.name;
  if (kind === undefined || typeof name !== 'string' || Token.isUnresolved(name)) return [];
  return /[$%]\{/.test(name) ? [] : [{ kind, name, resource: construct }];
}

/** Undefined where only the deployment knows. */
function isSameService(one: TerraformResource, other: TerraformResource): boolean | undefined {
  const [left, right] = [providerOf(one), providerOf(other)];
  const isOneStack = TerraformStack.of(one) === TerraformStack.of(other);
  if (isOneStack && left === right) return true;
  const [leftUrl, rightUrl] = [urlOf(left), urlOf(right)];
  if (leftUrl !== undefined || rightUrl !== undefined) return leftUrl === rightUrl;
  // Two blocks of one stack are there to reach two services.
  return isOneStack ? false : undefined;
}

/** The provider block that the object uses: its own, or the one of its stack without an alias. */
function providerOf(resource: TerraformResource): TerraformProvider | undefined {
  if (resource.provider !== undefined) return resource.provider;
  const blocks = TerraformStack.of(resource).node.findAll();
  return blocks.find((each) => each instanceof OpendtsProvider && each.alias === undefined) as
    | TerraformProvider
    | undefined;
}

function urlOf(provider: TerraformProvider | undefined): string | undefined {
  const endpoint = provider && argumentsOf(provider)?.endpoint;
  return typeof endpoint === 'string' && !Token.isUnresolved(endpoint) ? endpoint : undefined;
}

function print({ kind, name, one, other, isCertain }: Namesakes): string {
  const what = `two ${kind}s are called "${name}", ${other.node.path} and ${one.node.path}`;
  return isCertain
    ? `${what}, and the service would get only one of them: give one another name, or none, which names it by its path.`
    : `${what}: they cannot both be deployed to one service. If they shall, give one another name, or none, which names it by its path.`;
}
