/** How one field of a protobuf message is written. */
export interface Field {
  readonly name: string;
  readonly number: number;
  readonly kind: ScalarKind | 'message' | 'enum';
  /** The message, when `kind` is that. */
  readonly message?: string;
  /** Once, any number of times, or by keys that are strings. */
  readonly rule?: 'repeated' | 'map';
  /** Absent is not the same as empty. */
  readonly optional?: true;
}

export type ScalarKind = 'bool' | 'bytes' | 'int32' | 'int64' | 'string' | 'uint32';

/** The fields of each message by its full name. */
export type Messages = { readonly [message: string]: readonly Field[] };

/** A method of a gRPC service. */
export interface Method {
  readonly path: string;
  readonly request: string;
  readonly response: string;
  readonly requestStream?: true;
  readonly responseStream?: true;
}
