import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { galleryProtocol } from '../../../src/panels/galleryMessages.ts';
import { GallerySession } from '../../../src/panels/gallerySession.ts';
import type { HostMessage } from '../../../src/panels/messages.ts';
import { startChromium } from '../../support/chromium.ts';
import { CatalogueFolder, entry, listOf } from '../../support/pages/catalogues.ts';
import { upCluster, World } from '../../support/pages/fakes.ts';
import { showGallery } from '../../support/pages/showForm.ts';
import type { Stage } from '../../support/pages/stage.ts';
import { until } from '../../support/pages/until.ts';

const svg =
  '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><script>parent.complain("script")</script><rect width="64" height="64" fill="teal"/></svg>';

const risky = entry('Risky', {
  description: 'Wants a lot',
  categories: ['Security'],
  architecture: ['amd64'],
  run_config: {
    privileged: true,
    cap_add: ['NET_ADMIN'],
    hostname: 'risky',
    environment: { MODE: 'full' },
    mem_limit: '2g',
    network_mode: 'none',
    shiny: 1,
  },
  exec_config: { first_launch: { cmd: 'bash -c "echo <b>hello</b>"' } },
  notes: [
    '# Read me',
    'See [the docs](https://acme.example/docs) and [not this](javascript:alert(1)).',
    '<img src=x onerror="complain(1)">',
    '![pixel](https://acme.example/pixel.png)',
    '- one',
    '- `two`',
  ].join('\n\n'),
});
const plain = [
  entry('Firefox', { description: 'A browser', categories: ['Browser', 'Desktop'] }),
  entry('Blender', { categories: ['Graphics'], require_gpu: true }),
  entry('Arm', { architecture: ['arm64'] }),
  entry('Old', { enabled: false }),
  { friendly_name: 'Broken', description: 'Names no image', image_src: 'x.png', architecture: ['amd64'] },
];

const texts = (page: Page, selector: string) => page.locator(selector).allTextContents();
const shownCards = (page: Page) => texts(page, '.cell:not([hidden]) .card-name');
const focusedCard = (page: Page) =>
  page.evaluate("document.activeElement?.querySelector('.card-name')?.textContent ?? ''");

describe('the gallery', () => {
  let browser: Browser;
  before(async () => {
    browser = await startChromium();
  });
  after(() => browser.close());

  async function acme(): Promise<CatalogueFolder> {
    const made = await CatalogueFolder.make(listOf(...plain, risky), {
      'firefox.svg': svg,
      'risky.svg': svg,
    });
    await made.shelf.add(made.address, AbortSignal.timeout(5_000));
    return made;
  }

  async function open(world: World, { shelf }: CatalogueFolder, request = {}, look = {}): Promise<Stage> {
    return showGallery(browser, world, shelf, request, look);
  }
  const openEntry = async (page: Page, name: string) => {
    await page.locator('.card', { hasText: name }).click();
    await page.getByRole('heading', { name: 'What it may do' }).waitFor();
  };

  it('shows every entry as a card, marks those that are not offered, and says why one cannot be used', async () => {
    const [world] = [new World()];
    await using made = await acme();
    await using stage = await open(world, made);
    const { page } = stage;
    assert.deepEqual(await shownCards(page), ['Firefox', 'Blender', 'Arm', 'Old', 'Risky']);
    assert.equal(await page.locator('.count').textContent(), '5 entries');
    const name = await page.locator('.card', { hasText: 'Old' }).getAttribute('aria-label');
    assert.equal(name, 'Old. Not offered now. Old as Acme has it. Tools. amd64, arm64');
    await page.getByText('Entries that cannot be used: 1').click();
    assert.match(
      (await texts(page, '.unusable li')).join('\n'),
      /Broken: .*compatibility: it names no image/,
    );
    assert.match((await page.locator('.catalogue .lead').first().textContent()) ?? '', /read just now/);
    // The icon is there, as the host handed it over, and its script did not run.
    await page.locator('.card img[src^="data:image/svg+xml;base64,"]').first().waitFor();
    assert.deepEqual(stage.complaints, []);
  });

  it('is narrowed down by words, architecture, category and what fits the target', async () => {
    const world = new World();
    await using made = await acme();
    await using stage = await open(world, made);
    const { page } = stage;
    await page.getByLabel('Search the catalogues').fill('browser desk');
    await until('one is left', async () => (await shownCards(page)).length === 1);
    assert.equal(await page.locator('.count').textContent(), '1 of 5 entries');
    await page.getByLabel('Search the catalogues').fill('');
    await until('all are back', async () => (await shownCards(page)).length === 5);
    await page.getByLabel('Category').selectOption('Graphics');
    assert.deepEqual(await shownCards(page), ['Blender']);
    await page.getByLabel('Category').selectOption('');
    await page.getByLabel('Architecture').selectOption('arm64');
    assert.deepEqual(await shownCards(page), ['Firefox', 'Blender', 'Arm', 'Old']);
    await page.getByLabel('Architecture').selectOption('');
    // The target has amd64 and no GPU.
    await page.getByText('Fits my target').click();
    assert.deepEqual(await shownCards(page), ['Firefox', 'Old', 'Risky']);
    // What was chosen outlives a reload of the window.
    await page.getByLabel('Search the catalogues').fill('risky');
    await until('one is left', async () => (await shownCards(page)).length === 1);
    await new Promise(resolve => setTimeout(resolve, 300));
    await stage.reload();
    await until('they are there', async () => (await shownCards(page)).join() === 'Risky');
    assert.equal(await page.getByLabel('Search the catalogues').inputValue(), 'risky');
  });

  it('is gone through by keyboard alone, and comes back to where one was', async () => {
    const world = new World();
    await using made = await acme();
    await using stage = await open(world, made);
    const { page } = stage;
    await until(
      'search has the focus',
      async () => (await page.evaluate('document.activeElement?.id')) === 'search',
    );
    await page.keyboard.press('ArrowDown');
    assert.equal(await focusedCard(page), 'Firefox');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('End');
    assert.equal(await focusedCard(page), 'Risky');
    await page.keyboard.press('ArrowUp');
    assert.equal(await focusedCard(page), 'Blender');
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Firefox' }).waitFor();
    await until(
      'the title has the focus',
      async () => (await page.evaluate('document.activeElement?.localName')) === 'h1',
    );
    await page.keyboard.press('Escape');
    assert.equal(await focusedCard(page), 'Firefox');
    // One Tab stop for all of them.
    assert.equal(await page.locator('.card[tabindex="0"]').count(), 1);
  });

  it('an entry that asks for nothing goes straight into the form, on the channel and target that were chosen', async () => {
    const world = new World();
    await using made = await acme();
    await using stage = await open(world, made);
    const { page } = stage;
    await openEntry(page, 'Firefox');
    await page.getByText('Nothing that other workspaces may not.').waitFor();
    await page.getByText('ghcr.io/acme/firefox:stable').waitFor();
    await page.getByLabel('Channel').selectOption('edge');
    await page.getByText('ghcr.io/acme/firefox:edge').waitFor();
    await page.getByRole('button', { name: 'Fill In the Form' }).click();
    await until('the form is opened', () => world.opened.length === 1);
    const [request] = world.opened as {
      target: string;
      given: { by: string; values: Record<string, unknown> }[];
    }[];
    assert.equal(request?.target, 'local');
    assert.equal(request?.given[0]?.by, 'catalogue');
    assert.equal(request?.given[0]?.values.image, 'ghcr.io/acme/firefox:edge');
    assert.equal(request?.given[0]?.values.overrides, undefined);
    assert.partialDeepStrictEqual(request?.given[0]?.values.fromCatalogue, {
      catalogue: made.address,
      entry: 'Firefox',
      channel: 'edge',
    });
  });

  it('has what the settings forbid only named: nobody can allow it', async () => {
    const world = new World();
    world.policy = { name: 'Acme', trust: { forbid: ['blocked'] } };
    await using made = await acme();
    await using stage = await open(world, made);
    const { page } = stage;
    await page.locator('.card', { hasText: 'Risky' }).click();
    await page.getByText('Has all rights on the engine’s host').waitFor();
    assert.ok((await page.getByText('Forbidden by Acme').count()) > 0);
    assert.equal(await page.locator('.review-blocked vscode-checkbox').count(), 0);
  });

  it('shows what an entry wants in words and verbatim; what is blocked stays out unless it is allowed', async () => {
    const world = new World();
    await using made = await acme();
    await using stage = await open(world, made);
    const { page } = stage;
    await openEntry(page, 'Risky');
    const blocked = page.locator('.review-blocked');
    assert.match((await blocked.textContent()) ?? '', /Has all rights on the engine’s host/);
    assert.match(
      (await page.locator('.review-warned').textContent()) ?? '',
      /Can change its network.*NET_ADMIN/,
    );
    assert.match(
      (await page.locator('.review-shown').first().textContent()) ?? '',
      /bash -c "echo <b>hello<\/b>"/,
    );
    assert.equal(await page.locator('b').count(), 0);
    assert.match(
      (await page.locator('.review-left-out').textContent()) ?? '',
      /run_config\.shiny.*does not know this/s,
    );
    assert.match(
      (await page.locator('.review-left-out').textContent()) ?? '',
      /mem_limit.*Berth decides this itself/s,
    );
    await page.getByRole('button', { name: 'Accept and Fill In the Form' }).click();
    await until('the form is opened', () => world.opened.length === 1);
    const values = (index: number) =>
      (world.opened as { given: { values: { overrides?: Record<string, unknown> } }[] }[])[index]?.given[0]
        ?.values;
    const { overrides = {} } = values(0) ?? {};
    assert.equal(overrides.privileged, undefined);
    assert.deepEqual(overrides.capAdd, ['NET_ADMIN']);
    assert.deepEqual(
      made.memory.allowed.map(({ allowed, scope }) => [...allowed, scope]),
      [['capAdd:NET_ADMIN', 'entry']],
    );

    // Allowed for all of the catalogue this time.
    await page.getByText('Allowed before').waitFor();
    await page.getByText('Has all rights on the engine’s host').click();
    assert.deepEqual(await texts(page, '.scope label'), [
      'this entry as it is now',
      'every entry of Acme that wants the same; one that has changed is asked about again',
      'every entry of Acme that wants the same, whatever changes in it',
    ]);
    await page.getByLabel('one that has changed is asked about again').check();
    await page.getByRole('button', { name: 'Accept and Fill In the Form' }).click();
    await until('the form is opened', () => world.opened.length === 2);
    assert.equal(values(1)?.overrides?.privileged, true);
    assert.deepEqual(
      made.memory.allowed.map(({ allowed, scope }) => [...allowed, scope]),
      [['privileged', 'capAdd:NET_ADMIN', 'catalogue']],
    );

    await page.getByRole('button', { name: 'Revoke What Was Allowed' }).click();
    await page.locator('.review-blocked vscode-checkbox').waitFor();
    assert.deepEqual(made.memory.allowed, []);
    assert.deepEqual(stage.complaints, []);
  });

  it('an entry that has changed is marked and reviewed again, with the difference', async () => {
    const world = new World();
    await using made = await acme();
    await using stage = await open(world, made);
    const { page } = stage;
    await openEntry(page, 'Risky');
    await page.getByRole('button', { name: 'Accept and Fill In the Form' }).click();
    await until('the form is opened', () => world.opened.length === 1);
    await page.getByRole('button', { name: 'Back' }).click();
    await made.write(
      listOf({ ...risky, run_config: { cap_add: ['NET_ADMIN', 'NET_RAW'] }, exec_config: {} }),
    );
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.locator('.card', { hasText: 'Changed since you used it' }).waitFor();
    await openEntry(page, 'Risky');
    await page.getByText('It has changed since you allowed it').waitFor();
    const news = page.locator('.grant', { hasText: 'NET_RAW' });
    assert.match((await news.textContent()) ?? '', /New/);
    assert.match((await page.locator('.review-gone').textContent()) ?? '', /Has all rights/);
    // What was allowed to the entry as it was is asked for again.
    assert.equal(await page.getByText('Allowed before').count(), 0);
  });

  it('does not install another entry than the one that was shown', async () => {
    const world = new World();
    await using made = await acme();
    const answers: unknown[] = [];
    using session = new GallerySession(world.services, made.shelf, world.desk, {}, message =>
      answers.push(message),
    );
    const ask = (method: string, params: object) =>
      session.receive({ type: 'request', id: answers.length, method, params });
    const ref = { catalogue: made.address, entry: 'Risky' };
    await ask('details', ref);
    const { result } = answers[0] as { result: { digest: string } };
    const use = () => ask('use', { ...ref, digest: result.digest, accepted: ['privileged'], scope: 'entry' });
    await made.write(listOf({ ...risky, run_config: { privileged: true } }));
    await made.shelf.refresh(made.address);
    await use();
    assert.match(JSON.stringify(answers), /has changed meanwhile: look at it once more/);
    assert.deepEqual([world.opened, made.memory.allowed], [[], []]);
    await made.write(listOf({ ...risky, enabled: false }));
    await made.shelf.refresh(made.address);
    await use();
    assert.match(JSON.stringify(answers), /not offered by its catalogue any more/);
    assert.deepEqual([world.opened, made.memory.allowed], [[], []]);
  });

  it('is told of the catalogues that changed, and of no other', async () => {
    const world = new World();
    await using made = await acme();
    const other = join(made.folder, 'other');
    await mkdir(join(other, '1.1'), { recursive: true });
    const writeOther = (name: string) =>
      writeFile(join(other, '1.1', 'list.json'), JSON.stringify({ ...listOf(...plain), name }));
    await writeOther('Before');
    await made.shelf.add(other, AbortSignal.timeout(5_000));
    const posted: HostMessage[] = [];
    using session = new GallerySession(world.services, made.shelf, world.desk, {}, message =>
      posted.push(message),
    );
    const news = () =>
      posted
        .flatMap(message =>
          message.type === 'event' && message.event === 'catalogues' ? [message.data] : [],
        )
        .map(data => galleryProtocol.events.catalogues.parse(data));
    await session.receive({ type: 'request', id: 1, method: 'open', params: {} });
    await writeOther('After');
    await made.shelf.refresh(other);
    await until('it is told', async () =>
      news().some(({ changed }) => changed.some(({ title, isReading }) => title === 'After' && !isReading)),
    );
    for (const { order, changed } of news()) {
      assert.deepEqual(order, [made.address, other]);
      assert.deepEqual(
        changed.filter(({ address }) => address !== other),
        [],
      );
    }
  });

  it('shows an entry that was asked for while the page was hidden', async () => {
    const world = new World();
    await using made = await acme();
    let session: GallerySession | undefined;
    await using stage = await showGallery(browser, world, made.shelf, {}, {}, made => {
      session = made;
    });
    await stage.page.goto('about:blank');
    session?.reveal({ catalogue: made.address, entry: 'Risky' });
    await stage.load();
    await stage.page.getByRole('heading', { name: 'Risky' }).waitFor();
    await stage.page.getByRole('button', { name: 'Back' }).click();
    session?.reveal({ catalogue: made.address, entry: 'Firefox' });
    await stage.page.getByRole('heading', { name: 'Firefox' }).waitFor();
    await stage.page.getByRole('button', { name: 'Back' }).click();
    await until('the page kept that', async () => !JSON.stringify(await stage.state()).includes('Firefox'));
    await stage.load();
    await stage.page.getByRole('heading', { name: 'Catalogues' }).waitFor();
  });

  it('shows notes as text with links, never as markup; links are opened by the host', async () => {
    const world = new World();
    await using made = await acme();
    await using stage = await open(world, made);
    const { page } = stage;
    await openEntry(page, 'Risky');
    const notes = page.locator('.notes');
    assert.match((await notes.textContent()) ?? '', /<img src=x onerror/);
    assert.equal(await notes.locator('img').count(), 0);
    assert.deepEqual(await notes.getByRole('link').allTextContents(), ['the docs']);
    await notes.getByRole('link').click();
    await until('it is opened', () => world.opened.length === 1);
    assert.deepEqual(world.opened, ['https://acme.example/docs']);
    assert.deepEqual(stage.complaints, []);
  });

  it('says what a cluster has no counterpart for', async () => {
    const world = new World();
    world.targets = [upCluster()];
    await using made = await acme();
    await made.write(listOf({ ...risky, run_config: { devices: ['/dev/dri:/dev/dri:rwm'] } }));
    await made.shelf.refresh();
    await using stage = await open(world, made, { catalogue: made.address, entry: 'Risky' });
    await stage.page.getByText('Not on this target').first().waitFor();
    assert.match((await stage.page.locator('.review-left-out').textContent()) ?? '', /\/dev\/dri/);
  });

  it('a catalogue that cannot be read says so beside the others, and offers another try', async () => {
    const world = new World();
    await using made = await acme();
    await using stage = await open(world, made);
    const { page } = stage;
    made.memory.kept = [...made.memory.kept, { url: '/nowhere/at/all' }];
    await page.getByRole('button', { name: 'Refresh' }).first().click();
    await page.getByText(/there is no list.json at \/nowhere/).waitFor();
    assert.equal((await shownCards(page)).length, 5);
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    await page.locator('.catalogue', { hasText: 'Acme' }).getByRole('button', { name: 'Remove' }).click();
    await until('it is asked', () => world.calls.some(({ what }) => what === 'berth.removeCatalogue'));
  });

  it('is the same in every theme, wide and narrow', async () => {
    const { mkdir } = await import('node:fs/promises');
    await mkdir('test/output/screenshots', { recursive: true });
    for (const [theme, width] of [
      ['light', 1200],
      ['dark', 1000],
      ['hc-dark', 1000],
      ['hc-light', 420],
      ['dark', 340],
    ] as const) {
      const world = new World();
      await using made = await acme();
      await using stage = await open(world, made, {}, { theme, width });
      const { page } = stage;
      await page.locator('.card img').first().waitFor();
      await page.screenshot({ path: `test/output/screenshots/gallery-${theme}-${width}.png` });
      assert.ok(
        await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth'),
        `${theme} ${width}`,
      );
      await openEntry(page, 'Risky');
      await page.screenshot({
        path: `test/output/screenshots/gallery-${theme}-${width}-entry.png`,
        fullPage: true,
      });
      assert.ok(
        await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth'),
        `${theme} ${width}`,
      );
      assert.deepEqual(stage.complaints, []);
    }
  });
});
