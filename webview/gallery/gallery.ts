/** The gallery: the cards of all catalogues, or one entry with its review. */
import '../shared/noEval.ts';
import * as l10n from '@vscode/l10n';
import '../shared/base.css';
import './gallery.css';
import { type EntryRef, galleryProtocol } from '../../src/panels/galleryMessages.ts';
import { TargetId } from '../../src/workspace/name.ts';
import { announce } from '../shared/announce.ts';
import { debounce, h } from '../shared/dom.ts';
import { editor } from '../shared/editor.ts';
import { Host } from '../shared/rpc.ts';
import { EntryView } from './entryView.ts';
import {
  type CatalogueNews,
  cataloguesAfter,
  entryOf,
  type Model,
  modelOf,
  PageState,
  targetOf,
} from './model.ts';
import { Pictures } from './pictures.ts';
import { ShelfView } from './shelfView.ts';

const page = document.getElementById('page') ?? document.body;
let gallery: Gallery | undefined;

const host = new Host(galleryProtocol, {
  catalogues: news => gallery?.setCatalogues(news),
  targets: targets => gallery?.setTargets(targets),
  show: ({ catalogue, entry }) => {
    if (!gallery) return;
    gallery.show(catalogue, entry);
    ask(host.request('shown', {}));
  },
});

host.request('open', {}).then(
  ({ translations, catalogues, targets, show }) => {
    l10n.config({ contents: translations ?? {} });
    const kept = PageState.safeParse(editor.getState());
    const model = modelOf(catalogues, targets, kept.data);
    gallery = new Gallery(model);
    if (show) gallery.show(show.catalogue, show.entry);
    else if (kept.data) window.scrollTo(0, kept.data.scroll);
  },
  (error: unknown) => page.replaceChildren(h('p', { class: 'problem', role: 'alert' }, String(error))),
);

class Gallery {
  readonly #model: Model;
  readonly #pictures = new Pictures(async wanted => (await host.request('icon', wanted)).source);
  readonly #shelf: ShelfView;
  #entry: EntryView | undefined;
  /** Asked for before its catalogue was read. */
  #wanted: EntryRef | undefined;
  #scroll = 0;
  readonly #keep = debounce(150, () => this.#keepState());

  constructor(model: Model) {
    this.#model = model;
    this.#shelf = new ShelfView(model, this.#pictures, {
      open: ref => this.#open(ref),
      add: () => ask(host.request('add', {})),
      refresh: catalogue => {
        this.#pictures.forget();
        ask(host.request('refresh', catalogue === undefined ? {} : { catalogue }));
      },
      remove: catalogue => ask(host.request('remove', { catalogue })),
      revoke: catalogue => ask(host.request('revoke', { catalogue })),
      fix: catalogue => ask(host.request('fix', { catalogue })),
      setChannel: (catalogue, channel) =>
        ask(host.request('setChannel', { catalogue, ...(channel !== undefined && { channel }) })),
      openLink,
      filterChanged: () => this.#keep(),
    });
    page.replaceChildren(this.#shelf.element);
    this.#shelf.draw();
    if (model.open) this.#open(model.open);
    else this.#shelf.focusSearch();
    document.addEventListener('keydown', event => {
      if (event.key === 'Escape' && this.#entry && !event.defaultPrevented) this.#back();
    });
    window.addEventListener('scroll', this.#keep, { passive: true });
    document.addEventListener('visibilitychange', () => this.#keepState());
    window.addEventListener('pagehide', () => this.#keepState());
  }

  setCatalogues(news: CatalogueNews): void {
    this.#model.catalogues = cataloguesAfter(this.#model.catalogues, news);
    this.#shelf.draw();
    const wanted = this.#wanted;
    if (wanted && entryOf(this.#model, wanted)) this.#open(wanted);
    else if (this.#entry && this.#model.open) {
      if (entryOf(this.#model, this.#model.open)) this.#entry.load();
      else this.#back();
    }
  }

  setTargets(targets: Model['targets']): void {
    this.#model.targets = targets;
    this.#model.target = targetOf(targets, this.#model.target);
    this.#shelf.narrow();
  }

  /** At that entry, as soon as its catalogue is there; or at the catalogue. */
  show(catalogue: string, entry: string | undefined): void {
    if (entry === undefined) {
      this.#model.filter = { ...this.#model.filter, catalogue };
      this.#back();
      this.#shelf.narrow();
      return;
    }
    this.#open({ catalogue, entry });
  }

  #open(ref: EntryRef): void {
    const found = entryOf(this.#model, ref);
    this.#wanted = found ? undefined : ref;
    if (!found) {
      const shelved = this.#model.catalogues.find(({ address }) => address === ref.catalogue);
      if (shelved?.checkedAt !== undefined && !shelved.isReading)
        announce(l10n.t('{0} is not in its catalogue any more.', ref.entry));
      return;
    }
    const { catalogue, entry } = found;
    const own = { catalogue: catalogue.address, entry: entry.id };
    if (!this.#entry) this.#scroll = window.scrollY;
    this.#model.open = own;
    this.#entry = new EntryView(this.#model, found, this.#pictures, {
      back: () => this.#back(),
      details: async (channel, target) =>
        await host.request('details', { ...own, ...chosen(channel, target) }),
      use: async (details, answer, channel, target) =>
        await host.request('use', {
          ...own,
          ...chosen(channel, target),
          digest: details.digest,
          accepted: [...answer.accepted],
          scope: answer.scope,
        }),
      revoke: () => ask(host.request('revoke', own)),
      openLink,
      targetChosen: target => {
        this.#model.target = target;
        this.#shelf.narrow();
        this.#keep();
      },
    });
    page.replaceChildren(this.#entry.element);
    window.scrollTo(0, 0);
    this.#entry.focus();
    this.#keepState();
  }

  #back(): void {
    const { open } = this.#model;
    this.#entry = undefined;
    this.#model.open = undefined;
    this.#wanted = undefined;
    page.replaceChildren(this.#shelf.element);
    window.scrollTo(0, this.#scroll);
    if (open) this.#shelf.focus(open);
    this.#keepState();
  }

  #keepState(): void {
    const { filter, target, open } = this.#model;
    const scroll = this.#entry ? this.#scroll : window.scrollY;
    const state: PageState = { filter, target, ...(open && { open }), scroll };
    editor.setState(state);
  }
}

function chosen(channel: string | undefined, target: string) {
  const known = TargetId.safeParse(target);
  return { ...(channel !== undefined && { channel }), ...(known.success && { target: known.data }) };
}

function openLink(url: string): void {
  ask(host.request('openLink', { url }));
}

function ask(answer: Promise<unknown>): void {
  answer.catch((error: unknown) => announce(error instanceof Error ? error.message : String(error)));
}
