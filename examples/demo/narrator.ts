/** Tells what happens, with the time since the start in front; progress overwrites itself on a terminal. */
export class Narrator {
  readonly #start = Date.now();
  readonly #terminal = process.stdout.isTTY === true;
  #progressShown = false;
  #lastProgress = 0;

  /** Seconds since the start. */
  get seconds(): number {
    return (Date.now() - this.#start) / 1000;
  }

  chapter(text: string): void {
    this.#line(`\n${this.#bold(text)}`);
  }

  say(text: string): void {
    this.#line(`${this.#time()}  ${text}`);
  }

  /** One line that the next one replaces. Where it cannot be replaced, one every two seconds. */
  progress(text: string): void {
    if (this.#terminal) {
      process.stdout.write(`\r\x1b[K${this.#time()}  ${text.slice(0, (process.stdout.columns ?? 120) - 12)}`);
      this.#progressShown = true;
    } else if (Date.now() - this.#lastProgress >= 2000) {
      this.#line(`${this.#time()}  ${text}`);
      this.#lastProgress = Date.now();
    }
  }

  #line(text: string): void {
    if (this.#progressShown) process.stdout.write('\n');
    this.#progressShown = false;
    process.stdout.write(`${text}\n`);
  }

  #time(): string {
    return `${this.seconds.toFixed(1).padStart(6)} s`;
  }

  #bold(text: string): string {
    return this.#terminal ? `\x1b[1m${text}\x1b[0m` : text;
  }
}

export const count = (value: number | string | bigint): string => Number(value).toLocaleString('en-US');
