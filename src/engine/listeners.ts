/** Who wants to know: a list of callbacks that forget themselves when disposed. For classes that run outside the editor. */

export class Listeners<T> {
  readonly #callbacks = new Set<(value: T) => void>();

  add(callback: (value: T) => void): Disposable {
    const own = (value: T) => callback(value);
    this.#callbacks.add(own);
    return { [Symbol.dispose]: () => void this.#callbacks.delete(own) };
  }

  /** Calls everybody who was there when it began. */
  fire(value: T): void {
    for (const callback of [...this.#callbacks]) callback(value);
  }

  clear(): void {
    this.#callbacks.clear();
  }
}
