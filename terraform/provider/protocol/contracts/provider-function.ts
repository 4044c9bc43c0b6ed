import type { Type } from '../values/type.ts';
import type { Value } from '../values/value.ts';

/** A pure function of the configuration language; runs unconfigured. */
export interface ProviderFunction {
  /** One sentence. */
  readonly summary: string;
  /** Complete sentences, Markdown. */
  readonly description: string;
  readonly parameters: readonly Parameter[];
  /** Takes all arguments after the parameters. */
  readonly variadic?: Parameter;
  readonly returns: Type;
  /** The same result for the same arguments. @throws FunctionArgumentError for an argument that is wrong. */
  call(args: readonly Value[]): Value;
}

/** An argument is never null or unknown unless the parameter says so. */
export interface Parameter {
  readonly name: string;
  readonly type: Type;
  readonly description: string;
  readonly allowNull?: true;
  readonly allowUnknown?: true;
}

/** An argument is wrong; the message says how, and what is right. */
export class FunctionArgumentError extends Error {
  /** From 0. */
  readonly argument: number;

  constructor(argument: number, message: string) {
    super(message);
    this.name = 'FunctionArgumentError';
    this.argument = argument;
  }
}
