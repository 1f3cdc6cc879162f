/** The page of a creation: its stages as they pass, and a cancel that leaves nothing behind. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { testImage } from '../support/rootfs/testImages.ts';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

describe('a creation that takes long', () => {
  let session: Session;
  let window: Workbench;
  before(async () => {
    session = await Session.start({ name: 'progress' });
    window = await session.window();
  });
  after(async () => {
    await session?.[Symbol.asyncDispose]();
  });

  it('shows its stages and its log, and is cancelled without a trace', async () => {
    const name = session.workspaceName('slow');
    const form = await window.openForm();
    await form.getByLabel('Name', { exact: true }).fill(name);
    await form.getByRole('combobox', { name: 'Image' }).fill(await testImage('debianBare'));
    await window.page.keyboard.press('Tab');
    await form.getByRole('button', { name: 'Add and start' }).click();
    await window.tab(name).waitFor();
    const page = window.webview();
    await page.getByRole('heading', { name: `Creating ${name}` }).waitFor();
    // The image has no ssh server: boot installs one, which takes a while.
    await page.getByRole('list', { name: 'Stages of the boot' }).getByText('SSH server').waitFor();
    await window.screenshot('stages');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('heading', { name: `Creating ${name}: cancelled` }).waitFor();
    await window.screenshot('cancelled');
    await window.workspace(name).waitFor({ state: 'detached' });
    assert.equal(await session.docker('ps', '-aq', '--filter', `name=berth-${name}`), '');
    assert.equal(await session.docker('volume', 'ls', '-q', '--filter', `name=berth-${name}`), '');
  });
});
