/** What a person does to one workspace from the tree: by force, again, on the way up, another like it, an edit. */
import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { generateKey } from '../../src/ssh/key.ts';
import { WorkspaceName } from '../../src/workspace/name.ts';
import { WorkspaceSettings } from '../../src/workspace/settings.ts';
import { testImage } from '../support/rootfs/testImages.ts';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

describe('a workspace, by the commands of its row', () => {
  let session: Session;
  let window: Workbench;
  let name = '';
  before(async () => {
    session = await Session.start({ name: 'commands-run' });
    name = session.workspaceName('one');
    await session.create(name);
    window = await session.window();
    await window.workspace(name, 'Running').waitFor();
  });
  after(async () => {
    await session?.[Symbol.asyncDispose]();
  });
  const inspected = (format: string, of = name) => session.docker('inspect', '-f', format, `berth-${of}`);

  it('is restarted after a question', async () => {
    const before = await inspected('{{.State.StartedAt}}');
    await window.chooseFromMenu(window.workspace(name), 'Restart…');
    await window.dialog.getByText('Unsaved work in running programs is lost').waitFor();
    await window.screenshot('restart');
    await window.answerDialog('Restart');
    const until = Date.now() + 60_000;
    while ((await inspected('{{.State.StartedAt}}')) === before && Date.now() < until)
      await window.page.waitForTimeout(200);
    assert.notEqual(await inspected('{{.State.StartedAt}}'), before);
    await window.workspace(name, 'Running').waitFor();
    assert.equal(await session.ssh(name, 'echo back'), 'back');
  });

  it('stays as it is when the question is answered with Cancel', async () => {
    await window.chooseFromMenu(window.workspace(name), 'Force Stop…');
    await window.answerDialog('Cancel');
    assert.equal(await inspected('{{.State.Running}}'), 'true');
  });

  it('is stopped by force: killed, and still known as stopped by a person', async () => {
    await window.chooseFromMenu(window.workspace(name), 'Force Stop…');
    await window.dialog.getByText('killed at once').waitFor();
    await window.screenshot('force-stop');
    await window.answerDialog('Force Stop');
    await window.workspace(name, 'Off: .*person').waitFor();
    assert.equal(await inspected('{{.State.Running}}'), 'false');
    await window.screenshot('forced-off');
  });

  it('is edited while off, and the new value counts at the next start', async () => {
    await window.chooseFromMenu(window.workspace(name), 'Edit…');
    const form = window.webview();
    await form.getByRole('heading', { name: `Edit ${name}` }).waitFor();
    await form.locator('details.group').evaluateAll(groups => {
      for (const group of groups) group.setAttribute('open', '');
    });
    await form.getByLabel('Init script', { exact: false }).first().fill('echo edited > ~/init');
    await form.getByText('takes effect at the next start').waitFor();
    await window.screenshot('restart-edit');
    await form.getByRole('button', { name: 'Save and restart', exact: true }).click();
    await window.workspace(name, 'Running').waitFor();
    const until = Date.now() + 60_000;
    const written = () => session.ssh(name, 'cat ~/init 2>/dev/null || true');
    while ((await written()) === '' && Date.now() < until) await window.page.waitForTimeout(300);
    assert.equal(await written(), 'edited');
  });

  it('is duplicated: the same settings under a new name', async () => {
    const copy = session.workspaceName('copy');
    await window.chooseFromMenu(window.workspace(name), 'Duplicate…');
    const form = window.webview();
    const field = form.getByLabel('Name', { exact: true });
    await field.waitFor();
    assert.notEqual(await field.inputValue(), name);
    await field.fill(copy);
    await window.screenshot('duplicate');
    await form.getByRole('button', { name: 'Add and start' }).click();
    await window.workspace(copy, 'Running').waitFor();
    assert.equal(await inspected('{{.HostConfig.Memory}}', copy), `${256 * 2 ** 20}`);
  });

  it('shows its log with the stages of boot in words', async () => {
    await window.chooseFromMenu(window.workspace(name), 'Show Log');
    const lines = window.page.locator('.editor-instance .view-lines');
    await lines.getByText('SSH server').first().waitFor();
    assert.doesNotMatch((await lines.textContent()) ?? '', /@berth/);
    await window.screenshot('log');
  });

  it('stays off for a window that reconnects, and the editor offers to start it again', async () => {
    await window.chooseFromMenu(window.workspace(name), 'Stop…');
    await window.answerDialog('Stop');
    await window.workspace(name, 'Off').waitFor();
    // What an editor that lost its connection does: no person at a terminal.
    for (const _ of ['first', 'second']) await assert.rejects(session.ssh(name, 'true'), /stopped/);
    const offer = window.notification('stays off though a window reconnects to it');
    await offer.first().waitFor();
    await window.screenshot('start-again');
    assert.equal(await offer.count(), 1);
    await offer.getByRole('button', { name: 'Start Again' }).click();
    await window.workspace(name, 'Running').waitFor();
    assert.equal(await session.ssh(name, 'echo in'), 'in');
  });

  it('is stopped on its way up: the start is cancelled, the home stays', async () => {
    const slow = session.workspaceName('slow');
    await using berth = await session.berth();
    const request = {
      name: WorkspaceName.parse(slow),
      // No ssh server in it: boot installs one, which takes a while.
      settings: WorkspaceSettings.parse({ image: await testImage('debianBare'), memoryMiB: 256, cpus: 1 }),
      maker: { identity: 'e2e@example.org', host: hostname(), pid: process.pid },
      hostKey: generateKey(slow),
      authorizedKeys: [],
      start: false,
    };
    await berth.engine.create(request, () => {}, AbortSignal.timeout(60_000));
    await window.workspace(slow, 'Off').waitFor();
    await window.clickInline(window.workspace(slow), 'Start');
    await window.workspace(slow, '.*(install|ssh server|Initializing)').waitFor();
    await window.chooseFromMenu(window.workspace(slow), 'Stop…');
    await window.answerDialog('Stop');
    await window.workspace(slow, 'Off').waitFor();
    await window.screenshot('stopped-on-the-way');
    assert.equal(await inspected('{{.State.Running}}', slow), 'false');
    assert.equal(
      await session.docker('volume', 'ls', '-q', '--filter', `name=berth-${slow}-home`),
      `berth-${slow}-home`,
    );
  });
});
