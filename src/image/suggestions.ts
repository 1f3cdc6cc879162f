/** Images of all registries for what a person has typed so far. */
import type { FoundRepository } from './ownApis.ts';
import type { Slice } from './pagedList.ts';
import { defaultRegistry, familiarReference } from './reference.ts';
import type { RegistryEntry } from './registryList.ts';
import type { TagFacts } from './tagFacts.ts';

export interface ImageSuggestion {
  /** As people write it: to be the image of a workspace as it stands. */
  readonly reference: string;
  /** Such as 'ghcr.io'. */
  readonly registry: string;
  /** Such as 'library/debian'. */
  readonly repository: string;
  readonly tag?: string;
  /** The registry's own words on it; may be empty. */
  readonly description: string;
  /** What is known of a tag already. */
  readonly facts?: TagFacts;
}

/** What is searched: the registries of the list (see Registries). */
export interface Searchable {
  entries(): readonly RegistryEntry[];
  repositories(host: string, query: string, count: number, signal: AbortSignal): Promise<Slice<string>>;
  found(host: string, text: string, count: number, signal: AbortSignal): Promise<Slice<FoundRepository>>;
  tags(
    host: string,
    repository: string,
    filter: string,
    count: number,
    signal: AbortSignal,
  ): Promise<Slice<string>>;
  facts(host: string, repository: string, tag: string): TagFacts | undefined;
}

/** What is looked for, and where. */
export interface Query {
  /** Undefined: everywhere. */
  readonly registry: string | undefined;
  /** A part of a repository's name; all of it where tags are wanted. */
  readonly repository: string;
  /** A part of a tag; undefined: repositories are wanted. */
  readonly tag: string | undefined;
}

/** Of one registry, for one text. */
const mostOfOne = 50;
/** Shorter texts fit everything. */
const shortestSearch = 2;

/** Pure. `hosts`: what the first part of a name is taken for a registry by; no other host is ever asked while one types. */
export function parseQuery(text: string, hosts: readonly string[]): Query {
  const typed = text.trim();
  const host = hosts.find(one => typed.startsWith(`${one}/`));
  const rest = host === undefined ? typed : typed.slice(host.length + 1);
  const colon = rest.indexOf(':', rest.lastIndexOf('/') + 1);
  return {
    registry: host,
    repository: colon < 0 ? rest : rest.slice(0, colon),
    tag: colon < 0 ? undefined : rest.slice(colon + 1),
  };
}

/** As they are found, each once. */
export async function* suggestImages(
  registries: Searchable,
  text: string,
  signal: AbortSignal,
  onProblem: (registry: string, error: unknown) => void,
): AsyncGenerator<ImageSuggestion> {
  const entries = registries.entries();
  const query = parseQuery(
    text,
    entries.map(({ host }) => host),
  );
  const asked = entries.filter(({ host }) => query.registry === undefined || query.registry === host);
  const seen = new Set<string>();
  const ask = async (entry: RegistryEntry) => {
    try {
      return await suggestionsOf(registries, entry, query, signal);
    } catch (error) {
      if (!signal.aborted) onProblem(entry.host, error);
      return [];
    }
  };
  const pending = new Map(asked.map(entry => [entry.host, ask(entry).then(found => ({ entry, found }))]));
  // What was typed before is there at once.
  const remembered = query.tag === undefined ? asked.flatMap(entry => rememberedOf(entry, query)) : [];
  for (const suggestion of remembered) {
    seen.add(suggestion.reference);
    yield suggestion;
  }
  while (pending.size > 0) {
    const { entry, found } = await Promise.race(pending.values());
    pending.delete(entry.host);
    signal.throwIfAborted();
    for (const suggestion of found) {
      if (seen.has(suggestion.reference)) continue;
      seen.add(suggestion.reference);
      yield suggestion;
    }
  }
}

async function suggestionsOf(
  registries: Searchable,
  { host }: RegistryEntry,
  { registry, repository, tag }: Query,
  signal: AbortSignal,
): Promise<ImageSuggestion[]> {
  if (tag !== undefined) {
    const isHub = host === defaultRegistry;
    // A name without a host is Docker Hub's, as for every other tool.
    if (repository === '' || (registry === undefined && !isHub)) return [];
    const full = isHub && !repository.includes('/') ? `library/${repository}` : repository;
    const { entries } = await registries.tags(host, full, tag, mostOfOne, signal);
    return entries.map(name => {
      const facts = registries.facts(host, full, name);
      return suggestion(host, { repository: full, description: '' }, name, facts);
    });
  }
  if (repository.length < shortestSearch && registry === undefined) return [];
  const found = await registries.found(host, repository, mostOfOne, signal);
  if (found.entries.length > 0) return found.entries.map(one => suggestion(host, one));
  const { entries } = await registries.repositories(host, repository, mostOfOne, signal);
  return entries.map(name => suggestion(host, { repository: name, description: '' }));
}

function rememberedOf({ host, repositories }: RegistryEntry, { repository }: Query): ImageSuggestion[] {
  return repositories
    .filter(name => name.includes(repository.toLowerCase()))
    .map(name => suggestion(host, { repository: name, description: '' }));
}

function suggestion(
  registry: string,
  { repository, description }: FoundRepository,
  tag?: string,
  facts?: TagFacts,
): ImageSuggestion {
  const named = { registry, repository, ...(tag !== undefined && { tag }) };
  return { ...named, reference: familiarReference(named), description, ...(facts && { facts }) };
}
