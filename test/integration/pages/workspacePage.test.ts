import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { BerthError } from '../../../src/workspace/error.ts';
import { startChromium } from '../../support/chromium.ts';
import { cluster, refOf, upCluster, World, workspaceOf } from '../../support/pages/fakes.ts';
import { showWorkspace } from '../../support/pages/showForm.ts';
import { until } from '../../support/pages/until.ts';

const otter = refOf('brave-otter');
const settings = {
  image: 'debian:bookworm',
  ports: [{ port: 3000, label: 'Web' }],
  apps: [{ id: 'lab', label: 'Lab', command: 'x', port: 8888 }],
  env: [{ name: 'TOKEN', secret: true }],
};

function worldOf(kind: 'Running' | 'Off' | 'Building' = 'Building'): World {
  const world = new World();
  world.workspaces = [
    workspaceOf('brave-otter', { kind, reason: kind === 'Off' ? 'stopped by a person' : '' }, settings),
  ];
  return world;
}

const logOf = async (page: Page) => (await page.locator('.log-lines').textContent()) ?? '';

describe('a workspace’s page', () => {
  let browser: Browser;
  before(async () => {
    browser = await startChromium();
  });
  after(() => browser.close());

  it('of one on a cluster shows the settings that count there, and opens its objects', async () => {
    const world = new World();
    world.targets = [upCluster()];
    const workspace = workspaceOf(
      'brave-otter',
      { kind: 'Off', reason: '' },
      { image: 'debian', podPatch: 'a: b' },
    );
    world.workspaces = [{ ...workspace, target: cluster }];
    await using stage = await showWorkspace(browser, world, { ...otter, target: cluster });
    const { page } = stage;
    await page.getByRole('button', { name: 'Preview as YAML' }).click();
    await until('it is opened', () => world.calls.some(({ what }) => what === 'previewYaml'));
    await page.locator('details.settings > summary').click();
    const titles = await page.locator('details.settings th').allTextContents();
    assert.ok(titles.includes('Pod patch') && titles.includes('Access mode'), titles.join());

    world.targets = [];
    world.changed();
    await until('it is gone', async () => (await page.getByText('Preview as YAML').count()) === 0);
    assert.deepEqual(stage.complaints, []);
  });

  it('shows a running activity from its first byte, layers and stages as they come, and its end', async () => {
    const world = worldOf();
    const activity = world.begin(otter, 'Creating brave-otter');
    activity.report({ kind: 'step', step: 'pull', message: 'Pulling debian:bookworm' });
    activity.report({ kind: 'layer', id: 'abc', status: 'Downloading', current: 512, total: 1024 });
    await using stage = await showWorkspace(browser, world, otter);
    const { page } = stage;
    await page.getByText('0 of 1 layers · 512 B of 1 KiB').waitFor();
    assert.equal(await page.locator('progress').getAttribute('value'), '0.5');
    assert.match(await logOf(page), /^── Pulling debian:bookworm\n/);
    activity.report({ kind: 'layer', id: 'abc', status: 'Pull complete' });
    activity.report({ kind: 'step', step: 'boot', message: 'Booting' });
    activity.report({ kind: 'boot', event: { stage: 'home', event: 'ok', message: '' } });
    activity.report({ kind: 'boot', event: { stage: 'sshd', event: 'begin', message: '' } });
    activity.report({ kind: 'output', text: 'apt says hello' });
    await until('all is in the log', async () =>
      (await logOf(page)).endsWith(
        'abc: Pull complete\n── Booting\n── User and home ✓\n── SSH server …\napt says hello\n',
      ),
    );
    assert.deepEqual(await page.locator('.stage').allTextContents(), [
      'User and homedone',
      'SSH servergoing on',
    ]);
    activity.end(
      'failed',
      new BerthError('No package manager was found.', { action: { label: 'Edit', command: 'berth.edit' } }),
    );
    await page.getByRole('alert').filter({ hasText: 'No package manager was found.' }).waitFor();
    await page.getByRole('heading', { name: 'Creating brave-otter: failed' }).waitFor();
    assert.match(await logOf(page), /apt says hello/);
    await page.locator('.activity').getByRole('button', { name: 'Edit' }).click();
    await until('the fix ran', () => world.calls.some(({ what }) => what === 'berth.edit'));
    assert.deepEqual(stage.complaints, []);
  });

  it('cancels', async () => {
    const world = worldOf();
    const activity = world.begin(otter, 'Creating brave-otter');
    await using stage = await showWorkspace(browser, world, otter);
    await stage.page.getByRole('button', { name: 'Cancel' }).click();
    await stage.page.getByRole('heading', { name: 'Creating brave-otter: cancelled' }).waitFor();
    assert.equal(activity.cancelled, 1);
  });

  it('takes up an activity that begins while it is open', async () => {
    const world = worldOf('Off');
    await using stage = await showWorkspace(browser, world, otter);
    await stage.page.getByText('stopped by a person').waitFor();
    const activity = world.begin(otter, 'Starting brave-otter');
    activity.report({ kind: 'output', text: 'first' });
    await until('it is in the log', async () => (await logOf(stage.page)) === 'first\n');
    activity.report({ kind: 'output', text: 'second' });
    await until('once each', async () => (await logOf(stage.page)) === 'first\nsecond\n');
  });

  it('shows state, actions, ports and settings, and follows them', async () => {
    const world = worldOf('Off');
    await using stage = await showWorkspace(browser, world, otter);
    const { page } = stage;
    await page.getByRole('button', { name: 'Start' }).click();
    await until('it was started', () => world.calls.some(({ what }) => what === 'start'));
    assert.ok(await page.getByRole('button', { name: 'Open Web in the browser' }).isDisabled());
    await page.getByRole('button', { name: 'Edit' }).click();
    await until('it is edited by the command, which may ask', () =>
      world.calls.some(({ what }) => what === 'edit'),
    );
    await page.getByRole('button', { name: 'Duplicate' }).click();
    await until('the form is opened', () => world.opened.length > 0);
    assert.deepEqual(world.opened, [{ mode: 'duplicate', workspace: otter }]);
    world.workspaces = [workspaceOf('brave-otter', { kind: 'Running', reason: '' }, settings)];
    world.changed();
    await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Open Web in the browser' }).click();
    await until('the port is opened', () =>
      world.calls.some(({ what, args }) => what === 'openPort' && args[1] === 3000),
    );
    await page.getByRole('button', { name: 'Copy the ssh command' }).click();
    await until('it is copied', () => world.copied.length > 0);
    assert.deepEqual(world.copied, ['ssh brave-otter.local.berth']);
    await page.locator('.settings > summary').click();
    await page.getByRole('cell', { name: 'TOKEN (secret)' }).waitFor();
    world.workspaces = [];
    world.changed();
    await page.getByText('There is no such workspace on This machine').waitFor();
    assert.deepEqual(stage.complaints, []);
  });

  for (const [theme, width] of [
    ['dark', 1000],
    ['light', 1000],
    ['hc-dark', 1000],
    ['hc-light', 1000],
    ['light', 320],
  ] as const) {
    it(`says how long it has and gives it more, ${theme} and ${width} wide`, async () => {
      const world = worldOf('Running');
      const [workspace] = world.workspaces;
      assert.ok(workspace);
      const time = (minutes: number, isWarned: boolean) => ({
        endsAt: Date.now() + minutes * 60_000,
        limit: 'lifespan' as const,
        what: '8 h lifespan',
        isWarned,
        roomMs: 3_600_000,
      });
      world.workspaces = [{ ...workspace, time: time(475, false) }];
      await using stage = await showWorkspace(browser, world, otter, { theme, width });
      const { page } = stage;
      await page.getByText('Stops in 7 h 55 min: 8 h lifespan').waitFor();
      await page.getByRole('button', { name: 'Extend…' }).click();
      await until('it is asked for', () => world.calls.some(({ what }) => what === 'extend'));
      world.workspaces = [{ ...workspace, time: time(9, true) }];
      world.changed();
      await page.getByText('Stops in 9 min: 8 h lifespan').waitFor();
      const folder = new URL('../../output/screenshots/', import.meta.url);
      await mkdir(folder, { recursive: true });
      const path = fileURLToPath(new URL(`time-left-${theme}-${width}.png`, folder));
      await page.screenshot({ path });
      const beyond = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      assert.ok(Number(beyond) <= 0, `${beyond} px too wide`);
      world.workspaces = [workspace];
      world.changed();
      await until('nothing stops it', async () => (await page.getByText('Stops in').count()) === 0);
      assert.deepEqual(stage.complaints, []);
    });
  }

  it('follows the workspace’s own log where nothing else goes on', async () => {
    const world = worldOf('Running');
    let say: (text: string) => void = () => undefined;
    const next = () => new Promise<string>(resolve => (say = resolve));
    world.log = (async function* () {
      yield 'from the first byte\n';
      for (;;) yield await next();
    })();
    await using stage = await showWorkspace(browser, world, otter);
    await until('it is there', async () => (await logOf(stage.page)) === 'from the first byte\n');
    say('and on\n');
    await until('it goes on', async () => (await logOf(stage.page)).endsWith('and on\n'));
  });

  it('stays responsive and bounded under 200,000 lines, and keeps following the end', async () => {
    const world = worldOf();
    const activity = world.begin(otter, 'Creating brave-otter');
    await using stage = await showWorkspace(browser, world, otter);
    const { page } = stage;
    await page.evaluate(`
      globalThis.longest = 0;
      let last = performance.now();
      const beat = now => { globalThis.longest = Math.max(globalThis.longest, now - last); last = now; requestAnimationFrame(beat); };
      requestAnimationFrame(beat);
    `);
    for (let batch = 0; batch < 200; batch++) {
      const lines = Array.from({ length: 1000 }, (_, index) => `line ${batch * 1000 + index}`);
      activity.report({ kind: 'output', text: lines.join('\n') });
      if (batch % 20 === 0) await new Promise(resolve => setTimeout(resolve, 20));
    }
    await until('the last line is there', async () => (await logOf(page)).endsWith('line 199999\n'));
    assert.ok((await logOf(page)).split('\n').length <= 20_201);
    await page.getByText('earlier lines are not shown').waitFor();
    const log = page.locator('.log');
    const distance = () =>
      log.evaluate(
        '(log => log.scrollHeight - log.scrollTop - log.clientHeight)(document.querySelector(".log"))',
      );
    await until('the end is in view', async () => Number(await distance()) < 30);
    const longest = Number(await page.evaluate('globalThis.longest'));
    assert.ok(longest < 1500, `a frame took ${longest} ms`);
    await log.hover();
    await page.mouse.wheel(0, -4000);
    await until(
      'scrolling up ends the following',
      async () =>
        (await page.getByRole('checkbox', { name: 'Follow' }).getAttribute('aria-checked')) === 'false',
    );
  });

  it('keeps hostile output inert', async () => {
    const evil = '<img src=x onerror="complain(1)"><script>complain(2)</script>\x1b]0;x\x07';
    const world = worldOf();
    const activity = world.begin(otter, evil);
    await using stage = await showWorkspace(browser, world, otter);
    activity.report({ kind: 'step', step: 'pull', message: evil });
    activity.report({ kind: 'layer', id: evil, status: evil });
    activity.report({ kind: 'boot', event: { stage: 'init', event: 'fail', message: evil } });
    activity.report({ kind: 'output', text: evil });
    activity.end('failed', new BerthError(evil));
    await until('it is there', async () => (await logOf(stage.page)).includes('<script>'));
    assert.equal(await stage.page.locator('img, script:not([nonce])').count(), 0);
    assert.deepEqual(stage.complaints, []);
  });

  it('fits 320 pixels', async () => {
    const world = worldOf('Running');
    world
      .begin(otter, 'Creating brave-otter')
      .report({ kind: 'layer', id: 'a'.repeat(64), status: 'Downloading', current: 1, total: 2 });
    await using stage = await showWorkspace(browser, world, otter, { width: 320, theme: 'hc-light' });
    await stage.page.locator('.settings > summary').click();
    assert.equal(await stage.page.evaluate('document.documentElement.scrollWidth'), 320);
  });
});
