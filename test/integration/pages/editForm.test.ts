import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { BerthError } from '../../../src/workspace/error.ts';
import { type SettingsInput, WorkspaceSettings } from '../../../src/workspace/settings.ts';
import { startChromium } from '../../support/chromium.ts';
import { createdForm, request, World, workspaceOf } from '../../support/pages/fakes.ts';
import { showForm } from '../../support/pages/showForm.ts';
import { until } from '../../support/pages/until.ts';

const saved: SettingsInput = {
  image: 'debian:bookworm',
  description: 'the shop',
  env: [
    { name: 'TOKEN', value: 'hush-hush', secret: true },
    { name: 'MODE', value: 'dev' },
  ],
  mounts: [{ type: 'cifs', source: '//s/share', username: 'me', password: 'hush-hush', path: '/share' }],
  gitAccess: 'token',
  gitToken: 'hush-hush',
};

function worldOf(): World {
  const world = new World();
  world.workspaces = [workspaceOf('brave-otter', { kind: 'Running', reason: '' })];
  world.records.set('brave-otter', { settings: WorkspaceSettings.parse(saved), revision: 7 });
  return world;
}

describe('the edit form', () => {
  let browser: Browser;
  before(async () => {
    browser = await startChromium();
  });
  after(() => browser.close());

  it('locks what never changes, and has nothing to save at first', async () => {
    await using stage = await showForm(browser, worldOf(), request('edit', 'brave-otter'));
    const { page } = stage;
    for (const key of ['name', 'target', 'diskGiB'])
      assert.ok(await page.locator(`#f-${key}`).isDisabled(), key);
    assert.ok(await page.locator('#f-image').isEnabled());
    assert.match((await page.locator('.status').textContent()) ?? '', /Nothing is changed yet/);
    assert.deepEqual(stage.complaints, []);
  });

  it('says what each change costs and what is lost, and offers the step that it takes', async () => {
    await using stage = await showForm(browser, worldOf(), request('edit', 'brave-otter'));
    const { page } = stage;
    const status = async () => (await page.locator('.status').textContent()) ?? '';
    const chip = (key: string) => page.locator(`[data-key="${key}"] .chip`).first().textContent();
    const shown = async () =>
      (await page.locator('.buttons vscode-button:visible').allTextContents()).map(words => words.trim());
    await page.fill('#f-cpus', '3');
    assert.match(await status(), /at once; nothing is lost: CPUs/);
    assert.equal(await chip('cpus'), 'at once');
    assert.deepEqual(await shown(), ['Cancel', 'Save']);
    await page.fill('#f-repository', 'https://example.com/x.git');
    assert.match(await status(), /^Git repository: takes effect at the next start/);
    assert.deepEqual(await shown(), ['Cancel', 'Save', 'Save and restart']);
    await page.fill('#f-image', 'alpine:3.20');
    assert.match(await status(), /^Image: takes effect with a rebuild\. It keeps the home; everything else/);
    assert.equal(await chip('image'), 'needs a rebuild');
    assert.deepEqual(await shown(), ['Cancel', 'Save', 'Save and rebuild']);
    await page.fill('#f-image', 'debian:bookworm');
    await page.fill('#f-repository', '');
    assert.deepEqual(await shown(), ['Cancel', 'Save']);
  });

  it('never shows a saved secret, and keeps what was left alone', async () => {
    const world = worldOf();
    await using stage = await showForm(browser, world, request('edit', 'brave-otter'));
    const { page } = stage;
    await page.evaluate("for (const group of document.querySelectorAll('details')) group.open = true");
    assert.equal(await page.getAttribute('#f-env-0-value', 'placeholder'), 'Kept. Type to replace it.');
    assert.equal(await page.getAttribute('#f-mounts-0-password', 'placeholder'), 'Kept. Type to replace it.');
    assert.equal(await page.getAttribute('#f-gitToken', 'placeholder'), 'Kept. Type to replace it.');
    assert.ok(!(await page.content()).includes('hush'));
    assert.ok(!JSON.stringify(await stage.state()).includes('hush'));
    await page.fill('#f-image', 'alpine:3.20');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Save and rebuild' }).click();
    await until('it is saved', () => world.calls.length > 0);
    const [, settings, options] = world.calls[0]?.args ?? [];
    assert.deepEqual(settings, WorkspaceSettings.parse({ ...saved, image: 'alpine:3.20' }));
    assert.equal(JSON.stringify(options), '{"revision":7,"then":"rebuild"}');
    world.activities[0]?.end('done');
    assert.ok(world.isClosed);
  });

  it('can be sent again where it was saved and the rebuild after it failed', async () => {
    const world = worldOf();
    await using stage = await showForm(browser, world, request('edit', 'brave-otter'));
    const { page } = stage;
    await page.fill('#f-image', 'alpine:3.20');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Save and rebuild' }).click();
    await page.getByText('Saving brave-otter…').waitFor();
    const [, settings] = world.calls[0]?.args ?? [];
    world.records.set('brave-otter', { settings: settings as WorkspaceSettings, revision: 8 });
    world.activities[0]?.end('failed', new BerthError('The engine went away.'));
    await page.getByRole('alert').filter({ hasText: 'The engine went away.' }).waitFor();
    assert.equal(await page.inputValue('#f-image'), 'alpine:3.20');
    await page.getByRole('button', { name: 'Save and rebuild' }).click();
    await until('it is saved again', () => world.calls.length === 2);
    assert.equal(JSON.stringify(world.calls[1]?.args[2]), '{"revision":8,"then":"rebuild"}');
  });

  it('changes nothing where somebody else changed it meanwhile', async () => {
    const world = worldOf();
    await using stage = await showForm(browser, world, request('edit', 'brave-otter'));
    world.records.set('brave-otter', { settings: WorkspaceSettings.parse(saved), revision: 8 });
    await stage.page.fill('#f-cpus', '3');
    await stage.page.getByRole('button', { name: 'Save', exact: true }).click();
    await stage.page.getByRole('alert').filter({ hasText: 'changed elsewhere' }).waitFor();
    assert.deepEqual(world.calls, []);
    assert.equal(world.isClosed, false);
  });

  it('says so where the workspace cannot be read', async () => {
    const world = worldOf();
    world.records.clear();
    await using stage = await showForm(browser, world, request('edit', 'brave-otter'));
    await stage.page.getByRole('alert').filter({ hasText: 'There is no brave-otter.' }).waitFor();
  });

  it('duplicates what wants more of the engine only as the person answers', async () => {
    const world = worldOf();
    const settings = WorkspaceSettings.parse({ ...saved, overrides: { privileged: true, hostname: 'a' } });
    world.records.set('brave-otter', { settings, revision: 7 });
    world.settle = () => undefined;
    await using stage = await showForm(browser, world, request('duplicate', 'brave-otter'));
    const { page } = stage;
    const send = page.getByRole('button', { name: 'Add and start' });
    await send.click();
    await page.getByText('Nothing was sent.').waitFor();
    assert.ok(world.calls.every(({ what }) => what !== 'create'));
    world.settle = wanted => ({ ...wanted, overrides: { hostname: 'a' } });
    await send.click();
    await until('it is created', () => world.calls.some(({ what }) => what === 'create'));
    assert.deepEqual(createdForm(world).overrides, { hostname: 'a' });
  });

  it('duplicates under a new name, secrets and all, without showing them', async () => {
    const world = worldOf();
    await using stage = await showForm(browser, world, request('duplicate', 'brave-otter'));
    const { page } = stage;
    assert.equal(await page.inputValue('#f-name'), 'brave-otter-2');
    assert.ok(!(await page.content()).includes('hush'));
    await page.getByRole('button', { name: 'Add and start' }).click();
    await until('it is created', () => world.calls.length > 0);
    const { target: _, name, ...settings } = createdForm(world);
    assert.equal(name, 'brave-otter-2');
    assert.deepEqual(settings, WorkspaceSettings.parse(saved));
  });
});
