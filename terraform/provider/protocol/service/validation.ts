import type { CallContext } from '../contracts/context.ts';
import type { Attributes, Schema } from '../schema/attribute.ts';
import { type CliAbilities, validateConfig } from '../schema/validate.ts';
import type { ValueRecord } from '../values/value.ts';
import type { Diagnostic, DynamicValue } from '../wire/descriptions.ts';
import { readObject } from './dynamic-value.ts';
import { answer, type Session } from './session.ts';

interface Validated {
  readonly schema: Schema;
  validate?(config: never, context: CallContext): void | Promise<void>;
}

/** Rules of the schema first; those of the object's own only when its attributes are right each by itself. */
export function validate<C>(options: {
  readonly session: Session<C>;
  readonly object: Validated;
  readonly name: string;
  readonly config: DynamicValue | undefined;
  readonly cli: CliAbilities;
}): Promise<{ readonly diagnostics: Diagnostic[] }> {
  const { session, object, name, cli } = options;
  const attributes: Attributes = object.schema.attributes;
  return answer({
    attributes,
    doing: `checking the configuration of ${name}`,
    logger: session.logger,
    run: async (findings) => {
      const config: ValueRecord = readObject(attributes, options.config) ?? {};
      for (const finding of validateConfig(attributes, config, cli)) findings.error(finding);
      if (!findings.hasErrors) await object.validate?.(config as never, session.call(findings, name));
      return {};
    },
  });
}
