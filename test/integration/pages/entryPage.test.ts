/** The form of a catalogue entry, and the front page of what is built, in a real browser. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { buildCatalogue } from '../../../src/image/catalogue/authoring/build.ts';
import { CatalogueServer } from '../../../src/image/catalogue/authoring/server.ts';
import { startChromium } from '../../support/chromium.ts';
import { showEntry } from '../../support/pages/showForm.ts';
import { entryOf, firefox, png, sourceOf } from '../../unit/image/catalogue/authoring/support.ts';

const hostile = '<img src=x onerror="complain(1)"><script>complain(2)</script>';
const icons = new Map([['firefox.png', png(64)]]);
const textOf = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

let browser: Browser;
before(async () => {
  browser = await startChromium();
});
after(() => browser?.close());

describe('the form of a catalogue entry', () => {
  it('shows every field of the schema with what the file has, and says that nothing is wrong', async () => {
    const file = { text: textOf(firefox) };
    await using stage = await showEntry(browser, file, icons);
    const { page } = stage;
    assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Firefox');
    assert.equal(await page.getByLabel(/^description/).inputValue(), 'A browser & more');
    assert.equal(await page.getByLabel(/^cores/).inputValue(), '2');
    assert.equal(
      await page
        .getByRole('group', { name: 'compatibility 2' })
        .getByLabel(/^image/)
        .inputValue(),
      'kasmweb/firefox:1.17.0',
    );
    assert.deepEqual(JSON.parse(await page.getByLabel(/^run_config/).inputValue()), firefox.run_config);
    await page.getByText('Nothing is wrong with it.').first().waitFor();
    assert.deepEqual(stage.complaints, []);
  });

  it('writes each change into the file, and touches nothing else in it', async () => {
    const file = { text: textOf({ ...firefox, mine: { kept: [1, 2] } }) };
    await using stage = await showEntry(browser, file, icons);
    const { page } = stage;
    await page.getByLabel(/^description/).fill('Changed');
    await page.getByLabel(/^cores/).fill('');
    await page.getByLabel(/^categories/).fill('Browser\nWeb');
    await page.getByRole('checkbox', { name: 'arm64' }).click();
    await page
      .getByRole('group', { name: 'compatibility 1' })
      .getByLabel(/^image/)
      .fill('acme/firefox:2');
    await page.getByRole('button', { name: 'Remove compatibility 2' }).click();
    await page.getByRole('button', { name: 'Choose a Picture…' }).click();
    const { cores: _, ...rest } = firefox;
    const wanted = {
      ...rest,
      description: 'Changed',
      image_src: 'picked.png',
      architecture: ['amd64'],
      categories: ['Browser', 'Web'],
      compatibility: [{ ...firefox.compatibility[0], image: 'acme/firefox:2' }],
      mine: { kept: [1, 2] },
    };
    await page.getByText('there is no PNG or SVG of this name beside it').waitFor();
    assert.deepEqual(JSON.parse(file.text), wanted);
  });

  it('keeps what is no JSON out of the file, and says so', async () => {
    const file = { text: textOf(firefox) };
    await using stage = await showEntry(browser, file, icons);
    const config = stage.page.getByLabel(/^run_config/);
    await config.fill('{"privileged": tru');
    await config.blur();
    await stage.page.getByText('This is not JSON, and not in the file yet').waitFor();
    assert.equal(file.text, textOf(firefox));
    await config.fill('{"privileged": true, "color": "red"}');
    await config.blur();
    const review = stage.page.locator('.review');
    await review.locator('.level-blocked li').first().waitFor();
    await review.getByText('run_config.color').waitFor();
    assert.deepEqual(JSON.parse(file.text).run_config, { privileged: true, color: 'red' });
  });

  it('says at its field what is wrong, and marks it for screen readers', async () => {
    const file = { text: textOf({ ...firefox, friendly_name: '', image_src: 'gone.png' }) };
    await using stage = await showEntry(browser, file, icons);
    const name = stage.page.getByLabel(/^friendly_name/);
    assert.equal(await name.getAttribute('aria-invalid'), 'true');
    const below = await name.getAttribute('aria-describedby');
    assert.match((await stage.page.locator(`#${below}`).textContent()) ?? '', /it is/);
    await stage.page
      .getByText(/^Errors: [12]\./)
      .first()
      .waitFor();
  });

  it('says that a file is none, and leaves it alone', async () => {
    const file = { text: '{ "friendly_name": ' };
    await using stage = await showEntry(browser, file, icons);
    await stage.page.getByText('The file is no JSON: mend it as text first.').waitFor();
    assert.equal(await stage.page.getByLabel(/^friendly_name/).isVisible(), false);
    await stage.page.getByRole('button', { name: 'Edit as Text' }).waitFor();
  });

  it('shows what comes from outside as text', async () => {
    const file = {
      text: textOf({
        ...firefox,
        friendly_name: hostile,
        description: hostile,
        run_config: { hostname: hostile, [hostile]: 1 },
      }),
    };
    await using stage = await showEntry(browser, file, icons);
    await stage.page.waitForTimeout(300);
    assert.deepEqual(stage.complaints, []);
    assert.equal(await stage.page.locator('#page img, #page script').count(), 0);
  });

  for (const [theme, width] of [
    ['dark', 1000],
    ['light', 420],
    ['hc-dark', 1000],
  ] as const) {
    it(`is no wider than its window: ${theme}, ${width}`, async () => {
      const file = { text: textOf({ ...firefox, run_config: { ...firefox.run_config, privileged: true } }) };
      await using stage = await showEntry(browser, file, icons, { theme, width });
      assert.ok(await stage.page.evaluate('document.documentElement.scrollWidth <= innerWidth'));
      if (process.env.BERTH_SCREENSHOTS) {
        await stage.page.screenshot({
          path: `${process.env.BERTH_SCREENSHOTS}/entry-${theme}-${width}.png`,
          fullPage: true,
        });
      }
    });
  }
});

describe('the front page of a catalogue', () => {
  const source = sourceOf(
    [
      entryOf('Firefox', firefox, { 'firefox.png': png(64) }),
      entryOf(
        'Hostile',
        { ...firefox, friendly_name: hostile, description: hostile, categories: [hostile] },
        { 'firefox.png': png(64) },
      ),
    ],
    { info: { name: hostile, description: hostile, contact_url: 'javascript:complain(3)' } },
  );

  it('finds by words, links into the editor with its own address, and runs nothing of what is in it', async () => {
    const server = await CatalogueServer.start(
      async () => buildCatalogue(source),
      () => {},
    );
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', error => complaints.push(error.message));
      page.on('console', message => message.type() === 'error' && complaints.push(message.text()));
      const asked: string[] = [];
      page.on('request', request => asked.push(request.url()));
      await page.goto(server.address, { waitUntil: 'networkidle' });
      const cards = page.getByRole('listitem');
      assert.equal(await cards.count(), 2);
      const link = await page.getByRole('link', { name: 'Open Firefox in Berth' }).getAttribute('href');
      assert.equal(
        link,
        `vscode://berth.berth/create?catalogue=${encodeURIComponent(encodeURIComponent(server.address))}&entry=Firefox`,
      );
      await page.getByRole('searchbox', { name: 'Search' }).fill('browser more');
      assert.equal(await cards.filter({ visible: true }).count(), 1);
      await page.getByRole('searchbox', { name: 'Search' }).fill('no such thing');
      await page.getByText('Nothing here has all of these words.').waitFor();
      assert.equal(await page.getByRole('link', { name: 'Contact' }).count(), 0);
      assert.deepEqual(
        asked.filter(url => !url.startsWith(server.address)),
        [],
      );
      assert.deepEqual(
        complaints.filter(text => !/favicon/.test(text)),
        [],
      );
      if (process.env.BERTH_SCREENSHOTS) {
        await page.getByRole('searchbox', { name: 'Search' }).fill('');
        await page.screenshot({ path: `${process.env.BERTH_SCREENSHOTS}/front.png`, fullPage: true });
      }
    } finally {
      await context.close();
      server[Symbol.dispose]();
    }
  });

  it('has its list without any script', async () => {
    const server = await CatalogueServer.start(
      async () => buildCatalogue(source),
      () => {},
    );
    const context = await browser.newContext({ javaScriptEnabled: false });
    try {
      const page = await context.newPage();
      await page.goto(server.address);
      await page.getByRole('heading', { name: 'Firefox' }).waitFor();
      assert.equal(await page.getByRole('searchbox').count(), 0);
    } finally {
      await context.close();
      server[Symbol.dispose]();
    }
  });
});
