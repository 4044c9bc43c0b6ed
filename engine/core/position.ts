/**
 * Where in the source's own log something stands, as opaque text: only the connector that made it reads it.
 * Two positions of one source are compared by that connector's `PositionOrder`.
 */
export type Position = string & { readonly __position: unique symbol };

/** `equal` both name the same place; `before` a is contained in b; `apart` neither contains the other. */
export type PositionRelation = 'before' | 'equal' | 'after' | 'apart';

export interface PositionOrder {
  compare(a: Position, b: Position): PositionRelation;
  /** True when everything up to `position` is contained in `mark`, i.e. a change at `position` is not newer than `mark`. */
  covers(mark: Position, position: Position): boolean;
  /** For people to read: the source's own notation, such as a GTID set or `file:offset`. */
  describe(position: Position): string;
}
