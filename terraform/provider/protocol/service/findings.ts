import type { Logger } from '../contracts/context.ts';
import { type Diagnostics, type Finding, type Path, ProviderError } from '../contracts/diagnostics.ts';
import { asSentence } from '../contracts/sentences.ts';
import type { Attributes } from '../schema/attribute.ts';
import { printPath, stepsOf, stepsToShow } from '../schema/path.ts';
import { ValueError } from '../values/value-error.ts';
import { type Diagnostic, Severity } from '../wire/descriptions.ts';

/** Collects what one call found and writes it for the CLI. */
export class Findings implements Diagnostics {
  readonly #found: { readonly severity: number; readonly finding: Finding }[] = [];
  readonly #attributes: Attributes;

  /** Paths are read by these attributes. */
  constructor(attributes: Attributes) {
    this.#attributes = attributes;
  }

  error(finding: Finding): void {
    this.#found.push({ severity: Severity.ERROR, finding });
  }

  warning(finding: Finding): void {
    this.#found.push({ severity: Severity.WARNING, finding });
  }

  get hasErrors(): boolean {
    return this.#found.some(({ severity }) => severity === Severity.ERROR);
  }

  wire(): Diagnostic[] {
    return this.#found.map(({ severity, finding }) => ({
      severity,
      summary: finding.summary,
      detail: this.#detail(finding),
      attribute: finding.path && { steps: stepsToShow(this.#attributes, finding.path) },
    }));
  }

  /** The place stands in the text when the CLI cannot point at it. */
  #detail({ detail, path }: Finding): string {
    if (path === undefined) return detail;
    const shown = stepsToShow(this.#attributes, path).length;
    if (stepsOf(this.#attributes, path).length === shown) return detail;
    return `${detail}\n\nAt ${printPath(this.#attributes, path)}.`;
  }
}

/** What a thrown error is told as; `doing` completes "while …". The log keeps its stack. */
export function findingOf(error: unknown, doing: string, logger: Logger): Finding {
  if (error instanceof ProviderError) {
    logger.debug(error.message, { code: error.code });
    return error.finding;
  }
  const message = error instanceof Error ? error.message : String(error);
  logger.error(message, { doing, stack: error instanceof Error ? error.stack : undefined });
  const place = error instanceof ValueError && error.path.length > 0 ? `${plainPath(error.path)}: ` : '';
  return {
    summary: 'The provider met a fault of its own',
    detail: `While ${doing}: ${place}${asSentence(message)}\n\nRun again with TF_LOG=debug and report it with the log.`,
  };
}

function plainPath(path: Path): string {
  return path.map((member) => String(member)).join('.');
}
