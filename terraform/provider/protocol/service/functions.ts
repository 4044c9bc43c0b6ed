import { FunctionArgumentError } from '../contracts/provider-function.ts';
import type { CallFunctionRequest, CallFunctionResponse, FunctionError } from '../wire/descriptions.ts';
import { readValue, writeValue } from './dynamic-value.ts';
import { findingOf } from './findings.ts';
import { member } from './member.ts';
import type { Session } from './session.ts';

/** Functions of the configuration language. */
export function functionCalls<C>({ provider, logger }: Session<C>) {
  return {
    async CallFunction(request: CallFunctionRequest): Promise<CallFunctionResponse> {
      try {
        const called = member(provider.functions, request.name, 'function');
        const args = request.arguments.map((value, index) => {
          const parameter = called.parameters[index] ?? called.variadic;
          return readValue(parameter?.type ?? 'dynamic', value);
        });
        return { result: writeValue(called.returns, called.call(args)) };
      } catch (error) {
        return { error: functionError(error, request.name) };
      }
    },
  };

  function functionError(error: unknown, name: string): FunctionError {
    if (error instanceof FunctionArgumentError)
      return { text: withoutPoint(error.message), function_argument: error.argument };
    return { text: withoutPoint(findingOf(error, `calling ${name}`, logger).detail) };
  }
}

/** The CLI puts one behind it. */
const withoutPoint = (text: string): string => text.replace(/\.$/, '');
