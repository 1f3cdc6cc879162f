/** Quick Create, and the commands that only show: inspect, the ssh config, a look again, a workspace from an image. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { testImage } from '../support/rootfs/testImages.ts';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

describe('Quick Create', () => {
  let session: Session;
  let window: Workbench;
  let name = '';
  before(async () => {
    session = await Session.start({ name: 'quick-create' });
    name = session.workspaceName('quick');
    // A target without a workspace has no row.
    await session.create(session.workspaceName('other'));
    window = await session.window();
    await window.target(session.targetTitle, 'Docker').waitFor();
  });
  after(async () => {
    await session?.[Symbol.asyncDispose]();
  });

  it('takes an image and a name; what goes with the image’s kind comes along', async () => {
    await window.runCommand('Berth: Quick Create…');
    await window.page.getByText('Quick Create: the Image').waitFor();
    await window.quickInput.fill(await testImage('studio'));
    await window
      .pick(/studio/)
      .first()
      .waitFor();
    // Looking elsewhere loses nothing.
    await window.page.locator('.part.editor').click();
    assert.equal(await window.quickInput.inputValue(), await testImage('studio'));
    await window.quickInput.press('Enter');
    await window.page.getByText('Quick Create: the Name').waitFor();
    await window.answer(name);
    const create = window.pick(new RegExp(`${name} from `));
    await create.waitFor();
    await window.screenshot('next');
    await create.click();
    await window.tab(name).waitFor();
    await window.workspace(name, 'Running').waitFor();
    await window.unfold(window.workspace(name));
    // As the image's own ENV has it.
    await window.row('Workspaces', /^Studio, port 1\b/).waitFor();
    assert.match(await session.docker('inspect', '-f', '{{json .Config.Cmd}}', `berth-${name}`), /"beside"/);
    await window.screenshot('done');
  });

  it('what the engine says of a workspace is shown, without a secret', async () => {
    await window.chooseFromMenu(window.workspace(name), 'Inspect');
    const lines = window.page.locator('.editor-instance .view-lines');
    await lines.getByText('"container"').first().waitFor();
    assert.doesNotMatch((await lines.textContent()) ?? '', /PRIVATE KEY/);
  });

  it('the ssh config of a target is shown', async () => {
    await window.chooseFromMenu(window.target(session.targetTitle), 'Show ssh Config');
    await window.tab(/e2e\.conf/).waitFor();
    await window.page.locator('.view-lines').getByText('.e2e.berth').first().waitFor();
  });

  it('a look again is one', async () => {
    await session.relay.cut();
    await window.target(session.targetTitle, 'does not answer').waitFor();
    await session.relay.restore();
    await window.runCommand('Berth: Refresh');
    await window.workspace(name, 'Running').waitFor();
  });

  it('a link opens the form filled in, and makes nothing', async () => {
    await window.runCommand('Developer: Open URL');
    await window.answer(
      'vscode://berth.berth/create?image=ghcr.io/acme/dev:1&repo=https://example.org/a.git',
    );
    await window.page.getByRole('dialog').getByRole('button', { name: 'Open' }).click();
    const form = window.webview();
    await form.getByRole('heading', { name: 'New workspace' }).waitFor();
    assert.equal(await form.getByRole('combobox', { name: 'Image' }).inputValue(), 'ghcr.io/acme/dev:1');
    await window.screenshot('link');
    await window.page.keyboard.press('Control+w');
    await window.runCommand('Developer: Open URL');
    await window.answer('vscode://berth.berth/create?image=a&initScript=x');
    await window.page.getByRole('dialog').getByRole('button', { name: 'Open' }).click();
    await window.page.getByText('nothing is known of “initScript”').first().waitFor();
    assert.equal(await window.webview().getByRole('heading').count(), 0);
  });

  it('a workspace from an image begins with a form that has it', async () => {
    await window.showOnly('Images');
    await window.row('Images', session.targetTitle).waitFor();
    const row = window.row('Images', await testImage('studio'));
    await row.scrollIntoViewIfNeeded();
    await window.chooseFromMenu(row, 'Create Workspace from Image…');
    const form = window.webview();
    await form.getByRole('heading', { name: 'New workspace' }).waitFor();
    assert.equal(await form.getByRole('combobox', { name: 'Image' }).inputValue(), await testImage('studio'));
  });
});
