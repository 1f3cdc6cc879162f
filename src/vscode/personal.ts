/** What is this person's own: favourites, recent images, the order of the tree, what they allowed. In the editor's synced state. */
import type * as vscode from 'vscode';
import * as z from 'zod';
import { Listeners } from '../engine/listeners.ts';
import { Approval } from '../image/catalogue/approvals.ts';
import { Use } from '../image/catalogue/shelf.ts';
import { mostTemplates, type OwnTemplate, readOwnTemplate, tooManyTemplates } from '../template/own.ts';
import type { Template } from '../template/template.ts';
import { type Arrangement, type SortOrder, sortOrders } from '../views/arrange.ts';
import type { WorkspaceArgument } from '../views/nodes.ts';
import { RecentValues, withRecent } from '../workspace/recent.ts';
import type { WorkspaceSettings } from '../workspace/settings.ts';
import { workspaceKey } from '../workspace/workspace.ts';

type Ref = z.infer<typeof WorkspaceArgument>;

const Texts = z.array(z.string()).catch([]);
const mostRecentImages = 10;
const mostQuiet = 1_000;

export class Personal {
  readonly #state: vscode.Memento & { setKeysForSync(keys: readonly string[]): void };
  readonly #changes = new Listeners<void>();
  #filter = '';

  constructor(state: vscode.Memento & { setKeysForSync(keys: readonly string[]): void }) {
    this.#state = state;
    state.setKeysForSync([
      'favourites',
      'recentImages',
      'recentValues',
      'order',
      'approvals',
      'uses',
      'templates',
    ]);
  }

  arrangement(): Arrangement {
    return {
      order: z.enum(sortOrders).catch('name').parse(this.#state.get('order')),
      filter: this.#filter,
      favourites: new Set(this.#favourites()),
    };
  }

  onDidChange(listener: () => void): Disposable {
    return this.#changes.add(listener);
  }

  isFavourite(workspace: Ref): boolean {
    return this.#favourites().includes(workspaceKey(workspace));
  }

  async setFavourite(workspace: Ref, favourite: boolean): Promise<void> {
    const others = this.#favourites().filter(key => key !== workspaceKey(workspace));
    await this.#state.update('favourites', favourite ? [...others, workspaceKey(workspace)] : others);
    this.#changes.fire();
  }

  async setOrder(order: SortOrder): Promise<void> {
    await this.#state.update('order', order);
    this.#changes.fire();
  }

  /** Of this window only. */
  setFilter(filter: string): void {
    this.#filter = filter;
    this.#changes.fire();
  }

  /** Images of the last creations, newest first. */
  recentImages(): readonly string[] {
    return Texts.parse(this.#state.get('recentImages'));
  }

  async addRecentImage(image: string): Promise<void> {
    const others = this.recentImages().filter(other => other !== image);
    await this.#state.update('recentImages', [image, ...others].slice(0, mostRecentImages));
  }

  /** What was typed into fields of the form for the last creations, newest first. */
  recentValues(): RecentValues {
    return RecentValues.parse(this.#state.get('recentValues') ?? {});
  }

  async addRecentValues(settings: Partial<WorkspaceSettings>): Promise<void> {
    await this.#state.update('recentValues', withRecent(this.recentValues(), settings));
  }

  /** Images too. */
  async forgetRecent(): Promise<void> {
    await this.#state.update('recentImages', undefined);
    await this.#state.update('recentValues', undefined);
  }

  /** The person's own templates; one that can no longer be read is passed over and kept. */
  templates(): readonly OwnTemplate[] {
    return this.#stored('templates').flatMap(value => readOwnTemplate(value) ?? []);
  }

  /** In the place of the one with that id, or beside the others; undefined takes it away. */
  async setTemplate(id: string, template: Template | undefined): Promise<void> {
    const all = this.#stored('templates');
    const at = all.findIndex(value => readOwnTemplate(value)?.id === id);
    if (template && at < 0 && all.length >= mostTemplates) throw tooManyTemplates();
    const next = template ? [{ id, ...template }] : [];
    await this.#state.update('templates', at < 0 ? [...all, ...next] : all.toSpliced(at, 1, ...next));
    this.#changes.fire();
  }

  /** Repositories, by their remote or else their folder, that are no longer offered on this machine; the newest last. */
  quietRepositories(): readonly string[] {
    return Texts.parse(this.#state.get('quietRepositories'));
  }

  async setQuiet(repositories: readonly string[]): Promise<void> {
    await this.#state.update('quietRepositories', repositories.slice(-mostQuiet));
  }

  /** True the first time only: for offers that are made once. */
  async firstTime(offer: string): Promise<boolean> {
    if (this.#state.get(`offered.${offer}`)) return false;
    await this.#state.update(`offered.${offer}`, true);
    return true;
  }

  /** What was allowed to entries of catalogues, the newest first. */
  approvals(): readonly Approval[] {
    return z
      .array(z.unknown())
      .catch([])
      .parse(this.#state.get('approvals'))
      .flatMap(value => Approval.safeParse(value).data ?? []);
  }

  async setApprovals(approvals: readonly Approval[]): Promise<void> {
    await this.#state.update('approvals', approvals);
    this.#changes.fire();
  }

  /** Entries of catalogues as they were when they were used last. */
  uses(): readonly Use[] {
    return z
      .array(z.unknown())
      .catch([])
      .parse(this.#state.get('uses'))
      .flatMap(value => Use.safeParse(value).data ?? []);
  }

  async setUses(uses: readonly Use[]): Promise<void> {
    await this.#state.update('uses', uses);
  }

  #stored(key: string): unknown[] {
    return z.array(z.unknown()).catch([]).parse(this.#state.get(key));
  }

  #favourites(): string[] {
    return Texts.parse(this.#state.get('favourites'));
  }
}
