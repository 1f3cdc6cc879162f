/** A target that is removed from the list while something is under way on it, and added again. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { eventually, run } from '../support/command.ts';
import { testImage } from '../support/rootfs/testImages.ts';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

describe('a target removed while its workspace starts', () => {
  let session: Session;
  let window: Workbench;
  let other: Workbench;
  let name = '';
  let made = '';
  before(async () => {
    session = await Session.start({ name: 'target-removed', viewport: { width: 1280, height: 1000 } });
    name = session.workspaceName('slow');
    made = session.workspaceName('made');
    await session.create(name, { image: await testImage('slow') });
    await session.ssh(name, 'echo mine > ~/note');
    await session.docker('stop', `berth-${name}`);
    window = await session.window();
    other = await session.window();
    await other.workspace(name, 'Off').waitFor();
  });
  after(async () => {
    await session?.[Symbol.asyncDispose]();
  });

  /** By its menu; both windows have let go of it and of its workspaces. */
  async function removeTarget(): Promise<void> {
    await window.chooseFromMenu(window.target(session.targetTitle), 'Remove Target…');
    await window.dialog.getByText(/go on as they are/).waitFor();
    await window.answerDialog('Remove');
    for (const each of [window, other]) {
      await each.target(session.targetTitle).waitFor({ state: 'detached' });
      await each.workspace(name).waitFor({ state: 'detached' });
    }
  }

  async function addTarget(): Promise<void> {
    await window.runCommand('Berth: Add Target…');
    await window.page.getByText('Kubernetes Context…').waitFor();
    await window.answer('Docker or Podman');
    await window.page.getByText('The address of a Docker or Podman engine').waitFor();
    await window.answer(`unix://${session.relay.socketPath}`);
    await window.page.getByText('What to call it in the tree').waitFor();
    await window.answer(session.targetTitle);
    await window.target(session.targetTitle, 'Docker').waitFor();
  }

  const isReady = (workspace: string) =>
    session.docker('exec', `berth-${workspace}`, 'test', '-e', '/berth/run/ready').then(
      () => true,
      () => false,
    );
  const configs = async () =>
    (await readdir(join(session.sshFolder, 'berth'))).filter(file => file.endsWith('.conf'));

  it('is gone from every window at once; the workspace goes on, and no error is told of it', async () => {
    await window.clickInline(window.workspace(name), 'Start');
    // Without an activity of its own, the other window shows the state.
    await other.workspace(name, 'Initializing').waitFor();
    assert.equal(await isReady(name), false);
    await removeTarget();
    assert.equal(await isReady(name), false, 'it is still starting');
    await window.screenshot('removed');
    await eventually(() => isReady(name), 'the workspace gets ready all the same', 30_000);
    await window.page.waitForTimeout(1_000);
    assert.equal(await window.notification(/cannot|failed|cancelled/i).count(), 0);
    assert.deepEqual(await configs(), [], 'no ssh name of it is left');
  });

  it('added again, it shows the workspace as it is, with everything in it', async () => {
    await addTarget();
    await window.workspace(name, 'Running').waitFor();
    await other.workspace(name, 'Running').waitFor();
    const [config = ''] = await configs();
    const file = join(session.sshFolder, 'berth', config);
    const alias = `${name}.${config.replace(/\.conf$/, '')}.berth`;
    const { stdout } = await run('ssh', ['-F', file, '-o', 'BatchMode=yes', alias, 'cat ~/note']);
    assert.equal(stdout, 'mine\n');
  });

  it('a creation under way is brought to its end: nothing half made is left, here or for others', async () => {
    const form = await window.openForm();
    await form.getByLabel('Name', { exact: true }).fill(made);
    await form.getByRole('combobox', { name: 'Image' }).fill(await testImage('slow'));
    await window.page.keyboard.press('Tab');
    await form.getByRole('button', { name: 'Add and start' }).click();
    const page = window.webview();
    await page.getByRole('heading', { name: `Creating ${made}` }).waitFor();
    await other.workspace(made, 'Initializing').waitFor();
    await removeTarget();
    assert.equal(await isReady(made), false, 'it is still being made');
    await page.getByRole('heading', { name: `Creating ${made}: done` }).waitFor();
    await page.getByText(/is no longer in the list/).waitFor();
    await window.screenshot('creation-goes-on');
    assert.equal(await isReady(made), true);
    const volumes = await session.docker('volume', 'ls', '-q', '--filter', `name=berth-${made}`);
    assert.deepEqual(volumes.split('\n').sort(), [`berth-${made}-home`, `berth-${made}-record`]);
    await addTarget();
    await window.workspace(made, 'Running').waitFor();
    await other.workspace(made, 'Running').waitFor();
    await window.screenshot('added-again');
  });
});
