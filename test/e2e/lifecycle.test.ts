/** What can be done to a workspace from the tree: stop, start, edit, rebuild, and what the tree says meanwhile. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

describe('a workspace in the tree', () => {
  let session: Session;
  let window: Workbench;
  let name = '';
  before(async () => {
    session = await Session.start({ name: 'lifecycle' });
    name = session.workspaceName('one');
    await session.create(name, { ports: [{ port: 8000, label: 'docs' }] });
    window = await session.window();
  });
  after(async () => {
    await session?.[Symbol.asyncDispose]();
  });

  it('shows its state, its ports and its volumes', async () => {
    const row = window.workspace(name, 'Running');
    await window.unfold(row);
    await window.row('Workspaces', /^docs, port 8000/).waitFor();
    await window.row('Workspaces', /^Home, volume/).waitFor();
    await window.screenshot('running');
  });

  it('is stopped after a question, and says who stopped it', async () => {
    await window.clickInline(window.workspace(name), 'Stop');
    await window.dialog.getByText(`Stop ${name}?`).waitFor();
    await window.screenshot('stop');
    await window.answerDialog('Stop');
    await window.workspace(name, 'Off: .*person').waitFor();
    assert.equal(await session.docker('inspect', '-f', '{{.State.Running}}', `berth-${name}`), 'false');
    await window.screenshot('off');
  });

  it('keeps its place and its open rows over the change', async () => {
    await window.row('Workspaces', /^Home, volume/).waitFor();
  });

  it('is started from its row', async () => {
    await window.clickInline(window.workspace(name), 'Start');
    await window.workspace(name, 'Running').waitFor();
    assert.equal(await session.ssh(name, 'echo in'), 'in');
  });

  it('is edited: what the change costs is said first, and it takes effect', async () => {
    await window.chooseFromMenu(window.workspace(name), 'Edit…');
    const form = window.webview();
    await form.getByRole('heading', { name: `Edit ${name}` }).waitFor();
    await form.getByText('Nothing is changed yet').waitFor();
    await form.getByLabel('Memory', { exact: false }).first().fill('384');
    await form.getByText('Takes effect at once').waitFor();
    await window.screenshot('edit');
    await form.getByRole('button', { name: 'Save', exact: true }).click();
    const memory = () => session.docker('inspect', '-f', '{{.HostConfig.Memory}}', `berth-${name}`);
    const until = Date.now() + 60_000;
    while ((await memory()) !== `${384 * 2 ** 20}` && Date.now() < until)
      await window.page.waitForTimeout(200);
    assert.equal(await memory(), `${384 * 2 ** 20}`);
  });

  it('is rebuilt: the home stays, the rest is new', async () => {
    await session.ssh(name, 'echo mine > ~/note; touch /opt/gone');
    const before = await session.docker('inspect', '-f', '{{.Id}}', `berth-${name}`);
    await window.chooseFromMenu(window.workspace(name), 'Rebuild…');
    await window.dialog.getByText('everything outside it is lost').waitFor();
    await window.screenshot('rebuild');
    await window.answerDialog('Rebuild');
    await window
      .webview()
      .getByRole('heading', { name: `Rebuilding ${name}: done` })
      .waitFor();
    await window.workspace(name, 'Running').waitFor();
    assert.notEqual(await session.docker('inspect', '-f', '{{.Id}}', `berth-${name}`), before);
    assert.equal(await session.ssh(name, 'cat ~/note; ls /opt'), 'mine');
  });

  it('shows at once what happened past Berth', async () => {
    await session.docker('kill', `berth-${name}`);
    await window.workspace(name, 'Error: it was killed \\(exit code 137\\)').waitFor({ timeout: 10_000 });
    await window.screenshot('killed');
  });
});
