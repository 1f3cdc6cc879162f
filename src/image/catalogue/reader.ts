/** Reads catalogues and their icons from the web, from this machine, or from the last good copy. */
import * as l10n from '@vscode/l10n';
import { BerthError, isBerthError } from '../../workspace/error.ts';
import type { HttpAnswer } from '../exchange.ts';
import { type NetworkOptions, RegistryHttp } from '../registryHttp.ts';
import { RegistryProblem, saying } from '../registryProblem.ts';
import { iconAddress, ownIconAddress, placeOf, versionsAddress } from './address.ts';
import { type Catalogue, parseCatalogue, parseVersions } from './catalogue.ts';
import { readIconFile, readListFile } from './disk.ts';
import type { Entry } from './entry.ts';
import { type Icon, iconOf, mostIconBytes } from './icon.ts';
import { catalogueLimits } from './schema.ts';
import { CatalogueStore, type StoredList } from './store.ts';

export interface CatalogueCopy {
  /** As it was added. */
  readonly address: string;
  readonly catalogue: Catalogue;
  /** Where its list is: icons are beside it. */
  readonly list: string;
  /** The releases of Kasm that it says it is for, out of its versions.json; absent where it does not say. */
  readonly versions?: readonly string[];
  /** Unix time in ms: when it was known to be the newest. */
  readonly checkedAt: number;
  /** Why it is the last good copy and not the newest. */
  readonly problem?: BerthError;
}

export interface ReaderOptions {
  /** Where copies are kept; made when needed. */
  readonly folder: string;
  readonly network?: NetworkOptions;
  /** Folders of catalogues that are built in, by their address. */
  readonly builtIn?: ReadonlyMap<string, string>;
  readonly now?: () => number;
}

const listLimits = { answerMs: 15_000, totalMs: 60_000, patienceMs: 5_000 };
const iconFreshMs = 7 * 24 * 3_600_000;

export class CatalogueReader implements Disposable {
  readonly #options: ReaderOptions;
  readonly #store: CatalogueStore;
  readonly #hosts = new Map<string, RegistryHttp>();
  /** What was parsed last, by address: a list that did not change is not parsed again. */
  readonly #parsed = new Map<string, { readonly text: string; readonly catalogue: Catalogue }>();

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#store = new CatalogueStore(options.folder);
  }

  /** The next request goes by the network settings that there are then. */
  reconnect(): void {
    for (const http of this.#hosts.values()) http[Symbol.dispose]();
    this.#hosts.clear();
  }

  [Symbol.dispose](): void {
    this.reconnect();
  }

  /**
   * The newest, or the last good copy with the reason. One that was checked within `freshMs` is not asked for again.
   * Throws BerthError where there is none at all.
   */
  async read(
    address: string,
    { freshMs = 0 }: { readonly freshMs?: number },
    signal: AbortSignal,
  ): Promise<CatalogueCopy> {
    return await saying(
      why => l10n.t('Cannot read the catalogue {0}: {1}', address, why),
      signal,
      async () => {
        const builtIn = this.#options.builtIn?.get(address);
        const place = builtIn === undefined ? placeOf(address) : { kind: 'disk' as const, path: builtIn };
        if (place.kind === 'disk') {
          return this.#copyOf(address, { ...(await readListFile(place.path)), checkedAt: this.#now() });
        }
        return await this.#fromWeb(address, place.lists, freshMs, signal);
      },
    );
  }

  /** The icon of an entry, or of the catalogue itself; undefined where there is none that can be shown. */
  async icon(
    { list, catalogue }: Pick<CatalogueCopy, 'list' | 'catalogue'>,
    entry: Pick<Entry, 'icon'> | undefined,
    signal: AbortSignal,
  ): Promise<Icon | undefined> {
    const url = entry
      ? entry.icon && iconAddress(list, entry.icon)
      : catalogue.icon && ownIconAddress(list, catalogue.icon);
    if (!url) return undefined;
    if (url.protocol === 'file:') {
      const bytes = await readIconFile(url);
      return bytes && iconOf(bytes);
    }
    const stored = await this.#store.icon(url.href);
    if (stored && this.#now() - stored.storedAt < iconFreshMs) return iconOf(stored.bytes);
    try {
      const answer = await this.#get(url, mostIconBytes, {}, signal);
      const icon = answer.status === 200 ? iconOf(answer.body) : undefined;
      if (icon) await this.#store.keepIcon(url.href, icon.bytes, this.#now());
      return icon ?? (stored && iconOf(stored.bytes));
    } catch (error) {
      if (!(error instanceof RegistryProblem)) throw error;
      return stored && iconOf(stored.bytes);
    }
  }

  /** Of a catalogue that was removed. */
  async forget(address: string): Promise<void> {
    this.#parsed.delete(address);
    await this.#store.forget(address);
  }

  async #fromWeb(
    address: string,
    lists: readonly URL[],
    freshMs: number,
    signal: AbortSignal,
  ): Promise<CatalogueCopy> {
    const stored = await this.#store.list(address);
    if (stored && this.#now() - stored.checkedAt < freshMs) return this.#copyOf(address, stored);
    try {
      const found = await this.#withVersions(
        await this.#newest(address, lists, stored, signal),
        stored,
        signal,
      );
      // Parsed before it is kept: what is no catalogue does not take the place of a good copy.
      const copy = this.#copyOf(address, found);
      await this.#store.keepList(address, found);
      return copy;
    } catch (error) {
      if (!stored || signal.aborted) throw error;
      return { ...this.#copyOf(address, stored), problem: staleProblem(address, error) };
    }
  }

  /** The first of the lists that is there. One that cannot be reached at all ends the search. */
  async #newest(
    address: string,
    lists: readonly URL[],
    stored: StoredList | undefined,
    signal: AbortSignal,
  ): Promise<StoredList> {
    let refusal: unknown;
    for (const url of lists) {
      const known = stored?.list === url.href ? stored : undefined;
      const answer = await this.#get(url, catalogueLimits.bytes, conditionsOf(known), signal);
      if (answer.status === 304 && known) return { ...known, checkedAt: this.#now() };
      try {
        return this.#listOf(address, url, answer);
      } catch (error) {
        refusal ??= error;
      }
    }
    throw refusal;
  }

  #listOf(address: string, url: URL, { status, headers, body }: HttpAnswer): StoredList {
    if (status !== 200) {
      throw new RegistryProblem(
        l10n.t('{0} answered with HTTP {1}.', url.href, status),
        status === 404 ? 'not-found' : 'failed',
      );
    }
    const text = body.toString('utf8');
    // A server may answer to everything with its front page.
    this.#parse(address, text);
    const { etag, 'last-modified': lastModified } = headers;
    return {
      list: url.href,
      ...(etag && { etag }),
      ...(lastModified && { lastModified }),
      checkedAt: this.#now(),
      text,
    };
  }

  /** A catalogue may have none: then all its releases count. One that cannot be had now is what it was. */
  async #withVersions(
    found: StoredList,
    before: StoredList | undefined,
    signal: AbortSignal,
  ): Promise<StoredList> {
    const url = versionsAddress(found.list);
    if (!url) return found;
    const known = before?.list === found.list ? before.versions : undefined;
    try {
      const { status, body } = await this.#get(url, catalogueLimits.versionsBytes, {}, signal);
      const isFailing = status >= 500;
      return { ...found, versions: status === 200 ? body.toString('utf8') : isFailing ? known : undefined };
    } catch (error) {
      if (!(error instanceof RegistryProblem) || signal.aborted) throw error;
      return { ...found, versions: known };
    }
  }

  #copyOf(
    address: string,
    { list, text, versions, checkedAt }: Pick<StoredList, 'list' | 'text' | 'versions' | 'checkedAt'>,
  ): CatalogueCopy {
    const copy = { address, list, catalogue: this.#parse(address, text), checkedAt };
    if (versions === undefined) return copy;
    try {
      return { ...copy, versions: parseVersions(versions) };
    } catch (error) {
      if (!isBerthError(error)) throw error;
      const problem = { severity: 'warning' as const, path: ['versions.json'], message: error.message };
      return { ...copy, catalogue: { ...copy.catalogue, problems: [...copy.catalogue.problems, problem] } };
    }
  }

  async #get(
    url: URL,
    maxBytes: number,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    let http = this.#hosts.get(url.host);
    if (!http) {
      const { network } = this.#options;
      http = new RegistryHttp(url.host, { ...network, limits: { ...listLimits, ...network?.limits } });
      this.#hosts.set(url.host, http);
    }
    return await http.send({ url, method: 'GET', maxBytes, headers, signal }, url.origin);
  }

  #parse(address: string, text: string): Catalogue {
    const known = this.#parsed.get(address);
    if (known?.text === text) return known.catalogue;
    const catalogue = parseCatalogue(text);
    this.#parsed.set(address, { text, catalogue });
    return catalogue;
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

function conditionsOf(stored: StoredList | undefined): Record<string, string> {
  if (stored?.etag) return { 'if-none-match': stored.etag };
  return stored?.lastModified ? { 'if-modified-since': stored.lastModified } : {};
}

function staleProblem(address: string, error: unknown): BerthError {
  if (isBerthError(error)) return error;
  const why = error instanceof RegistryProblem ? error.message : l10n.t('it cannot be reached.');
  const code = error instanceof RegistryProblem ? error.code : 'failed';
  return new BerthError(l10n.t('Cannot read the catalogue {0}: {1}', address, why), { code, cause: error });
}
