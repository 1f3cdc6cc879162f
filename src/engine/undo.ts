/** What has to be taken back when an operation fails or is cancelled half way. */

export class Undo {
  #steps: (() => Promise<unknown>)[] = [];

  /** To be named before the thing is made: a request that broke off may have worked. */
  push(step: () => Promise<unknown>): void {
    this.#steps.push(step);
  }

  /** The last first, every one of them though others fail. What failed stays for another run; its errors are returned. */
  async run(): Promise<unknown[]> {
    const errors: unknown[] = [];
    const failed: (() => Promise<unknown>)[] = [];
    for (const step of this.#steps.reverse()) {
      try {
        await step();
      } catch (error) {
        errors.push(error);
        failed.unshift(step);
      }
    }
    this.#steps = failed;
    return errors;
  }
}
