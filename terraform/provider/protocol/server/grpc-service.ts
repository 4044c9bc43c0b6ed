import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import { decodeMessage, encodeMessage } from '../wire/codec.ts';
import type { Method } from '../wire/message.ts';

/** What the gRPC library needs to serve methods: paths, and how messages are written and read. */
export function serviceDefinition(methods: {
  readonly [name: string]: Method;
}): ServiceDefinition<UntypedServiceImplementation> {
  const definitions = Object.entries(methods).map(([name, { path, request, response, ...streams }]) => [
    name,
    {
      path,
      requestStream: streams.requestStream === true,
      responseStream: streams.responseStream === true,
      requestSerialize: (message: object) => Buffer.from(encodeMessage(request, message)),
      requestDeserialize: (bytes: Buffer) => decodeMessage(request, bytes),
      responseSerialize: (message: object) => Buffer.from(encodeMessage(response, message)),
      responseDeserialize: (bytes: Buffer) => decodeMessage(response, bytes),
    },
  ]);
  return Object.fromEntries(definitions);
}
