/** A container that somebody else made: adopted, connected to, seen to stop and to be replaced, and forgotten. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { packRemoteExtension } from './remoteExtension.ts';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

const menuOfAdopted = [
  'Connect',
  'Connect in New Window',
  'Open Terminal',
  'Copy ssh Command',
  'Forget What Was Adopted…',
];

describe('what somebody else made', () => {
  let session: Session;
  let window: Workbench;
  let name = '';
  before(async () => {
    session = await Session.start({
      name: 'adopt',
      extensions: packRemoteExtension,
      settings: { 'workbench.colorTheme': 'Dark Modern' },
    });
    name = session.workspaceName('theirs');
    await makeContainer();
    window = await session.window();
    await window.target(session.targetTitle, 'Docker').waitFor();
  });
  after(async () => {
    await session?.docker('rm', '-f', name).catch(() => {});
    await session?.[Symbol.asyncDispose]();
  });

  const makeContainer = () =>
    session.docker('run', '-d', `--name=${name}`, '--entrypoint', 'sleep', session.image, 'infinity');
  const startedAt = () => session.docker('inspect', '-f', '{{.State.StartedAt}}', name);
  const row = (state: string, of = window) => of.row('Workspaces', new RegExp(`^${name}, adopted, ${state}`));
  const putThere = () =>
    session.docker('exec', name, 'sh', '-c', 'ls -dA /tmp/.b* /run/sshd 2>/dev/null; true');

  async function menuOf(state: string): Promise<string[]> {
    await row(state).click({ button: 'right' });
    await window.page.getByRole('menuitem', { name: 'Copy ssh Command', exact: true }).waitFor();
    const items = await window.page.getByRole('menuitem').locator('.action-label').allTextContents();
    await window.screenshot(`menu-${state}`);
    await window.page.keyboard.press('Escape');
    return items.filter(item => item !== '');
  }

  it('is adopted after a yes to what is put there, and marked in every window', async () => {
    const began = await startedAt();
    await window.chooseFromMenu(window.target(session.targetTitle), 'Adopt a Container or Pod…');
    await window.pick(new RegExp(name)).waitFor();
    await window.screenshot('which');
    await window.answer(name);
    await window.pick(/By sshd, run for each connection/).waitFor();
    await window.screenshot('how');
    await window.pick(/By sshd, run for each connection/).click();
    await window.page.getByText('It becomes the ssh name, on this machine only').waitFor();
    assert.equal(await window.quickInput.inputValue(), name);
    await window.screenshot('name');
    await window.quickInput.press('Enter');
    await window.dialog.getByText(/Berth puts a folder into it/).waitFor();
    await window.screenshot('consent');
    assert.equal(await putThere(), '');
    await window.answerDialog('Adopt');
    await row('Running').waitFor();
    await window.screenshot('tree');
    assert.match(await putThere(), /^\/run\/sshd\n\/tmp\/\.berth-[0-9a-f]{16}$/);
    assert.equal(await session.ssh(name, 'id -un'), 'root');
    const other = await session.window();
    await row('Running', other).waitFor();
    await other.page.close();
    assert.equal(await startedAt(), began);
  });

  it('is there after a reload, and looks well in high contrast and a narrow window', async () => {
    const settings: object = JSON.parse(await readFile(session.settingsFile, 'utf8'));
    const changed = { ...settings, 'workbench.colorTheme': 'Default High Contrast' };
    await writeFile(session.settingsFile, JSON.stringify(changed));
    await window.page.setViewportSize({ width: 620, height: 800 });
    const loaded = window.page.waitForEvent('load');
    await window.runCommand('Developer: Reload Window');
    await loaded;
    await window.showContainer('Berth');
    await row('Running').waitFor();
    await window.screenshot('high-contrast');
    await window.page.setViewportSize({ width: 1280, height: 800 });
  });

  it('can be connected to, and not stopped, changed or deleted', async () => {
    const began = await startedAt();
    assert.deepEqual(await menuOf('Running'), menuOfAdopted);
    const opened = session.context.waitForEvent('page');
    await window.chooseFromMenu(row('Running'), 'Connect in New Window');
    await window.dialog.getByRole('button', { name: 'Raise to 120 s' }).click();
    await (await opened).close();
    assert.deepEqual(window.opened, [`vscode-remote://ssh-remote+${name}.e2e.berth/root`]);
    assert.equal(await startedAt(), began);
  });

  it('that its owner stops is shown as off, and left so', async () => {
    await session.docker('stop', '-t', '0', name);
    await row('Off: exited').waitFor();
    assert.deepEqual(await menuOf('Off'), menuOfAdopted.slice(-2));
    await session.docker('start', name);
    await row('Running').waitFor();
  });

  it('that is replaced by another is asked about anew', async () => {
    await session.docker('rm', '-f', name);
    await row('gone').waitFor();
    await makeContainer();
    const began = await startedAt();
    await row('replaced').waitFor();
    await window.chooseFromMenu(row('replaced'), 'Connect in New Window');
    await window.dialog.getByText(/Berth puts a folder into it/).waitFor();
    assert.equal(await putThere(), '');
    const opened = session.context.waitForEvent('page');
    await window.answerDialog('Adopt');
    await (await opened).close();
    assert.equal(window.opened.length, 2);
    await row('Running').waitFor();
    assert.equal(await session.ssh(name, 'echo well'), 'well');
    assert.equal(await startedAt(), began);
  });

  it('is as it was once it is forgotten', async () => {
    const began = await startedAt();
    await window.chooseFromMenu(row('Running'), 'Forget What Was Adopted…');
    await window.dialog.getByText(/It keeps running as it does/).waitFor();
    await window.screenshot('forget');
    await window.answerDialog('Forget');
    await row('Running').waitFor({ state: 'hidden' });
    assert.equal(await putThere(), '');
    assert.equal(await startedAt(), began);
    await assert.rejects(session.ssh(name, 'true'), /There is no workspace/);
  });
});
