/** What a workspace's page shows as it goes: charts, connections, storage, history, logs and a search in them. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import type { Stats } from '../../../src/engine/engine.ts';
import { TargetId } from '../../../src/workspace/name.ts';
import { startChromium } from '../../support/chromium.ts';
import { cluster, refOf, upCluster, World, workspaceOf } from '../../support/pages/fakes.ts';
import { showWorkspace } from '../../support/pages/showForm.ts';
import type { ThemeName } from '../../support/pages/themes.ts';
import { until } from '../../support/pages/until.ts';

const otter = refOf('brave-otter');
const login = { name: 'dev', uid: 1000, gid: 1000, home: '/home/dev' };
const MiB = 2 ** 20;

/** A workspace that uses something else each time that it is asked; `tick` is one more sample. */
class LiveWorld extends World {
  #waiting = new Set<() => void>();
  #at = Date.now() - 600_000;
  openStreams = 0;
  /** What does not tell its network has none of these. */
  tellsNetwork = true;

  constructor(kind: 'Running' | 'Off' = 'Running') {
    super();
    this.become(kind);
    this.stats = signal => this.#stream(signal);
  }

  become(kind: 'Running' | 'Off'): void {
    const settings = {
      image: 'debian:bookworm',
      apps: [{ id: 'lab', label: 'Lab', command: 'x', port: 8888 }],
      mounts: [{ type: 'volume' as const, source: 'datasets', path: '/data', readOnly: true }],
      env: [
        { name: 'TZ', value: 'UTC' },
        { name: 'MINE', value: '1' },
      ],
      initScript: 'echo hi',
    };
    const reason = kind === 'Off' ? 'a person stopped it' : '';
    this.workspaces = [{ ...workspaceOf('brave-otter', { kind, reason }, settings), login }];
    this.changed();
  }

  async tick(count = 1): Promise<void> {
    for (let each = 0; each < count; each++) {
      for (const wake of this.#waiting) wake();
      await sleep(count > 1 ? 2 : 20);
    }
  }

  /** How often each was begun. */
  count(what: string): number {
    return this.calls.filter(call => call.what === what).length;
  }

  async *#stream(signal: AbortSignal): AsyncIterable<Stats> {
    this.openStreams++;
    try {
      for (let sample = 0; !signal.aborted; sample++) {
        this.#at += 1000;
        yield {
          at: this.#at,
          cpus: 0.5 + (sample % 60) / 60,
          memoryBytes: 300 * MiB + sample * MiB,
          memoryLimitBytes: 2048 * MiB,
          ...(this.tellsNetwork && { receivedBytes: sample * 1024, sentBytes: sample * 512 }),
          readBytes: 0,
          writtenBytes: sample * MiB,
        };
        await new Promise<void>(resolve => {
          const wake = () => {
            this.#waiting.delete(wake);
            resolve();
          };
          this.#waiting.add(wake);
          signal.addEventListener('abort', wake, { once: true });
        });
      }
    } finally {
      this.openStreams--;
    }
  }
}

const chart = (page: Page, title: string) => page.getByRole('figure').filter({ hasText: title });
const pathOf = (page: Page, title: string) =>
  chart(page, title).first().locator('.line').last().getAttribute('d');
const logOf = async (page: Page) => (await page.locator('.log-lines').textContent()) ?? '';

describe('what goes on in a workspace, on its page', () => {
  let browser: Browser;
  before(async () => {
    browser = await startChromium();
  });
  after(() => browser.close());

  it('is drawn as it comes, with the numbers of now, and told to screen readers', async () => {
    const world = new LiveWorld();
    await using stage = await showWorkspace(browser, world, otter);
    const { page } = stage;
    await page.getByText('0.5 cores').waitFor();
    await world.tick(3);
    await page.getByText('303 MiB', { exact: true }).waitFor();
    await page.locator('.chart-value', { hasText: '1 KiB/s' }).waitFor();
    const before = await pathOf(page, 'CPU');
    await world.tick(30);
    await until('the line moved', async () => (await pathOf(page, 'CPU')) !== before);
    const cpu = page.getByRole('img', {
      name: /^CPU, last 15 minutes; now [\d.]+ cores, on average [\d.]+ cores, at most [\d.]+ cores$/,
    });
    await cpu.waitFor();
    await page
      .getByRole('img', { name: /^Network, .*received: now 1 KiB\/s.*; sent: now 512 B\/s/ })
      .waitFor();
    assert.deepEqual(stage.complaints, []);
  });

  it('is not measured while the page is hidden or nobody sees the window, and what was is there again', async () => {
    const world = new LiveWorld();
    await using stage = await showWorkspace(browser, world, otter);
    const { page } = stage;
    await until('it is measured', () => world.openStreams === 1);
    await world.tick(60);
    await page.getByText('360 MiB', { exact: true }).waitFor();
    await stage.hide();
    await until('it stopped', () => world.openStreams === 0);
    const execs = world.count('exec');
    await sleep(300);
    assert.equal(world.count('stats'), 1);
    assert.equal(world.count('exec'), execs);
    await stage.show();
    await until('it goes on', () => world.openStreams === 1);
    await until(
      'the past is drawn',
      async () => ((await pathOf(page, 'Memory')) ?? '').split('L').length > 8,
    );

    await page.evaluate(`
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    `);
    await until('it stopped for a window that is minimised', () => world.openStreams === 0);
    await page.evaluate(`
      delete document.visibilityState;
      document.dispatchEvent(new Event('visibilitychange'));
    `);
    await until('it goes on again', () => world.openStreams === 1);
  });

  it('is measured only while it runs', async () => {
    const world = new LiveWorld('Off');
    await using stage = await showWorkspace(browser, world, otter);
    await stage.page.getByText('a person stopped it').waitFor();
    await sleep(200);
    assert.equal(world.count('stats') + world.count('exec'), 0);
    assert.equal(await stage.page.getByRole('figure').count(), 0);
    world.become('Running');
    await stage.page.getByText('0.5 cores').waitFor();
    world.become('Off');
    await until('it stopped', () => world.openStreams === 0);
    await stage.page.getByText('It is not running: nothing is measured.').waitFor();
  });

  it('says of what a cluster does not tell that it does not, and why nothing can be measured at all', async () => {
    const world = new LiveWorld();
    world.targets = [upCluster()];
    world.workspaces = world.workspaces.map(workspace => ({ ...workspace, target: cluster }));
    world.tellsNetwork = false;
    await using stage = await showWorkspace(browser, world, { ...otter, target: cluster });
    const { page } = stage;
    await page.getByText('0.5 cores').waitFor();
    await world.tick(6);
    await chart(page, 'Network').getByText('not told by this cluster').waitFor();
    assert.ok(await chart(page, 'Disk').getByText('not told').isHidden());

    const broken = new LiveWorld();
    broken.stats = async function* () {
      yield* [];
      throw new Error('Cannot measure “brave-otter”: no metrics');
    };
    await using other = await showWorkspace(browser, broken, otter);
    await other.page.getByText('Cannot measure “brave-otter”: no metrics').waitFor();
  });

  it('names who is connected, and shows the graphics cards where there are some', async () => {
    const world = new LiveWorld();
    world.exec = argv =>
      argv.includes('sizes')
        ? ''
        : 'up 7300\nsession 40 1 10000 sshd: dev [priv]\nsession 41 40 10010 sshd: dev@pts/0\nport 22B8\nport 22B8\ngpu NVIDIA A10, 40, 1024, 24576\n';
    await using stage = await showWorkspace(browser, world, otter);
    const { page } = stage;
    await page.getByText('terminal pts/0').waitFor();
    const rows = await page.locator('.connections li').allTextContents();
    assert.deepEqual(rows, ['devterminal pts/0for 2 h', 'Labport 88882 connections']);
    await page.getByText('GPU: NVIDIA A10').waitFor();
    await page.getByText('40 %', { exact: true }).waitFor();
    assert.deepEqual(stage.complaints, []);
  });

  it('says how full the home and the mounts are, once, and again when asked', async () => {
    const world = new LiveWorld();
    let used = 2048;
    world.exec = argv => {
      if (!argv.includes('sizes')) return 'up 10\n';
      assert.deepEqual(argv.slice(-2), ['/home/dev', '/data']);
      return `disk 1 4096 1024\nused 1 ${used}\ndisk 2 100 50\nused 2 \n`;
    };
    await using stage = await showWorkspace(browser, world, otter);
    const { page } = stage;
    await page.getByText('2 MiB in use · 1 MiB of 4 MiB free').waitFor();
    await page.getByText('too much to count').waitFor();
    await page.getByText('datasets (read-only)').waitFor();
    const sizes = () => world.calls.filter(({ args }) => args.includes('sizes')).length;
    await stage.hide();
    await stage.show();
    await page.getByText('2 MiB in use').waitFor();
    assert.equal(sizes(), 1);
    used = 3072;
    await page.getByRole('button', { name: 'Measure again' }).click();
    await page.getByText('3 MiB in use').waitFor();
    assert.equal(sizes(), 2);
  });

  it('tells the history, the newest first, and keeps it unfolded over a reload', async () => {
    const world = new LiveWorld();
    world.history = [
      { kind: 'start', at: Date.UTC(2026, 0, 2, 3), words: '' },
      { kind: 'stop', at: Date.UTC(2026, 0, 2, 4), cause: 'person', words: 'a person stopped it' },
      { kind: 'stop', at: undefined, words: '' },
    ];
    await using stage = await showWorkspace(browser, world, otter);
    const { page } = stage;
    await page.locator('.history > summary').focus();
    await page.keyboard.press('Enter');
    const rows = await page.locator('.history li > :last-child').allTextContents();
    assert.deepEqual(rows, ['Stopped, nobody knows why', 'Stopped: a person stopped it', 'Started']);
    await page.getByText('at some time').waitFor();
    await stage.reload();
    await page.getByText('Stopped: a person stopped it').waitFor({ state: 'visible' });
  });

  it('says of each setting where its value came from', async () => {
    const world = new LiveWorld();
    world.defaults = { [TargetId.parse('local')]: { env: { TZ: 'UTC' }, labels: {} } };
    await using stage = await showWorkspace(browser, world, otter);
    const { page } = stage;
    await page.locator('.settings > summary').click();
    const from = async (title: string) =>
      await page
        .getByRole('row', { name: new RegExp(`^${title}`) })
        .first()
        .locator('.from')
        .textContent();
    assert.equal(await from('Image debian'), 'your settings');
    assert.equal(await from('CPUs'), 'preset Regular');
    assert.equal(await from('Environment'), 'typed; target default: TZ');
    assert.equal(await from('Init script'), 'typed');
    assert.equal(await from('Shared memory'), 'default');
  });

  it('follows the log of the boot, of an app and of the init script, and remembers which', async () => {
    const world = new LiveWorld();
    world.log = (async function* () {
      yield '@berth home begin\nnoise of apt\n@berth home ok\n';
    })();
    world.fileLogs.set('run/apps/lab.log', 'lab says hello\n');
    world.fileLogs.set('run/init.log', 'init says hello\n');
    await using stage = await showWorkspace(browser, world, otter);
    const { page } = stage;
    const choose = page.getByRole('combobox', { name: 'Log of' });
    await until('all of it is there', async () => (await logOf(page)).includes('noise of apt'));
    await choose.selectOption('Its init script');
    await until('it is the init script’s', async () => (await logOf(page)) === 'init says hello\n');
    world.log = (async function* () {
      yield '@berth home begin\nnoise of apt\n@berth home ok\n';
    })();
    await choose.selectOption('Its boot');
    await until(
      'it is boot’s',
      async () => (await logOf(page)) === '── User and home …\n── User and home ✓\n',
    );
    await choose.selectOption('Lab');
    await until('it is the app’s', async () => (await logOf(page)) === 'lab says hello\n');
    await stage.reload();
    await until('it is still the app’s', async () => (await logOf(page)) === 'lab says hello\n');
    assert.equal(await choose.inputValue(), 'app:lab');
  });

  it('searches the log by keyboard, counts and marks what it finds, and brings it into view', async () => {
    const world = new LiveWorld();
    const lines = Array.from(
      { length: 5000 },
      (_, index) => `line ${index}${index % 1000 === 7 ? ' NEEDLE (x' : ''}`,
    );
    let say: (text: string) => void = () => undefined;
    world.log = (async function* () {
      yield `${lines.join('\n')}\n`;
      yield await new Promise<string>(resolve => (say = resolve));
    })();
    await using stage = await showWorkspace(browser, world, otter);
    const { page } = stage;
    await until('it is all there', async () => (await logOf(page)).endsWith('line 4999\n'));
    const search = page.getByRole('searchbox', { name: 'Search the log' });
    await search.fill('needle (X');
    const count = page.locator('.search-count');
    await until('the last is found first', async () => (await count.textContent()) === '5 of 5');
    assert.equal(await page.evaluate("CSS.highlights.get('log-find').size"), 5);
    await search.press('Shift+Enter');
    await until('it went back', async () => (await count.textContent()) === '4 of 5');
    const isInView = `(() => {
      const [find] = CSS.highlights.get('log-find-current');
      const [at, box] = [find.getBoundingClientRect(), document.querySelector('.log').getBoundingClientRect()];
      return at.top >= box.top && at.bottom <= box.bottom && find.toString() === 'NEEDLE (x';
    })()`;
    await until('it is in view', async () => (await page.evaluate(isInView)) === true);
    assert.equal(await page.getByRole('checkbox', { name: 'Follow' }).getAttribute('aria-checked'), 'false');
    await search.press('Enter');
    await search.press('Enter');
    await until('it went round', async () => (await count.textContent()) === '1 of 5');
    await until('that is in view', async () => (await page.evaluate(isInView)) === true);
    say('one more NEEDLE (x\n');
    await until('what comes is found', async () => (await count.textContent()) === '1 of 6');
    assert.equal(await page.evaluate(isInView), true, 'what comes moves nothing');
    await search.press('Escape');
    assert.equal(await page.evaluate("CSS.highlights.get('log-find').size"), 0);
  });

  it('keeps hostile words inert', async () => {
    const evil = '<img src=x onerror="complain(1)"><script>complain(2)</script>';
    const world = new LiveWorld();
    world.exec = argv =>
      argv.includes('sizes')
        ? evil
        : `up 1\nsession 1 0 0 sshd: ${evil.replaceAll(' ', '')}\ngpu ${evil}, 1, 1, 1\n`;
    world.history = [{ kind: 'stop', at: 1, cause: 'limit', words: evil }];
    world.fileLogs.set('run/apps/lab.log', evil);
    await using stage = await showWorkspace(browser, world, otter);
    const { page } = stage;
    await page.locator('.history > summary').click();
    await page.getByText(`Stopped: ${evil}`).waitFor();
    await page.getByText(`GPU: ${evil}`).waitFor();
    await page.getByRole('combobox', { name: 'Log of' }).selectOption('Lab');
    await page.getByRole('searchbox').fill('<img');
    assert.equal(await page.locator('img:not(svg), script:not([nonce])').count(), 0);
    assert.deepEqual(stage.complaints, []);
  });

  const looks: readonly (readonly [ThemeName, number])[] = [
    ['light', 1100],
    ['dark', 1100],
    ['hc-dark', 1100],
    ['hc-light', 1100],
    ['dark', 320],
  ];
  for (const [theme, width] of looks) {
    it(`fits ${width} pixels and is readable in ${theme}`, async () => {
      const world = new LiveWorld();
      world.exec = argv =>
        argv.includes('sizes')
          ? 'disk 1 40960000 20480000\nused 1 812345\n'
          : 'up 7300\nsession 41 40 10010 sshd: dev@pts/0\nport 22B8\ngpu NVIDIA A10, 40, 1024, 24576\n';
      world.history = [
        { kind: 'start', at: Date.UTC(2026, 0, 2, 3), words: '' },
        { kind: 'stop', at: Date.UTC(2026, 0, 2, 4), cause: 'person', words: 'a person stopped it' },
      ];
      world.log = (async function* () {
        yield 'line one with a word\nline two with another word\n';
      })();
      await using stage = await showWorkspace(browser, world, otter, { theme, width, height: 1900 });
      const { page } = stage;
      await page.getByText('0.5 cores').waitFor();
      await world.tick(200);
      for (const part of ['history', 'settings']) await page.locator(`.${part} > summary`).click();
      await page.getByRole('searchbox').fill('word');
      await page.getByText('in use').waitFor();
      await page.getByText('GPU memory').waitFor();
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
      await page.screenshot({
        path: `test/output/screenshots/page-live-${theme}-${width}.png`,
        fullPage: true,
      });
      assert.deepEqual(stage.complaints, []);
    });
  }
});
