/** Owns what is opened: everything added is disposed with it, latest first; what comes too late at once. */
import type * as vscode from 'vscode';

export class DisposableStore implements vscode.Disposable, Disposable {
  readonly #owned: (vscode.Disposable | Disposable)[] = [];
  #isDisposed = false;

  add<T extends vscode.Disposable | Disposable>(disposable: T): T {
    if (this.#isDisposed) disposeOf(disposable);
    else this.#owned.push(disposable);
    return disposable;
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  dispose(): void {
    this.#isDisposed = true;
    for (let owned = this.#owned.pop(); owned; owned = this.#owned.pop()) disposeOf(owned);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

function disposeOf(disposable: vscode.Disposable | Disposable): void {
  if (Symbol.dispose in disposable) disposable[Symbol.dispose]();
  else disposable.dispose();
}
