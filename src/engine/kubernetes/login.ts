/** A login that has to be got first, and that ends: what a plugin or an identity provider gives. */
import { orAborted } from '../waiting.ts';

export interface Login {
  /** Secret, as is the key. */
  readonly token?: string;
  /** PEM. */
  readonly cert?: string;
  readonly key?: string;
}

export interface LoginSource {
  /** From memory while it is valid. Rejects with BerthError, or the signal's reason. */
  login(signal?: AbortSignal): Promise<Login>;
  /** The server refuses what is in memory: the next call gets a new one. */
  forget(): void;
}

/** A little before it really ends, so that it does not end on the way. */
const marginMs = 10_000;

/** One login in memory; who asks while it is being got waits for the same. */
export class LoginCache {
  readonly #get: () => Promise<{ login: Login; expiresAt: number | undefined }>;
  #login: Login | undefined;
  #expiresAt = 0;
  #pending: Promise<Login> | undefined;

  /** `expiresAt`: unix time in ms; undefined: it never does. */
  constructor(get: () => Promise<{ login: Login; expiresAt: number | undefined }>) {
    this.#get = get;
  }

  login(signal?: AbortSignal): Promise<Login> {
    if (this.#login && Date.now() < this.#expiresAt - marginMs) return Promise.resolve(this.#login);
    this.#pending ??= this.#renew().finally(() => {
      this.#pending = undefined;
    });
    return signal ? orAborted(this.#pending, signal) : this.#pending;
  }

  forget(): void {
    this.#login = undefined;
  }

  async #renew(): Promise<Login> {
    const { login, expiresAt } = await this.#get();
    this.#login = login;
    this.#expiresAt = expiresAt ?? Number.POSITIVE_INFINITY;
    return login;
  }
}
