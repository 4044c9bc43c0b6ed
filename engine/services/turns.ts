/**
 * Lets few of many waiters go on in one turn of the event loop: requests that come in meanwhile are answered between them, instead of after
 * all of them.
 */
export class Turns {
  readonly #perTurn: number;
  #waiting: (() => void)[] = [];
  #scheduled = false;

  constructor(perTurn: number) {
    this.#perTurn = perTurn;
  }

  /** Resolves in a later turn of the event loop; those who asked first go first. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      for (const goOn of this.#waiting.splice(0, this.#perTurn)) goOn();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }
}
