/** The create form in real VS Code: bad input, a creation from the first click to ssh, a name whose home was kept. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

describe('the create form', () => {
  let session: Session;
  let window: Workbench;
  let name = '';
  before(async () => {
    session = await Session.start({ name: 'form' });
    window = await session.window();
    name = session.workspaceName('made');
  });
  after(async () => {
    await session?.[Symbol.asyncDispose]();
  });

  it('says what is wrong as it is typed, and makes nothing of it', async () => {
    const form = await window.openForm();
    const field = form.getByLabel('Name', { exact: true });
    await field.fill('Not A Name');
    await form
      .getByText('Lower-case letters, digits and dashes, beginning and ending', { exact: false })
      .waitFor();
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    await form.getByLabel('Memory', { exact: false }).first().fill('1');
    await form.getByRole('button', { name: 'Add and start' }).click();
    await form.getByText('2 things to put right').waitFor();
    await window.screenshot('bad-input');
    assert.equal(await session.docker('ps', '-aq', '--filter', `name=berth-${session.prefix}`), '');
  });

  it('makes a workspace, shows how it comes up, and lets ssh in', async () => {
    const form = window.webview();
    await form.getByLabel('Memory', { exact: false }).first().fill('512');
    await form.getByLabel('Name', { exact: true }).fill(name);
    await form.getByText('things to put right').waitFor({ state: 'hidden' });
    await window.screenshot('filled-in');
    await form.getByRole('button', { name: 'Add and start' }).click();
    await window.tab(name).waitFor();
    await window.workspace(name, 'Running').waitFor();
    const page = window.webview();
    await page.getByRole('heading', { name: `Creating ${name}: done` }).waitFor();
    await page.getByRole('list', { name: 'Stages of the boot' }).getByText('Ready to enter').waitFor();
    await window.screenshot('created');
    assert.equal(await session.ssh(name, 'echo kept > ~/note; id -un'), 'root');
    assert.equal(
      await session.docker('inspect', '-f', '{{.HostConfig.Memory}}', `berth-${name}`),
      `${512 * 2 ** 20}`,
    );
  });

  it('says that a name is taken', async () => {
    const form = await window.openForm();
    await form.getByLabel('Name', { exact: true }).fill(name);
    await form
      .getByText(/is taken|already/)
      .first()
      .waitFor();
    await window.screenshot('taken');
    await window.page.keyboard.press('Escape');
    await form.getByRole('button', { name: 'Cancel' }).click();
  });

  it('makes a new workspace on a home that was kept', async () => {
    await window.chooseFromMenu(window.workspace(name), 'Delete…');
    await window.dialog.getByText(`Delete ${name}?`).waitFor();
    await window.screenshot('delete');
    await window.answerDialog('Delete, Keep the Home');
    await window.workspace(name).waitFor({ state: 'detached' });
    assert.equal(await session.docker('ps', '-aq', '--filter', `name=berth-${name}`), '');

    await window.runCommand('Berth: Quick Create…');
    await window.page.getByText('Quick Create: the Image').waitFor();
    await window.answer(session.image);
    await window.page.getByText('Quick Create: the Name').waitFor();
    await window.quickInput.fill(name);
    await window.page.getByText(`It continues on the home that was kept of “${name}”`).waitFor();
    await window.screenshot('quick-kept');
    await window.quickInput.press('Escape');

    const form = await window.openForm();
    await form.getByLabel('Name', { exact: true }).fill(name);
    await form.getByText(/home/i).first().waitFor();
    await form.getByRole('button', { name: 'Add and start' }).click();
    await window.workspace(name, 'Running').waitFor();
    assert.equal(await session.ssh(name, 'cat ~/note'), 'kept');
  });

  it('deletes everything when told so', async () => {
    await window.chooseFromMenu(window.workspace(name), 'Delete…');
    await window.answerDialog('Delete Everything');
    await window.workspace(name).waitFor({ state: 'detached' });
    assert.equal(await session.docker('volume', 'ls', '-q', '--filter', `name=berth-${name}`), '');
  });
});
