/** The page of a workspace that runs: its charts move under load, its connections and history are true, its log is searched. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { FrameLocator } from 'playwright-core';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

const themes = [
  ['light', 'Light Modern', 'vscode-light'],
  ['dark', 'Dark Modern', 'vscode-dark'],
  ['high contrast', 'Default High Contrast', 'vscode-high-contrast'],
] as const;

describe('the page of a workspace that runs', () => {
  let session: Session;
  let window: Workbench;
  let page: FrameLocator;
  let name = '';
  before(async () => {
    session = await Session.start({ name: 'page', viewport: { width: 1280, height: 1000 } });
    name = session.workspaceName('one');
    await session.create(name, {
      ports: [{ port: 8000, label: 'docs' }],
      apps: [{ id: 'clock', label: 'Clock', command: 'while :; do echo tick tock; sleep 1; done' }],
    });
    window = await session.window();
    await window.chooseFromMenu(window.workspace(name, 'Running'), 'Show Page');
    page = window.webview();
    await page.getByRole('heading', { name }).waitFor();
  });
  after(async () => {
    await session?.[Symbol.asyncDispose]();
  });

  const cpu = () => page.getByRole('figure').filter({ hasText: 'CPU' });
  const cores = async () => Number.parseFloat((await cpu().locator('.chart-value').textContent()) ?? '');
  async function until(words: string, isSo: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 30_000; Date.now() < end; await window.page.waitForTimeout(200)) {
      if (await isSo()) return;
    }
    assert.fail(`waited in vain until ${words}`);
  }

  it('draws what it uses, and the line moves under load', async () => {
    await until('it is measured', async () => (await cores()) >= 0);
    const before = await cpu().locator('path.line').getAttribute('d');
    const idle = await cores();
    const loop = "timeout 25 sh -c 'while :; do :; done' >/dev/null 2>&1 &";
    await session.ssh(name, `${loop} ${loop}`);
    await until('the number rises', async () => (await cores()) > idle + 0.08);
    assert.notEqual(await cpu().locator('path.line').getAttribute('d'), before);
    await cpu()
      .getByRole('img', { name: /^CPU, last 15 minutes; now .* cores?, on average/ })
      .waitFor();
    await window.page.waitForTimeout(8_000);
    await window.screenshot('load');
  });

  it('says who is connected', async () => {
    const connected = session.ssh(name, 'sleep 14');
    await page
      .locator('.connections')
      .getByText('an editor, a program or a forward')
      .waitFor({ timeout: 13_000 });
    await connected;
  });

  it('says how full its home is, and where its settings came from', async () => {
    await page
      .locator('.storage')
      .getByText(/in use · .* free/)
      .waitFor();
    await page.locator('.settings > summary').click();
    const image = page.getByRole('row', { name: /^Image / }).first();
    assert.equal(await image.locator('.from').textContent(), 'your settings');
    await page.locator('.settings > summary').click();
  });

  it('shows the log of an app, and finds words in it', async () => {
    await page.getByRole('combobox', { name: 'Log of' }).selectOption('Clock');
    await page.locator('.log-lines').getByText('tick tock').first().waitFor();
    await page.getByRole('searchbox', { name: 'Search the log' }).fill('TOCK');
    await page.getByText(/^\d+ of \d+$/).waitFor();
  });

  for (const [theme, id, bodyClass] of themes) {
    it(`survives a reload, and is readable in ${theme}`, async () => {
      const settings: object = JSON.parse(await readFile(session.settingsFile, 'utf8'));
      const changed = { ...settings, 'workbench.colorTheme': id };
      await writeFile(session.settingsFile, JSON.stringify(changed));
      // By the editor's own command: it keeps what pages have kept before it goes.
      const loaded = window.page.waitForEvent('load');
      await window.runCommand('Developer: Reload Window');
      await loaded;
      page = window.webview();
      await page.locator(`body.${bodyClass}`).waitFor();
      assert.equal(await page.getByRole('searchbox', { name: 'Search the log' }).inputValue(), 'TOCK');
      await until('it is measured again', async () => (await cores()) >= 0);
      await window.page.waitForTimeout(7_000);
      await page.getByRole('heading', { name }).scrollIntoViewIfNeeded();
      await window.screenshot(theme.replace(' ', '-'));
    });
  }

  it('is readable where it is narrow', async () => {
    await window.page.setViewportSize({ width: 700, height: 1000 });
    await window.page.waitForTimeout(1_000);
    await window.screenshot('narrow');
    await window.page.setViewportSize({ width: 1280, height: 1000 });
  });

  it('measures nothing while another editor is in front, and draws the past again when it comes back', async () => {
    const dots = async () => ((await cpu().locator('path.line').getAttribute('d')) ?? '').split('L').length;
    const before = await dots();
    await window.runCommand('File: New Untitled Text File');
    await window.tab(/Untitled/).waitFor();
    await until(
      'the page is gone',
      async () => (await window.page.locator('iframe.webview.ready').count()) === 0,
    );
    // A look at the connections runs a program in it every ten seconds: none may come now.
    const since = Math.ceil(Date.now() / 1000) + 1;
    await window.page.waitForTimeout(14_000);
    const between = ['--since', String(since), '--until', String(Math.floor(Date.now() / 1000))];
    const events = await session.docker('events', ...between, '--filter', `container=berth-${name}`);
    assert.doesNotMatch(events, /exec_create/);
    await window.tab(name).click();
    page = window.webview();
    await until('its past is there', async () => (await dots()) >= Math.min(before, 3));
    assert.equal(await page.getByRole('combobox', { name: 'Log of' }).inputValue(), 'app:clock');
  });

  it('tells a stop in its history', async () => {
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await window.answerDialog('Stop');
    await page.getByText('It is not running: nothing is measured.').waitFor();
    await page.locator('.history > summary').click();
    await page.getByText('Stopped: a person stopped it').waitFor();
    await page.locator('.history').getByText('Started').waitFor();
    await page.locator('.history').scrollIntoViewIfNeeded();
    await window.screenshot('history');
  });
});
