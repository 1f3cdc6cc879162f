import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { BerthError } from '../../../src/workspace/error.ts';
import { WorkspaceSettings } from '../../../src/workspace/settings.ts';
import { startChromium } from '../../support/chromium.ts';
import { createdForm, request, World, workspaceOf } from '../../support/pages/fakes.ts';
import { showForm } from '../../support/pages/showForm.ts';
import type { ThemeName } from '../../support/pages/themes.ts';
import { until } from '../../support/pages/until.ts';

const acme = {
  name: 'Acme Platform',
  contact: 'it@acme.example',
  settings: {
    cpus: { max: 2 },
    memoryMiB: { max: 4096 },
    kind: { allowed: ['ssh', 'jupyter'] },
    user: { fixed: 'dev' },
    lifespanHours: { default: 4, max: 12 },
    agentForwarding: { fixed: false },
    loginLine: { fixed: true },
    mounts: { forbidden: true },
    env: { fixed: [{ name: 'HTTP_PROXY', value: 'http://proxy.acme.example' }] },
    labels: { allowed: ['team'] },
    repository: { hidden: true },
    podPatch: { hidden: true },
  },
  images: { allow: ['debian:*', 'ghcr.io/acme/**'] },
};

const messageOf = (page: Page, path: string) => page.locator(`#f-${path}-message`).textContent();
const says = (page: Page, path: string, expected: RegExp) =>
  until(`${path} says ${expected}`, async () => expected.test((await messageOf(page, path)) ?? ''));
const helpOf = async (page: Page, path: string) =>
  (await page.locator(`#f-${path}-help`).textContent()) ?? '';
const unfold = async (page: Page, ...groups: string[]) => {
  for (const group of groups) await page.locator(`#g-${group} > summary`).click();
};

function worldOf(): World {
  const world = new World();
  world.policy = acme;
  return world;
}

describe('the form under a policy', () => {
  let browser: Browser;
  before(async () => {
    browser = await startChromium();
  });
  after(() => browser.close());

  it('shows what is fixed as locked, with who set it, whatever the control is made of', async () => {
    const world = worldOf();
    world.defaults = { '*': { env: { TZ: 'UTC' }, labels: {} } };
    await using stage = await showForm(browser, world);
    const { page } = stage;
    await unfold(page, 'advanced', 'access', 'time', 'storage', 'environment');
    assert.equal(await page.inputValue('#f-user'), 'dev');
    assert.ok(await page.locator('#f-user').isDisabled());
    // The label, which readers of the screen say, has the lock in words.
    const named = page.getByRole('textbox', { name: 'User Set by Acme Platform (it@acme.example)' });
    assert.equal(await named.count(), 1);
    for (const box of ['agentForwarding', 'loginLine']) {
      assert.equal(await page.locator(`#f-${box}`).getAttribute('aria-disabled'), 'true', box);
    }
    const words = await page.locator('#f-agentForwarding').getAttribute('aria-describedby');
    const [lock = ''] = (words ?? '').split(' ').reverse();
    assert.match((await page.locator(`#${lock}`).textContent()) ?? '', /Set by Acme Platform/);
    const value = page.locator('[data-key="env"] .rows input').nth(1);
    assert.equal(await value.inputValue(), 'http://proxy.acme.example');
    assert.ok(await value.isDisabled());
    assert.equal(
      await page.locator('[data-key="env"] .inherited li').count(),
      0,
      'nothing else is inherited',
    );
    const add = page.locator('[data-key="mounts"] vscode-button').first();
    assert.equal(await add.getAttribute('disabled'), '');
    assert.match((await page.locator('[data-key="mounts"] .lock').textContent()) ?? '', /Set by Acme/);
    assert.equal(await page.locator('[data-key="dotfiles"] .lock').first().textContent(), '');
    assert.deepEqual(stage.complaints, []);
  });

  it('hides what is hidden, offers what is allowed, and says the bounds', async () => {
    await using stage = await showForm(browser, worldOf());
    const { page } = stage;
    await unfold(page, 'basics', 'time', 'git');
    assert.ok(await page.locator('#f-repository').isHidden());
    assert.ok(await page.locator('#f-dotfiles').isVisible());
    const kinds = await page.locator('#f-kind option').allTextContents();
    assert.deepEqual(kinds, ['Plain', 'JupyterLab']);
    assert.equal(await page.inputValue('#f-lifespanHours'), '4');
    assert.match(await helpOf(page, 'lifespanHours'), /At most 12 h, says Acme Platform/);
    assert.match(await helpOf(page, 'cpus'), /At most 2, says Acme Platform/);
    assert.deepEqual(await page.locator('#f-preset option:disabled').allTextContents(), [
      'Large (2 CPUs, 8 GiB): not allowed by policy',
      '2XLarge (4 CPUs, 32 GiB): not allowed by policy',
    ]);
  });

  it('refuses what is beyond, at its place, and sends what is within', async () => {
    const world = worldOf();
    await using stage = await showForm(browser, world);
    const { page } = stage;
    await page.fill('#f-name', 'within');
    await page.fill('#f-cpus', '16');
    await says(page, 'cpus', /At most 2: set by Acme Platform/);
    await page.fill('#f-image', 'alpine:3.20');
    await says(page, 'image', /Acme Platform .*does not allow the image alpine:3\.20/);
    await unfold(page, 'time');
    await page.fill('#f-lifespanHours', '0');
    await says(page, 'lifespanHours', /At most 12 h, and not without an end/);
    await page.getByRole('button', { name: 'Add and start' }).click();
    assert.equal(world.calls.filter(({ what }) => what === 'create').length, 0);
    await page.fill('#f-cpus', '1');
    await page.fill('#f-lifespanHours', '2');
    await page.fill('#f-image', 'debian:bookworm');
    await until('the image is allowed', async () => (await messageOf(page, 'image')) === '');
    await page.getByRole('button', { name: 'Add and start' }).click();
    await until('it is sent', () => world.calls.some(({ what }) => what === 'create'));
    const form = createdForm(world);
    assert.equal(form.user, 'dev');
    assert.equal(form.lifespanHours, 2);
    assert.equal(form.env[0]?.name, 'HTTP_PROXY');
  });

  it('marks images of others in the picker', async () => {
    await using stage = await showForm(browser, worldOf());
    const { page } = stage;
    await page.fill('#f-image', 'deb');
    await page.getByRole('option', { name: /arm64v8\/debian.*not allowed by policy/ }).waitFor();
    const own = page.getByRole('option', { name: /^debian:bookworm/ });
    assert.doesNotMatch((await own.textContent()) ?? '', /not allowed/);
  });

  it('is closed while a policy cannot be read, says why, and opens once it can', async () => {
    const world = worldOf();
    world.refusal = new BerthError('The policy /etc/berth/policy.json was there and cannot be read now.');
    await using stage = await showForm(browser, world);
    const { page } = stage;
    await says(page, 'target', /was there and cannot be read now/);
    await page.getByRole('button', { name: 'Add and start' }).click();
    assert.equal(world.calls.filter(({ what }) => what === 'create').length, 0);
    world.refusal = undefined;
    await page.locator('[data-key="target"]').getByRole('button', { name: 'Try again' }).click();
    await until('the form is open', async () => (await messageOf(page, 'target')) === '');
  });

  it('says that one more workspace is one too many, until one is gone', async () => {
    const world = worldOf();
    world.policy = { name: 'Acme', workspacesPerPerson: 1 };
    world.workspaces = [workspaceOf('brave-otter', { kind: 'Running', reason: '' })];
    await using stage = await showForm(browser, world);
    const { page } = stage;
    await says(page, 'target', /You have 1 workspaces on .*, and Acme allows 1\. Delete one of them first\./);
    world.workspaces = [];
    world.changed();
    await until('there is room', async () => (await messageOf(page, 'target')) === '');
  });

  it('refuses what the policy says by the time the form is sent', async () => {
    const world = new World();
    await using stage = await showForm(browser, world);
    const { page } = stage;
    world.policy = { name: 'Acme', settings: { cpus: { max: 1 } } };
    await page.getByRole('button', { name: 'Add and start' }).click();
    await page
      .getByText(/CPUs: At most 1: set by Acme\./)
      .first()
      .waitFor();
    assert.equal(world.calls.filter(({ what }) => what === 'create').length, 0);
  });

  it('of an edit brings what is fixed, and says what that costs', async () => {
    const world = worldOf();
    world.workspaces = [workspaceOf('brave-otter', { kind: 'Running', reason: '' })];
    const settings = WorkspaceSettings.parse({ image: 'debian:bookworm', cpus: 8, diskGiB: 500 });
    world.records.set('brave-otter', { settings, revision: 7 });
    world.policy = {
      name: 'Acme',
      settings: { cpus: { max: 2 }, user: { fixed: 'dev' }, diskGiB: { max: 10 } },
    };
    await using stage = await showForm(browser, world, request('edit', 'brave-otter'));
    const { page } = stage;
    await says(page, 'cpus', /At most 2: set by Acme/);
    await unfold(page, 'advanced', 'resources');
    assert.equal(await page.inputValue('#f-user'), 'dev');
    assert.equal(await page.locator('[data-key="user"] .chip').textContent(), 'needs a rebuild');
    assert.equal(await messageOf(page, 'diskGiB'), '', 'what cannot be changed is not held against it');
    const isWrong = () => page.locator('#f-cpus').getAttribute('aria-invalid');
    assert.notEqual(await isWrong(), 'true', 'nor is what was so before');
    await page.fill('#f-cpus', '6');
    await until('a change has to be allowed', async () => (await isWrong()) === 'true');
    assert.deepEqual(stage.complaints, []);
  });

  it('is seen in all themes', async () => {
    await mkdir('test/output/screenshots', { recursive: true });
    const looks: [ThemeName, number][] = [
      ['light', 1000],
      ['dark', 420],
      ['hc-dark', 1000],
      ['hc-light', 420],
    ];
    for (const [theme, width] of looks) {
      await using stage = await showForm(
        browser,
        worldOf(),
        { mode: 'create' },
        { theme, width, height: 1400 },
      );
      const { page } = stage;
      await page.fill('#f-cpus', '16');
      await unfold(page, 'storage', 'time', 'access', 'advanced');
      await says(page, 'cpus', /At most 2/);
      await page.screenshot({ path: `test/output/screenshots/policy-form-${theme}.png`, fullPage: true });
    }
  });
});
