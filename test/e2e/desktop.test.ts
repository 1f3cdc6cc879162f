/** A desktop with a certificate of its own in real VS Code: it starts by itself, and is there in browser and tab, signed in. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { testImage } from '../support/rootfs/testImages.ts';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

describe('a desktop', () => {
  let session: Session;
  let window: Workbench;
  let name = '';
  before(async () => {
    session = await Session.start({ name: 'desktop' });
    name = session.workspaceName('desk');
    window = await session.window();
    await window.target(session.targetTitle, 'Docker').waitFor();
  });
  after(async () => {
    await session?.[Symbol.asyncDispose]();
  });

  it('is told by its image, and gets a password of its own', async () => {
    const form = await window.openForm();
    await form.getByLabel('Name', { exact: true }).fill(name);
    await form.getByRole('combobox', { name: 'Image' }).fill(await testImage('desktop'));
    await window.page.keyboard.press('Tab');
    await form.getByText('On the target already').waitFor();
    await form.getByRole('button', { name: 'Add and start' }).click();
    await window.workspace(name, 'Running').waitFor();
    const settings = await session.docker('exec', `berth-${name}`, 'cat', '/berth/record.json');
    assert.match(settings, /"kind":\s*"desktop"/);
  });

  it('is in the browser through a forward, signed in and without a warning', async () => {
    const row = window.workspace(name, 'Running');
    await window.unfold(row);
    const port = window.row('Workspaces', /^Desktop, port 6901/);
    await port.waitFor();
    const opened = session.context.waitForEvent('page');
    await window.chooseFromMenu(port, 'Open App in Browser');
    const asked = window.dialog.getByRole('button', { name: 'Open', exact: true }).click();
    asked.catch(() => {});
    await Promise.race([opened, asked]);
    const page = await opened;
    await page.getByRole('heading', { name: 'Desktop' }).waitFor();
    await page.getByText('a picture through a WebSocket').waitFor();
    assert.doesNotMatch(page.url(), /berth-entrance/, 'the address that stays holds no secret');
    await page.close();
  });

  it('is in a tab of the editor, signed in', async () => {
    await window.chooseFromMenu(window.row('Workspaces', /^Desktop, port 6901/), 'Open App in Editor Tab');
    await window.tab('Simple Browser').waitFor();
    const tab = window.webview().frameLocator('iframe');
    await tab.getByRole('heading', { name: 'Desktop' }).waitFor();
    await tab.getByText('a picture through a WebSocket').waitFor();
    await window.screenshot('tab');
  });
});
