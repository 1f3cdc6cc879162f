/**
 * The registries of the person's list, for whoever shows or searches them. Nothing goes over the network before something
 * is asked for; what was read is kept until it is forgotten.
 */
import { type BerthError, isBerthError } from '../workspace/error.ts';
import type { CredentialSource } from './credentials.ts';
import { apiPages } from './ownApiPages.ts';
import type { FoundRepository, OwnApi } from './ownApis.ts';
import { PagedList, type Slice } from './pagedList.ts';
import { distinct, type PagedApi } from './pages.ts';
import type { RateLimit } from './rateLimit.ts';
import { defaultRegistry, type ImageReference, isRepository } from './reference.ts';
import type { RegistryAccess } from './registryAccess.ts';
import { RegistryClient } from './registryClient.ts';
import { RegistryConnections } from './registryConnections.ts';
import { withFix } from './registryFix.ts';
import { kindOfChallenge, kindOfHost, kindRules, type RegistryKind } from './registryKinds.ts';
import type { RegistryEntry } from './registryList.ts';
import { cannotList, cannotListTags, noSuchName } from './registryWords.ts';
import { type ResolvedImage, resolveImage } from './resolveImage.ts';
import { type ImageSuggestion, suggestImages } from './suggestions.ts';
import type { NamedTag, TagFacts } from './tagFacts.ts';
import { newestFirst } from './tagOrder.ts';

export interface RegistriesOptions {
  /** The list as it is now. */
  readonly list: () => readonly RegistryEntry[];
  readonly access: RegistryAccess;
  /** Where Docker Hub's API is; default: its own. */
  readonly dockerHubApi?: string;
}

/** What a registry said when it was asked who it is. */
export interface Probe {
  /** Where its name does not tell, but its answer does. */
  readonly kind: RegistryKind | undefined;
  /** It is one, but wants a login or another one. */
  readonly refusal: BerthError | undefined;
  /** It asked for a login at all. */
  readonly hasAsked: boolean;
}

/** Lists that are kept, the ones that were used last. */
const mostLists = 100;
const mostFacts = 20_000;

export class Registries implements Disposable {
  readonly #options: RegistriesOptions;
  readonly #connections: RegistryConnections;
  readonly #names = new Map<string, PagedList<string>>();
  readonly #found = new Map<string, PagedList<FoundRepository>>();
  readonly #facts = new Map<string, TagFacts>();

  constructor(options: RegistriesOptions) {
    this.#options = options;
    this.#connections = new RegistryConnections(options.access);
  }

  entries(): readonly RegistryEntry[] {
    return this.#options.list();
  }

  kindOf(host: string): RegistryKind {
    return this.#entry(host).kind ?? kindOfHost(host) ?? 'distribution';
  }

  /**
   * The first `count` repositories, such as 'library/debian', whose names have `query` in them, or that a search of the
   * registry's own finds. Empty where the registry keeps no list. Throws with the fix.
   */
  async repositories(
    host: string,
    query: string,
    count: number,
    signal: AbortSignal,
  ): Promise<Slice<string>> {
    return await this.#fixing(host, undefined, async () => {
      if (this.#isSearched(host, query)) {
        const { entries, hasMore } = await this.found(host, query, count, signal);
        return { entries: entries.map(({ repository }) => repository), hasMore };
      }
      const namespace = /^([^/]+)\//.exec(query)?.[1] ?? '';
      const list = this.#repositoryList(host, this.kindOf(host) === 'docker-hub' ? namespace : '');
      return list ? await list.first(count, signal, has(query)) : { entries: [], hasMore: false };
    });
  }

  /** What the registry's own search finds; nothing where it has none. */
  async found(
    host: string,
    text: string,
    count: number,
    signal: AbortSignal,
  ): Promise<Slice<FoundRepository>> {
    const search = this.#rules(host).api?.search;
    if (!search) return { entries: [], hasMore: false };
    const list = kept(
      this.#found,
      `${host}\n${text}`,
      () => new PagedList(until => this.#ask(host, search(text), cannotList(host), until)),
    );
    return await list.first(count, signal);
  }

  /** The first `count` tags whose names have `filter` in them, newest first. Throws with the fix. */
  async tags(
    host: string,
    repository: string,
    filter: string,
    count: number,
    signal: AbortSignal,
  ): Promise<Slice<string>> {
    if (!isRepository(repository)) throw noSuchName(repository);
    const { filtersTags } = this.#rules(host).api ?? {};
    const key = `${host}/${repository}\n${filtersTags ? filter : ''}`;
    return await this.#fixing(host, repository, async () => {
      const list = kept(
        this.#names,
        key,
        () => new PagedList(until => distinct(this.#tagPages(host, repository, filter, until))),
      );
      return await list.first(count, signal, has(filter));
    });
  }

  /** What is known of a tag without asking. */
  facts(host: string, repository: string, tag: string): TagFacts | undefined {
    return this.#facts.get(`${host}/${repository}:${tag}`);
  }

  /**
   * Asks what a tag stands for. Three requests, of which Docker Hub counts one as a pull, so that its own API is asked there
   * and this is never done unbidden.
   */
  async describe(host: string, repository: string, tag: string, signal: AbortSignal): Promise<TagFacts> {
    const { digest, platforms, bytes, config } = await this.resolve(
      { registry: host, repository, tag },
      undefined,
      signal,
    );
    const known = this.facts(host, repository, tag);
    const at = known?.at ?? config.createdAt;
    const facts = { digest, platforms, bytes: known?.bytes ?? bytes, ...(at > 0 && { at }) };
    this.#keepFacts(host, repository, tag, facts);
    return facts;
  }

  /** The image that a reference stands for, of whatever registry; `platform` as for resolveImage. */
  async resolve(
    reference: ImageReference,
    platform: string | undefined,
    signal: AbortSignal,
  ): Promise<ResolvedImage> {
    const { registry, repository } = reference;
    return await this.#fixing(registry, repository, () =>
      resolveImage(this.#connections.client(registry), reference, platform, signal),
    );
  }

  /** What the reference stands for now (HEAD: not counted as a pull). */
  async digest(reference: ImageReference, signal: AbortSignal): Promise<string> {
    const { registry, repository } = reference;
    return await this.#fixing(registry, repository, () =>
      this.#connections.client(registry).digest(reference, signal),
    );
  }

  /** How often one may still pull from Docker Hub; undefined where it sets no limit, and for all other registries. */
  async rateLimit(host: string, signal: AbortSignal): Promise<RateLimit | undefined> {
    if (this.kindOf(host) !== 'docker-hub') return undefined;
    const reference = { registry: host, repository: 'ratelimitpreview/test', tag: 'latest' };
    return await this.#fixing(host, undefined, () =>
      this.#connections.client(host).rateLimit(reference, signal),
    );
  }

  /**
   * Asks whether a registry is one and lets us in, with nothing that is kept: before it is added, before a login is kept.
   * Throws for what is no registry or cannot be reached.
   */
  async probe(
    { host, http }: Pick<RegistryEntry, 'host' | 'http'>,
    credentials: CredentialSource,
    signal: AbortSignal,
  ): Promise<Probe> {
    const network = { ...this.#options.access.network(host), plainHttp: http };
    using client = new RegistryClient(host, { ...network, credentials });
    let refusal: BerthError | undefined;
    try {
      await client.ping(signal);
    } catch (error) {
      if (!isBerthError(error, 'pull-refused')) throw error;
      refusal = withFix(error, host, this.kindOf(host));
    }
    const { challenge } = client;
    const kind = challenge === undefined ? undefined : kindOfChallenge(challenge);
    return { kind: kindOfHost(host) ? undefined : kind, refusal, hasAsked: challenge !== undefined };
  }

  /**
   * Images of all registries that fit what was typed, as they are found: repositories, or tags once a colon was typed. One
   * registry that fails hides no other: it is told to `onProblem`.
   */
  search(
    text: string,
    signal: AbortSignal,
    onProblem: (registry: string, error: unknown) => void = () => {},
  ): AsyncIterable<ImageSuggestion> {
    return suggestImages(this, text, signal, onProblem);
  }

  /** The next request to any registry goes by the settings that there are then; what was read stays. */
  reconnect(): void {
    this.#connections.forgetAll();
  }

  /** Whatever is known of a registry, or of one repository in it, is asked anew at the next use. */
  forget(host: string, repository?: string): void {
    const begin = repository === undefined ? host : `${host}/${repository}`;
    const isOf = (key: string) =>
      [`${begin}\n`, `${begin}:`, ...(repository ? [] : [`${host}/`])].some(start => key.startsWith(start));
    for (const lists of [this.#names, this.#found]) {
      for (const [key, list] of [...lists]) {
        if (!isOf(key)) continue;
        list[Symbol.dispose]();
        lists.delete(key);
      }
    }
    for (const key of [...this.#facts.keys()]) if (isOf(key)) this.#facts.delete(key);
    if (repository === undefined) this.#connections.forget(host);
  }

  [Symbol.dispose](): void {
    for (const lists of [this.#names, this.#found]) {
      for (const list of lists.values()) list[Symbol.dispose]();
      lists.clear();
    }
    this.#facts.clear();
    this.#connections[Symbol.dispose]();
  }

  #entry(host: string): Omit<RegistryEntry, 'host'> {
    return this.entries().find(entry => entry.host === host) ?? { http: false, repositories: [] };
  }

  #rules(host: string) {
    return kindRules[this.kindOf(host)];
  }

  /** A name with a slash at Docker Hub is looked up in its namespace, which its search would not do. */
  #isSearched(host: string, query: string): boolean {
    const { api } = this.#rules(host);
    return query !== '' && api?.search !== undefined && !(api.repositories && query.includes('/'));
  }

  #repositoryList(host: string, namespace: string): PagedList<string> | undefined {
    const { listing, api } = this.#rules(host);
    if (listing === 'none') return undefined;
    const own = listing === 'own' ? api?.repositories?.(namespace) : undefined;
    return kept(
      this.#names,
      `${host}\n${namespace}`,
      () =>
        new PagedList(until =>
          distinct(
            own
              ? this.#ask(host, own, cannotList(host), until)
              : this.#connections.client(host).repositories(until),
          ),
        ),
    );
  }

  /** From the registry's own API where it has one, with dates; else, and where that fails, by their names. */
  async *#tagPages(host: string, repository: string, filter: string, signal: AbortSignal) {
    const { api } = this.#rules(host);
    let hasBegun = false;
    try {
      const own = api?.tags?.(repository, filter);
      for await (const page of own && api ? this.#ownTags(host, repository, api, own, signal) : []) {
        hasBegun = true;
        for (const { name, ...facts } of page) this.#keepFacts(host, repository, name, facts);
        yield page.map(({ name }) => name);
      }
      if (hasBegun) return;
    } catch (error) {
      if (hasBegun || isBerthError(error, 'cancelled')) throw error;
    }
    const names: (readonly string[])[] = [];
    for await (const page of this.#connections.client(host).tags(repository, signal)) names.push(page);
    yield newestFirst(names.flat());
  }

  #ownTags(
    host: string,
    repository: string,
    api: OwnApi,
    tags: PagedApi<NamedTag>,
    signal: AbortSignal,
  ): AsyncIterable<readonly NamedTag[]> {
    if (api.as !== 'registry') return this.#ask(host, tags, cannotListTags(`${host}/${repository}`), signal);
    const right = api.tagScope ?? 'pull';
    return this.#connections.client(host).tagsFrom(tags, repository, right, signal);
  }

  #ask<T>(host: string, api: PagedApi<T>, say: (why: string) => string, signal: AbortSignal) {
    const own = this.#rules(host).api ?? { as: 'nobody' as const };
    const base = host === defaultRegistry ? (this.#options.dockerHubApi ?? own.base) : own.base;
    return apiPages(() => this.#connections.api(host, own, base), api, say, signal);
  }

  async #fixing<T>(host: string, repository: string | undefined, step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      throw isBerthError(error) && !isBerthError(error, 'cancelled')
        ? withFix(error, host, this.kindOf(host), repository)
        : error;
    }
  }

  #keepFacts(host: string, repository: string, tag: string, facts: TagFacts): void {
    if (this.#facts.size >= mostFacts) this.#facts.clear();
    this.#facts.set(`${host}/${repository}:${tag}`, facts);
  }
}

/** Made where it is not there or has failed; the one that was not used for the longest time makes room. */
function kept<L extends PagedList<unknown>>(lists: Map<string, L>, key: string, make: () => L): L {
  const known = lists.get(key);
  const list = known && !known.hasFailed ? known : make();
  lists.delete(key);
  lists.set(key, list);
  const [oldest] = lists;
  if (lists.size > mostLists && oldest) {
    oldest[1][Symbol.dispose]();
    lists.delete(oldest[0]);
  }
  return list;
}

function has(query: string): (name: string) => boolean {
  const wanted = query.toLowerCase();
  return wanted === '' ? () => true : name => name.toLowerCase().includes(wanted);
}
