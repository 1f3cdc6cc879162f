/** What the program beside a home says on stderr, and how it ended. */
import * as l10n from '@vscode/l10n';
import { BerthError, isBerthError } from '../workspace/error.ts';

/** Its first word: which tar it has, what the home takes and what is free on its disk, in bytes. */
export interface HomeHello {
  readonly tar: 'gnu' | 'other' | 'none';
  readonly usedBytes: number;
  readonly freeBytes: number;
}

/** The last words of programs are kept to tell why they failed; more of them are not. */
const tailCharacters = 4096;

export class HomeWords {
  /** Rejects where it ended without one. */
  readonly hello: Promise<HomeHello>;
  /** Its exit code. Rejects where the connection broke off before. */
  readonly end: Promise<number>;
  /** Bytes copied so far. */
  onCopied: (bytes: number) => void = () => {};
  /** Files changed while they were read. */
  hasChanged = false;
  #rest = '';
  #tail = '';
  readonly #hello = new Awaited<HomeHello>();
  readonly #end = new Awaited<number>();

  constructor() {
    this.hello = this.#hello.promise;
    this.end = this.#end.promise;
    // Whoever waits for one of them need not wait for the other.
    for (const promise of [this.hello, this.end]) promise.catch(() => {});
  }

  take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-tailCharacters);
    for (const line of lines) this.#line(line);
  }

  /** Nothing more will come. */
  close(error?: unknown): void {
    const reason = isBerthError(error) ? error : brokeOff(error, this.tail);
    this.#hello.reject(reason);
    this.#end.reject(reason);
  }

  /** What programs complained about last. */
  get tail(): string {
    return this.#tail.trim();
  }

  #line(line: string): void {
    const [mark, word, first = '', second, third] = line.split(' ');
    if (mark !== '@berth') {
      this.#tail = `${this.#tail}${line}\n`.slice(-tailCharacters);
      return;
    }
    switch (word) {
      case 'home':
        this.#hello.resolve({
          tar: first === 'gnu' || first === 'none' ? first : 'other',
          usedBytes: kibibytes(second),
          freeBytes: kibibytes(third),
        });
        break;
      case 'at':
        this.onCopied(kibibytes(first));
        break;
      case 'changed':
        this.hasChanged = true;
        break;
      case 'end':
        this.#end.resolve(Number(first));
        // After a start that failed there is no hello.
        this.#hello.reject(homeError(Number(first), this.tail));
    }
  }
}

/** A promise that is settled from outside. */
class Awaited<T> {
  resolve: (value: T) => void = () => {};
  reject: (error: unknown) => void = () => {};
  readonly promise = new Promise<T>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}

function kibibytes(text: string | undefined): number {
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? value * 1024 : 0;
}

function brokeOff(cause: unknown, tail: string): BerthError {
  const words = [cause instanceof Error ? cause.message : '', tail].filter(Boolean).join(' ');
  return new BerthError(
    l10n.t(
      'The connection broke off before all of the data had come. Nothing of what was there has changed. {0}',
      words,
    ),
    { code: 'unreachable', cause },
  );
}

/** Why it failed, for people: its exit code is one of homeScript.ts or tar's own. */
export function homeError(code: number, tail: string): BerthError {
  if (code === 28 || (code !== 44 && /no space left|disk quota exceeded/i.test(tail))) {
    return new BerthError(
      l10n.t('The disk of the home has not enough room for it. Nothing of what was there has changed.'),
      {
        code: 'no-space',
      },
    );
  }
  if (code === 42) {
    return new BerthError(
      l10n.t('The image has no tar program, which packs and unpacks homes: use an image that has one.'),
      {
        code: 'unsupported',
      },
    );
  }
  if (code === 43) return new BerthError(l10n.t('The home cannot be opened. {0}', tail));
  if (code === 44) {
    return new BerthError(
      l10n.t(
        'The new home is complete, but could not be put in the place of the old one: both are in it, in the folder .berth-swap. Restore again to go on. {0}',
        tail,
      ),
    );
  }
  if (code === 46) {
    return new BerthError(
      l10n.t(
        'Another restore of this home has begun meanwhile, and took away what had come for this one. Nothing of what was there has changed by this one.',
      ),
      { code: 'conflict' },
    );
  }
  return new BerthError(l10n.t('The home could not be packed or unpacked (exit code {0}). {1}', code, tail));
}
