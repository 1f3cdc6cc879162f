/** How long the gallery takes with 500 cards, from the empty document until it answers to a key. */
import { startChromium } from '../support/chromium.ts';
import { CatalogueFolder, entry, listOf } from '../support/pages/catalogues.ts';
import { World } from '../support/pages/fakes.ts';
import { showGallery } from '../support/pages/showForm.ts';
import { type Benchmark, inTurns, timed } from './benchmark.ts';

const cards = 500;
const runs = 5;
const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><circle cx="32" cy="32" r="30" fill="#2a7"/></svg>';

export const galleryBenchmarks: readonly Benchmark[] = [{ name: 'gallery.open', measure: open500 }];

/** A catalogue of that many entries, in a folder. */
export async function makeCatalogueOf500(): Promise<CatalogueFolder> {
  const entries = Array.from({ length: cards }, (_, index) =>
    entry(`Entry-${index}`, { image_src: 'icon.svg' }),
  );
  return await CatalogueFolder.make(listOf(...entries), { 'icon.svg': icon });
}

async function open500() {
  await using made = await makeCatalogueOf500();
  await made.shelf.add(made.address, AbortSignal.timeout(10_000));
  const browser = await startChromium();
  try {
    await using stage = await showGallery(browser, new World(), made.shelf);
    const { page } = stage;
    const answers = () => page.evaluate<boolean>("document.activeElement?.matches('.card') ?? false");
    return await inTurns('ms', runs, () =>
      timed(async () => {
        await stage.reload();
        await page
          .locator('.card')
          .nth(cards - 1)
          .waitFor({ state: 'attached' });
        for (let press = 0; press < 50 && !(await answers()); press++) await page.keyboard.press('ArrowDown');
        if (!(await answers())) throw new Error('the gallery takes no key');
      }),
    );
  } finally {
    await browser.close();
  }
}
