/** What a search for images has found so far, source by source, in the order in which it is shown. */
import * as l10n from '@vscode/l10n';
import type { EventData, formProtocol } from '../../src/panels/messages.ts';
import type { ImageKind } from '../../src/workspace/settings.ts';

type Found = EventData<typeof formProtocol, 'imagesFound'>;
type Image = Found['images'][number];

/** As the list of a combobox takes it. */
interface ImageOption {
  readonly value: string;
  readonly label: string;
  readonly group: string;
  readonly detail?: string;
}

interface Group {
  readonly title: string;
  /** The search that found them. */
  readonly search: number;
  readonly images: readonly Image[];
}

/** Own images first; where a kind was chosen, those that others recommend and share. */
const usualOrder = ['recent', 'recommended', 'local', 'registries', 'catalogues'];
const orderByKind = ['recommended', 'catalogues', 'registries', 'recent', 'local'];

export class ImageResults {
  #search = 0;
  #isSearching = false;
  readonly #groups = new Map<string, Group>();
  #words: readonly string[] = [];
  /** Whether something else was typed since the search began. */
  #isNarrowed = false;

  get isSearching(): boolean {
    return this.#isSearching;
  }

  /** Returns the number of the new search. What the one before found stays, as far as it fits, until there is better. */
  begin(text: string): number {
    this.#words = wordsOf(text);
    this.#isNarrowed = false;
    this.#isSearching = true;
    return ++this.#search;
  }

  /** From now on, of what was found before, only what fits the text. */
  narrow(text: string): void {
    this.#isNarrowed = true;
    this.#words = wordsOf(text);
  }

  /** False for an answer to an older search: it comes too late. */
  add({ search, source, title, images }: Found): boolean {
    if (search !== this.#search) return false;
    const known = this.#groups.get(source);
    const before = known?.search === search ? known.images : [];
    this.#groups.set(source, { title, search, images: [...before, ...images] });
    return true;
  }

  /** All sources are done; false where a newer search goes on. */
  end(search: number): boolean {
    if (search !== this.#search) return false;
    this.#isSearching = false;
    for (const [source, group] of this.#groups) if (group.search !== search) this.#groups.delete(source);
    return true;
  }

  /** Each image once, where it stands first; those of another kind than the chosen one last. */
  options(kind: ImageKind | undefined): ImageOption[] {
    const options = new Map<string, ImageOption>();
    const others = new Set<string>();
    for (const source of kind === undefined ? usualOrder : orderByKind) {
      const group = this.#groups.get(source);
      for (const { reference, detail, isRefused, kind: ofImage } of group ? this.#fitting(group) : []) {
        const known = options.get(reference);
        const said = isRefused ? l10n.t('not allowed by policy') : undefined;
        const words = known?.detail ?? ([said, detail].filter(Boolean).join(' · ') || undefined);
        const isOther = kind !== undefined && ofImage !== kind;
        if (isOther) others.add(reference);
        options.set(reference, {
          value: reference,
          label: reference,
          group: known?.group ?? (isOther ? l10n.t('Of another kind') : (group?.title ?? '')),
          ...(words !== undefined && { detail: words }),
        });
      }
    }
    const all = [...options.values()];
    const isLast = ({ value }: ImageOption) => others.has(value);
    return [...all.filter(option => !isLast(option)), ...all.filter(isLast)];
  }

  /** What the running search found fits by its source's own rules, which may look at more than the name. */
  #fitting({ search, images }: Group): readonly Image[] {
    if (search === this.#search && !this.#isNarrowed) return images;
    return images.filter(({ reference, detail = '' }) => {
      const text = `${reference} ${detail}`.toLowerCase();
      return this.#words.every(word => text.includes(word));
    });
  }
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}
