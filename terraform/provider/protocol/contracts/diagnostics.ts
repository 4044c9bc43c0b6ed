/**
 * Where in a configuration something is: names of attributes, keys of maps, numbers of list elements,
 * outermost first: `['databases', 'shop', 'target']`. The framework tells keys and names apart by the schema.
 */
export type Path = readonly (string | number)[];

/** What a user reads when something is wrong. */
export interface Finding {
  /** What is wrong, in a few words without a period. */
  readonly summary: string;
  /** Why, and what to do about it, in complete sentences. */
  readonly detail: string;
  /** The attribute to point at; absent when it is about the whole object. */
  readonly path?: Path | undefined;
}

/** What one call found. An error makes the call fail; a warning is shown beside its success. */
export interface Diagnostics {
  error(finding: Finding): void;
  warning(finding: Finding): void;
  readonly hasErrors: boolean;
}

/**
 * A failure that is told as it is: thrown from any method, it becomes one error at its path. Other thrown
 * errors become one that names the method and says that it was not expected.
 */
export class ProviderError extends Error {
  readonly code: string;
  readonly finding: Finding;

  constructor(finding: Finding & { readonly code: string; readonly cause?: unknown }) {
    super(`${finding.summary}: ${finding.detail}`, { cause: finding.cause });
    this.name = 'ProviderError';
    this.code = finding.code;
    this.finding = { summary: finding.summary, detail: finding.detail, path: finding.path };
  }
}
