/** The form's image field: all sources at once, by keyboard, for screen readers, and with what the registry says. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { FoundImage, ImageSource } from '../../../src/image/imageSource.ts';
import type { DescribedImage } from '../../../src/panels/imageFacts.ts';
import { BerthError } from '../../../src/workspace/error.ts';
import { startChromium } from '../../support/chromium.ts';
import { upCluster, World } from '../../support/pages/fakes.ts';
import { showForm } from '../../support/pages/showForm.ts';
import type { ThemeName } from '../../support/pages/themes.ts';
import { until } from '../../support/pages/until.ts';
import { outputFolder } from '../../support/vsix.ts';

/** A registry that answers when the test says so. */
class SlowRegistry implements ImageSource {
  readonly id = 'registries';
  readonly title = 'Registries';
  readonly asked: string[] = [];
  readonly aborted: string[] = [];
  #answers = new Map<string, (images: readonly FoundImage[]) => void>();

  async *search(text: string, signal: AbortSignal): AsyncGenerator<readonly FoundImage[]> {
    this.asked.push(text);
    signal.addEventListener('abort', () => this.aborted.push(text), { once: true });
    yield await new Promise<readonly FoundImage[]>(resolve => this.#answers.set(text, resolve));
  }

  answer(text: string, ...references: readonly string[]): void {
    this.#answers.get(text)?.(references.map(reference => ({ reference, detail: 'from afar' })));
  }
}

const described = (changes: Partial<DescribedImage> = {}): DescribedImage => ({
  platform: 'linux/amd64',
  user: 'jovyan',
  bytes: 48 * 2 ** 20,
  env: [],
  exposedPorts: [8888, 9000],
  labels: { 'berth.kind': 'jupyter', 'berth.cpus': '3', 'berth.memory-mib': '6000', 'berth.disk-gib': '50' },
  entrypoint: [],
  command: ['start'],
  ...changes,
});

const field = (page: Page) => page.getByRole('combobox', { name: 'Image', exact: false }).first();
const options = (page: Page) => page.locator('.field-image [role=option] .combobox-label').allTextContents();
/** What a screen reader is told of where one stands. */
const active = (page: Page) =>
  page.evaluate<string>(
    `document.getElementById(document.getElementById('f-image').getAttribute('aria-activedescendant') ?? '')?.textContent ?? ''`,
  );
const facts = async (page: Page) => (await page.locator('#f-image-facts').textContent()) ?? '';
const message = async (page: Page, key: string) =>
  (await page.locator(`#f-${key}-message`).textContent()) ?? '';

describe('the image field', () => {
  let browser: Browser;
  before(async () => {
    browser = await startChromium();
  });
  after(() => browser.close());

  const open = (world: World, look: { theme?: ThemeName; width?: number; height?: number } = {}) =>
    showForm(browser, world, { mode: 'create' }, look);

  it('shows all sources in groups, own images first, each image once', async () => {
    await using stage = await open(new World());
    const { page } = stage;
    await field(page).click();
    await until('the images of the target are there', async () =>
      (await options(page)).includes('alpine:3.20'),
    );
    assert.deepEqual((await options(page)).slice(0, 4), [
      'ghcr.io/acme/dev:2025.11',
      'python:3.13',
      'debian:bookworm',
      'quay.io/jupyter/scipy-notebook:latest',
    ]);
    assert.deepEqual(
      await page
        .locator('.field-image [role=group]')
        .evaluateAll(groups => groups.map(group => group.getAttribute('aria-label'))),
      ['Recent', 'Recommended', 'On the target'],
    );
    // Known twice, shown once, with its size.
    assert.match(
      (await page.getByRole('option', { name: 'ghcr.io/acme/dev:2025.11' }).textContent()) ?? '',
      /GiB$/,
    );
  });

  it('is a combobox by keyboard alone: arrows, Enter, Escape, and typing on', async () => {
    const world = new World();
    await using stage = await open(world);
    const { page } = stage;
    await field(page).focus();
    assert.equal(await field(page).getAttribute('aria-expanded'), 'false');
    await page.keyboard.press('ArrowDown');
    assert.equal(await field(page).getAttribute('aria-expanded'), 'true');
    await until('it is there', async () => (await options(page)).length > 3);
    // It stands on what the field holds.
    assert.match(await active(page), /^debian:bookworm/);
    await page.keyboard.press('ArrowDown');
    assert.match(await active(page), /^quay\.io/);
    const selected = page.locator('.field-image [aria-selected=true]');
    assert.equal(await selected.count(), 1);
    await page.keyboard.press('Escape');
    assert.equal(await field(page).getAttribute('aria-expanded'), 'false');
    assert.equal(await field(page).inputValue(), 'debian:bookworm');

    await page.keyboard.press('Control+a');
    await page.keyboard.type('alp');
    await until('only what fits', async () => (await options(page)).join() === 'alpine:3.20');
    // Nothing is chosen by itself: what is typed is an image, too.
    assert.equal(await active(page), '');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.equal(await field(page).inputValue(), 'alpine:3.20');
    assert.equal(await field(page).getAttribute('aria-expanded'), 'false');
    await until('the target has it', async () => /^On the target already/.test(await facts(page)));

    await page.keyboard.press('Control+a');
    await page.keyboard.type('nobody/has:this');
    await page.getByText('No image found. Any reference can be typed.').first().waitFor();
    await page.keyboard.press('Enter');
    assert.equal(await field(page).inputValue(), 'nobody/has:this');
    assert.deepEqual(stage.complaints, []);
  });

  it('waits for no slow source, keeps one’s place when it answers, and drops what comes too late', async () => {
    const world = new World();
    const registry = new SlowRegistry();
    world.sources = [registry];
    await using stage = await open(world);
    const { page } = stage;
    await field(page).fill('d');
    await field(page).fill('de');
    await field(page).fill('deb');
    await until('local images are there', async () => (await options(page)).includes('debian:bookworm'));
    await page.getByText('Looking for images…').waitFor();
    // Typing that goes on asks nobody.
    assert.deepEqual(registry.asked, ['deb']);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    const before = await active(page);
    assert.match(before, /debian/);
    registry.answer('deb', 'registry.example.org/debian:far', 'registry.example.org/other:1');
    await until('it has come', async () => (await options(page)).includes('registry.example.org/debian:far'));
    assert.equal(await active(page), before);
    // What a registry found fits, whatever it is called.
    assert.ok((await options(page)).includes('registry.example.org/other:1'));
    await page.getByText('Looking for images…').waitFor({ state: 'detached' });

    await field(page).fill('debx');
    await until('it is asked', () => registry.asked.includes('debx'));
    await field(page).fill('deby');
    await until('the other one is asked', () => registry.asked.includes('deby'));
    assert.ok(registry.aborted.includes('debx'));
    registry.answer('debx', 'registry.example.org/late:1');
    registry.answer('deby', 'registry.example.org/in-time:1');
    await until('it has come', async () => (await options(page)).includes('registry.example.org/in-time:1'));
    assert.ok(!(await options(page)).includes('registry.example.org/late:1'));
    await field(page).fill('debz');
    await until('it is asked', () => registry.asked.includes('debz'));
    await page.keyboard.press('Escape');
    await until('nobody waits any more', () => registry.aborted.includes('debz'));
  });

  it('one source that fails hides none of the others', async () => {
    const world = new World();
    world.sources = [
      {
        id: 'registries',
        title: 'Registries',
        // biome-ignore lint/correctness/useYield: it fails first
        async *search() {
          throw new Error('down');
        },
      },
    ];
    await using stage = await open(world);
    await field(stage.page).click();
    await until('others are there', async () => (await options(stage.page)).includes('alpine:3.20'));
    assert.deepEqual(stage.complaints, []);
  });

  it('puts images of a kind that was chosen first, recommended ones before own', async () => {
    await using stage = await open(new World());
    const { page } = stage;
    await page.locator('#g-basics > summary').click();
    await page.selectOption('#f-kind', 'jupyter');
    await field(page).click();
    await until('all is there', async () => (await options(page)).includes('alpine:3.20'));
    const all = await options(page);
    assert.equal(all[0], 'quay.io/jupyter/minimal-notebook:latest');
    assert.ok(all.indexOf('quay.io/jupyter/scipy-notebook:latest') < all.indexOf('python:3.13'));
    assert.equal(
      await page.locator('.field-image [role=group]').last().getAttribute('aria-label'),
      'Of another kind',
    );
  });

  it('fills the form from the registry before anything is pulled', async () => {
    const world = new World();
    world.requiredLabels = ['team', 'berth.kind=jupyter'];
    world.describe = async () => described();
    await using stage = await open(world);
    const { page } = stage;
    await page.evaluate("for (const group of document.querySelectorAll('details')) group.open = true");
    await page.fill('#f-image', 'ghcr.io/acme/lab:1');
    await page.keyboard.press('Escape');
    await until(
      'its facts are there',
      async () => (await facts(page)) === 'Will be pulled, 48 MiB · linux/amd64 · user jovyan',
    );
    assert.deepEqual(world.described, ['ghcr.io/acme/lab:1 for linux/amd64']);
    assert.equal(await page.inputValue('#f-kind'), 'jupyter');
    assert.equal(await page.inputValue('#f-ports-0-port'), '8888');
    assert.equal(await page.inputValue('#f-ports-1-port'), '9000');
    assert.equal(await page.getAttribute('#f-user', 'placeholder'), 'jovyan');
    // No preset that is enough fits the target: so it is what the image recommends.
    assert.deepEqual(
      [
        await page.inputValue('#f-cpus'),
        await page.inputValue('#f-memoryMiB'),
        await page.inputValue('#f-diskGiB'),
      ],
      ['3', '6000', '50'],
    );
    assert.equal(await message(page, 'image'), 'It lacks labels that images here must carry: team.');
    // It warns, and stands in nobody's way.
    assert.equal(await page.getAttribute('#f-image', 'aria-invalid'), null);
    await page.fill('#f-memoryMiB', '1024');
    await until('too little is said', async () =>
      /recommends 6000 MiB/.test(await message(page, 'memoryMiB')),
    );

    // What was typed stays; what the last image brought goes with it.
    await page.fill('#f-image', 'alpine:3.20');
    await page.keyboard.press('Escape');
    await until('the kind follows', async () => (await page.inputValue('#f-kind')) === 'ssh');
    assert.deepEqual(
      [await page.inputValue('#f-memoryMiB'), await page.inputValue('#f-diskGiB')],
      ['1024', '20'],
    );
    assert.equal(await page.locator('#f-ports-0-port').count(), 0);
    assert.deepEqual(
      world.described,
      ['ghcr.io/acme/lab:1 for linux/amd64'],
      'what the target has is not asked for',
    );
  });

  it('asks no strange registry for what a link named, before the person says so', async () => {
    const byLink = (image: string) => ({
      mode: 'create' as const,
      given: [{ by: 'link' as const, values: { image } }],
    });
    const world = new World();
    world.describe = async () => described();
    {
      await using stage = await showForm(browser, world, byLink('spy.example.org/track:me'));
      const { page } = stage;
      await page.getByText('A link gave: Image. Each value can be changed.').waitFor();
      await page.getByText('A link names spy.example.org, which is none of your registries').waitFor();
      // What is due is asked before the form is sent.
      await page.getByRole('button', { name: 'Add and start' }).click();
      await until('it is sent', () => world.calls.some(({ what }) => what === 'create'));
      assert.deepEqual(world.described, []);
    }
    {
      await using stage = await showForm(browser, world, byLink('spy.example.org/track:me'));
      const { page } = stage;
      await page.getByRole('button', { name: 'Ask It' }).click();
      await until('it was asked', async () => /user jovyan/.test(await facts(page)));
      assert.deepEqual(world.described.splice(0), ['spy.example.org/track:me for linux/amd64']);
      await page.getByRole('button', { name: 'Ask It' }).waitFor({ state: 'hidden' });
      assert.equal(await field(page).evaluate(input => input.matches(':focus')), true);
    }
    const from = { name: 'Lab', place: 'spy.example.org' };
    const request = { ...byLink('spy.example.org/track:me'), from };
    await using stage = await showForm(browser, world, request);
    const filler = stage.page.getByText('Filled in by “Lab” (spy.example.org). A link gave: Image.');
    await filler.waitFor();
    await until('it is kept', async () => JSON.stringify(await stage.state()).includes('Lab'));
    // The host knows no more of it then.
    Object.assign(request, { from: undefined, given: undefined });
    await stage.reload();
    await filler.waitFor();
    await stage.page.getByText('A link names spy.example.org').waitFor();
    assert.deepEqual(world.described, []);
    await field(stage.page).fill('spy.example.org/track:you');
    await until('what was typed is asked about', () => world.described.length > 0);
    // One that the person has to do with already is as any other.
    await using other = await showForm(browser, world, byLink('ghcr.io/acme/lab:1'));
    await until('it was asked', async () => /user jovyan/.test(await facts(other.page)));
    assert.equal(await other.page.getByRole('button', { name: 'Ask It' }).isVisible(), false);
    assert.deepEqual(world.described, [
      'spy.example.org/track:you for linux/amd64',
      'ghcr.io/acme/lab:1 for linux/amd64',
    ]);
  });

  it('warns where the registry has no such image for the target, and says quietly where it cannot be asked', async () => {
    const world = new World();
    await using stage = await open(world);
    const { page } = stage;
    world.describe = async () => {
      throw new BerthError(
        'Cannot use acme/arm: there is no such image for linux/amd64. There are: linux/arm64.',
        {
          code: 'unsupported',
        },
      );
    };
    await page.fill('#f-image', 'acme/arm:1');
    await until('it warns', async () => /no such image for linux\/amd64/.test(await message(page, 'image')));
    assert.equal(await page.getAttribute('#f-image', 'aria-invalid'), null);
    world.describe = async () => {
      throw new BerthError('Cannot reach the registry acme.example.org.', { code: 'unreachable' });
    };
    await page.fill('#f-image', 'acme.example.org/x:1');
    await until('it says so', async () => /Cannot reach the registry/.test(await facts(page)));
    assert.equal(await message(page, 'image'), '');
  });

  it('asks a registry once typing has rested, and for the last image alone', async () => {
    const world = new World();
    world.targets = [upCluster()];
    world.describe = async () => described();
    await using stage = await open(world);
    const { page } = stage;
    await until('the default is known', () => world.described.length === 1);
    await page.fill('#f-image', '');
    await page.locator('#f-image').pressSequentially('ghcr.io/acme/lab:2', { delay: 60 });
    await until('it is asked for', () => world.described.length > 1);
    await page.waitForTimeout(500);
    assert.deepEqual(world.described.slice(1), ['ghcr.io/acme/lab:2 for linux/amd64']);
  });

  it('fits every theme, narrow and wide', async () => {
    for (const [theme, width] of [
      ['light', 1000],
      ['dark', 1000],
      ['hc-dark', 1000],
      ['hc-light', 320],
      ['dark', 320],
    ] as const) {
      const world = new World();
      const registry = new SlowRegistry();
      world.sources = [registry];
      world.describe = async () => described();
      world.requiredLabels = ['team'];
      await using stage = await open(world, { theme, width, height: 760 });
      const { page } = stage;
      await page.fill('#f-image', 'ghcr.io/acme/lab:1');
      await page.keyboard.press('Escape');
      await until('it is known', async () => /jovyan/.test(await facts(page)));
      await page.screenshot({ path: `${outputFolder}/screenshots/image-facts-${theme}-${width}.png` });
      await page.fill('#f-image', 'e');
      await until('it is asked', () => registry.asked.includes('e'));
      registry.answer(
        'e',
        'registry.example.org/a-rather-long-path/of-an-image/that-hardly-fits:2025.11',
        'registry.example.org/short:1',
      );
      await until('it has come', async () => (await options(page)).includes('registry.example.org/short:1'));
      await page.keyboard.press('ArrowDown');
      await page.screenshot({ path: `${outputFolder}/screenshots/image-list-${theme}-${width}.png` });
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
      assert.deepEqual(stage.complaints, []);
    }
  });
});
