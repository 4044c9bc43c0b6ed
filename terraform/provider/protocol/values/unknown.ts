/**
 * A value that is known only after apply. The CLI may send what it knows about it already (a prefix, bounds,
 * that it is not null); those refinements are kept as they came, so that an echoed value is the one that was sent.
 */
export class Unknown {
  /** The body of the extension that carried it; absent when nothing is known. */
  readonly refinements: Uint8Array | undefined;

  constructor(refinements?: Uint8Array) {
    this.refinements = refinements;
  }
}

/** An unknown value of which nothing is known: what a provider plans for what only the service decides. */
export const UNKNOWN: Unknown = new Unknown();

export function isUnknown(value: unknown): value is Unknown {
  return value instanceof Unknown;
}

/** Whether anything in a value is unknown, at any depth. */
export function holdsUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsUnknown);
}
