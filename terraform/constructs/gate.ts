import { NullProvider } from '@cdktf/provider-null/lib/provider/index.js';
import { Resource as NullResource } from '@cdktf/provider-null/lib/resource/index.js';
import { type ITerraformDependable, Lazy, TerraformProvider, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';

export interface GateProps {
  /** What the gate watches, such as the number of a release or who approved it. When a value changes, the gate opens anew. */
  readonly triggers: Readonly<Record<string, string>>;
  /** What must be there before the gate opens. */
  readonly after?: readonly ITerraformDependable[];
}

/**
 * A point in the order of a deployment: what stands behind it happens after all that stands before it, and happens again
 * whenever a trigger changes. It is a null_resource, so it changes nothing anywhere.
 */
export class Gate extends Construct {
  readonly resource: NullResource;
  /** For `replaceTriggeredBy` of what is to happen again when the gate opens anew. */
  readonly address: string;

  constructor(scope: Construct, id: string, { triggers, after = [] }: GateProps) {
    super(scope, id);
    requireNullProvider(TerraformStack.of(this));
    this.resource = new NullResource(this, 'gate', { triggers: { ...triggers }, dependsOn: [...after] });
    // The library would write a resource as an expression, which is not allowed where addresses stand.
    this.address = Lazy.stringValue({
      produce: () => `${this.resource.terraformResourceType}.${this.resource.friendlyUniqueId}`,
    });
    this.node.addValidation({
      validate: () =>
        Object.keys(triggers).length === 0 ? ['a gate without triggers never opens anew: name one.'] : [],
    });
  }
}

/** The stack's own null provider, or one made now. */
function requireNullProvider(stack: TerraformStack): void {
  const has = stack.node.findAll().some((each) => each instanceof NullProvider || isNull(each));
  if (!has) new NullProvider(stack, 'null');
}

const isNull = (each: unknown): boolean =>
  each instanceof TerraformProvider && each.terraformResourceType === 'null';
