/** Entries of all catalogues that fit a text, as images to choose from. Pure. */
import { channelOf } from './channels.ts';
import { chooseImage } from './images.ts';
import type { ShelvedCatalogue } from './shelf.ts';

interface CatalogueImage {
  readonly reference: string;
  /** Its name, and the catalogue's. */
  readonly detail: string;
}

/** Every word has to stand in the entry's name, description, categories or image. Disabled entries are left out. */
export function findImages(catalogues: readonly ShelvedCatalogue[], text: string): readonly CatalogueImage[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return catalogues.flatMap(shelved => {
    const { copy } = shelved;
    if (!copy) return [];
    const { catalogue } = copy;
    const channel = channelOf(shelved);
    return catalogue.entries.flatMap(entry => {
      const { reference } = chooseImage(entry, channel);
      const all = [entry.name, entry.description, reference, ...entry.categories].join('\n').toLowerCase();
      return entry.isEnabled && words.every(word => all.includes(word))
        ? [{ reference, detail: [entry.name, catalogue.name].filter(Boolean).join(' · ') }]
        : [];
    });
  });
}
