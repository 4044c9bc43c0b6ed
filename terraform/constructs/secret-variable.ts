import { TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';

export interface SecretVariableProps {
  readonly description?: string;
}

/**
 * A variable for a secret: the CLI shows it nowhere and, being ephemeral, keeps it in no plan and no state. Give the value by
 * `TF_VAR_<name>`, with the id of the construct as the name, in a stack; the value fits write-only arguments alone.
 */
export class SecretVariable extends TerraformVariable {
  constructor(scope: Construct, id: string, { description }: SecretVariableProps = {}) {
    super(scope, id, { type: 'string', sensitive: true, description });
    this.addOverride('ephemeral', true); // the library does not know the argument
  }

  /** Nothing that prints it: a reference that the CLI resolves. */
  override get value(): string {
    return this.stringValue;
  }
}
