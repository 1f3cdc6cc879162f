/** Registries in the Images view: repositories, their tags, and what each tag of the page that is shown is. */
import * as l10n from '@vscode/l10n';
import { mapWide } from '../engine/waiting.ts';
import type { RateLimit } from '../image/rateLimit.ts';
import type { Registries } from '../image/registries.ts';
import { kindRules } from '../image/registryKinds.ts';
import { BerthError, type ErrorAction, isBerthError } from '../workspace/error.ts';
import type { ImagesPart } from './imagesPart.ts';
import type { GroupNode, TreeNode } from './nodes.ts';
import {
  type NoteKind,
  type Place,
  placeId,
  type RegistryNode,
  type RegistryTreeNode,
  type RepositoryNode,
  registryNodeId,
  type TagNode,
} from './registryNodes.ts';

export interface RegistryRowsOptions {
  readonly registries: Registries;
  /** What of the setting cannot be used, in words. */
  readonly problems: () => readonly string[];
  /** Whose login was typed for the registry. */
  readonly userOf: (registry: string) => Promise<string | undefined>;
  /** Draws these rows and what is below them anew; undefined: all. */
  readonly redraw: (nodes?: readonly TreeNode[]) => void;
}

/** Rows that are shown at once, and what 'Load more' adds. */
const pageSize = 100;
/** A list that takes longer is told as a problem. */
const listMs = 120_000;
/** Tags that have become known are drawn together. */
const settleMs = 150;
const rateLimitMs = 60_000;

export class RegistryRows implements ImagesPart, Disposable {
  readonly #options: RegistryRowsOptions;
  readonly #end = new AbortController();
  /** Of places, by placeId. */
  readonly #shown = new Map<string, number>();
  readonly #filters = new Map<string, string>();
  /** One list a place at a time: two that overlap would give the view the same ids twice. */
  readonly #pending = new Map<string, { readonly stamp: string; readonly rows: Promise<TreeNode[]> }>();
  readonly #describing = new Map<string, AbortController>();
  /** The rows that the view was given, by id: it knows them by identity. */
  readonly #handed = new Map<string, RegistryTreeNode>();
  #refreshes = 0;
  readonly #rates = new Map<string, { readonly at: number; readonly limit: RateLimit | undefined }>();

  constructor(options: RegistryRowsOptions) {
    this.#options = options;
  }

  [Symbol.dispose](): void {
    this.#end.abort();
    this.hidden();
  }

  async top(): Promise<GroupNode | undefined> {
    const { registries, problems } = this.#options;
    const isThere = registries.entries().length > 0 || problems().length > 0;
    return isThere ? { kind: 'group', group: 'registries' } : undefined;
  }

  children(node: TreeNode): Promise<TreeNode[]> | undefined {
    switch (node.kind) {
      case 'group':
        return node.group === 'registries' ? this.#registries() : undefined;
      case 'registry':
        return this.#once(node, () => this.#repositories(node));
      case 'repository':
        return this.#once(node, () => this.#tags(node));
      default:
        return undefined;
    }
  }

  hidden(node?: TreeNode): void {
    const id = node?.kind === 'repository' ? placeId(node) : undefined;
    if (node && id === undefined) return;
    for (const [place, describing] of this.#describing) {
      if (id !== undefined && id !== place) continue;
      describing.abort();
      this.#describing.delete(place);
    }
  }

  filterOf(place: Place): string {
    return this.#filters.get(placeId(place)) ?? '';
  }

  filter(place: Place, filter: string): void {
    this.#filters.set(placeId(place), filter);
    this.#shown.delete(placeId(place));
    this.#redraw(place);
  }

  loadMore(place: Place): void {
    const id = placeId(place);
    this.#shown.set(id, (this.#shown.get(id) ?? pageSize) + pageSize);
    this.#redraw(place);
  }

  /** Whatever is known of the place is asked anew. */
  refresh(place: Place): void {
    this.#options.registries.forget(place.registry, place.repository);
    this.#rates.delete(place.registry);
    this.#refreshes++;
    this.#redraw(place);
  }

  async #registries(): Promise<TreeNode[]> {
    const { registries, userOf, problems } = this.#options;
    const rows = await Promise.all(
      registries.entries().map(
        async ({ host, http }): Promise<RegistryNode> => ({
          kind: 'registry',
          registry: host,
          registryKind: registries.kindOf(host),
          isPlainHttp: http,
          user: await userOf(host),
          filter: this.filterOf({ registry: host }),
          rateLimit: this.#rates.get(host)?.limit,
        }),
      ),
    );
    const notes = problems().map(
      (problem): TreeNode => ({ kind: 'note', what: new BerthError(problem, { action: openSettings() }) }),
    );
    return [...notes, ...rows.map(row => this.#hand(row))];
  }

  async #repositories(node: RegistryNode): Promise<TreeNode[]> {
    const { registries } = this.#options;
    const { registry } = node;
    const filter = this.filterOf(node);
    const entry = registries.entries().find(({ host }) => host === registry);
    const remembered = (entry?.repositories ?? []).filter(name => name.includes(filter.toLowerCase()));
    const row = (repository: string, isRemembered: boolean): TreeNode =>
      this.#hand({
        kind: 'repository',
        registry,
        repository,
        isRemembered,
        filter: this.filterOf({ registry, repository }),
      });
    const first = remembered.map(name => row(name, true));
    try {
      const count = this.#shown.get(registry) ?? pageSize;
      const { entries, hasMore } = await registries.repositories(registry, filter, count, this.#until());
      const listed = entries.filter(name => !remembered.includes(name)).map(name => row(name, false));
      void this.#showRateLimit(node);
      const rows = [...first, ...listed];
      const { listing, api } = kindRules[registries.kindOf(registry)];
      const note: NoteKind | undefined =
        listing === 'none' && filter === ''
          ? api?.search
            ? 'searchable'
            : 'unlisted'
          : rows.length > 0
            ? undefined
            : filter === ''
              ? 'no-repositories'
              : 'nothing-fits';
      return [
        ...rows,
        ...(hasMore ? [{ kind: 'more' as const, registry, shown: rows.length }] : []),
        ...(note ? [{ kind: 'note' as const, registry, what: note }] : []),
      ];
    } catch (error) {
      const notes: TreeNode[] = [{ kind: 'note', registry, what: told(error) }];
      // Who may not list may well know a name.
      if (isBerthError(error, 'unsupported')) return [...first, { kind: 'note', registry, what: 'unlisted' }];
      if (isBerthError(error, 'pull-refused')) notes.push({ kind: 'note', registry, what: 'not-shown' });
      return [...first, ...notes];
    }
  }

  async #tags(node: RepositoryNode): Promise<TreeNode[]> {
    const { registries } = this.#options;
    const { registry, repository } = node;
    const filter = this.filterOf(node);
    try {
      const count = this.#shown.get(placeId(node)) ?? pageSize;
      const { entries, hasMore } = await registries.tags(registry, repository, filter, count, this.#until());
      const rows = entries.map(
        (tag): TagNode => ({
          kind: 'tag',
          registry,
          repository,
          tag,
          facts: registries.facts(registry, repository, tag),
        }),
      );
      this.#forgetTags(node);
      for (const row of rows) this.#hand(row);
      void this.#describe(node, rows);
      const place = { registry, repository };
      if (rows.length === 0)
        return [{ kind: 'note', ...place, what: filter === '' ? 'no-tags' : 'nothing-fits' }];
      return [...rows, ...(hasMore ? [{ kind: 'more' as const, ...place, shown: rows.length }] : [])];
    } catch (error) {
      return [{ kind: 'note', registry, repository, what: told(error) }];
    }
  }

  /** Asks what the tags are, a few at a time, until nobody sees them any more or the registry has had enough. */
  async #describe(place: Place, rows: readonly TagNode[]): Promise<void> {
    const { registries, redraw } = this.#options;
    const id = placeId(place);
    this.#describing.get(id)?.abort();
    // Docker Hub counts what this would ask; its own list has said it all.
    if (registries.kindOf(place.registry) === 'docker-hub') return;
    const unknown = rows.filter(({ facts }) => facts?.platforms === undefined || facts.at === undefined);
    if (unknown.length === 0) return;
    const asking = new AbortController();
    this.#describing.set(id, asking);
    let known: TagNode[] = [];
    const draw = () => {
      const drawn = known;
      known = [];
      if (!asking.signal.aborted && drawn.length > 0) redraw(drawn);
    };
    const timer = setInterval(draw, settleMs);
    await mapWide(unknown, async row => {
      if (asking.signal.aborted) return;
      const { registry, repository, tag } = row;
      try {
        const facts = await registries.describe(registry, repository, tag, asking.signal);
        known.push(Object.assign(row, { facts }));
      } catch (error) {
        // One odd image is no reason to leave the others unknown; a registry that refuses or is gone is.
        if (isBerthError(error, 'pull-refused') || isBerthError(error, 'unreachable')) asking.abort();
      }
    });
    clearInterval(timer);
    draw();
    if (this.#describing.get(id) === asking) this.#describing.delete(id);
  }

  async #showRateLimit(node: RegistryNode): Promise<void> {
    const { registries, redraw } = this.#options;
    const known = this.#rates.get(node.registry);
    if (node.registryKind !== 'docker-hub' || (known && Date.now() - known.at < rateLimitMs)) return;
    this.#rates.set(node.registry, { at: Date.now(), limit: known?.limit });
    const limit = await registries.rateLimit(node.registry, this.#until()).catch(() => undefined);
    this.#rates.set(node.registry, { at: Date.now(), limit });
    const handed = this.#handed.get(registryNodeId(node));
    if (handed && limit) redraw([Object.assign(handed, { rateLimit: limit })]);
  }

  /** The row as the view knows it, with the new values in it. */
  #hand<N extends RegistryTreeNode>(fresh: N): N {
    const id = registryNodeId(fresh);
    const known = this.#handed.get(id);
    if (known) return Object.assign(known, fresh);
    this.#handed.set(id, fresh);
    return fresh;
  }

  #forgetTags(place: Place): void {
    const begin = `tag:${placeId(place)}:`;
    for (const id of [...this.#handed.keys()]) if (id.startsWith(begin)) this.#handed.delete(id);
  }

  #redraw(place: Place): void {
    const id = place.repository === undefined ? `registry:${place.registry}` : `repository:${placeId(place)}`;
    const handed = this.#handed.get(id);
    const fresh = handed && Object.assign(handed, { filter: this.filterOf(place) });
    this.#options.redraw(fresh && [fresh]);
  }

  /** Asked twice for the same, it lists once; asked for something else meanwhile, it lists that afterwards. */
  #once(place: Place, list: () => Promise<TreeNode[]>): Promise<TreeNode[]> {
    const id = placeId(place);
    const stamp = [this.filterOf(place), this.#shown.get(id), this.#refreshes].join('\n');
    const pending = this.#pending.get(id);
    if (pending?.stamp === stamp) return pending.rows;
    const rows = (pending ? pending.rows.then(list) : list()).finally(() => {
      if (this.#pending.get(id)?.rows === rows) this.#pending.delete(id);
    });
    this.#pending.set(id, { stamp, rows });
    return rows;
  }

  #until(): AbortSignal {
    return AbortSignal.any([this.#end.signal, AbortSignal.timeout(listMs)]);
  }
}

function openSettings(): ErrorAction {
  return {
    label: l10n.t('Open Settings'),
    command: 'workbench.action.openSettings',
    args: ['berth.registries'],
  };
}

function told(error: unknown): BerthError {
  if (isBerthError(error)) return error;
  return new BerthError(error instanceof Error ? error.message : String(error), { cause: error });
}
