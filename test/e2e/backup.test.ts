/** The data of a workspace in real VS Code: cloned, backed up, restored, kept; the same by its checksums each time. */
import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openBackup } from '../../src/backup/backupReader.ts';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

const tree = `mkdir -p ~/tree/deep ~/tree/empty && cd ~/tree && printf one > "$(printf 'new\\nline')" && printf zwei > 'grüße' &&
head -c 3000000 /dev/urandom > deep/random && ln deep/random hard && ln -s deep/random soft && chmod 640 grüße`;
const sum = `cd ~/tree && { find . -printf '%p %y %m %l\\n' | sort; find . -type f -print0 | sort -z | xargs -0 sha256sum; } | sha256sum`;

describe('the data of a workspace', () => {
  let session: Session;
  let window: Workbench;
  let [name, clone, restored]: string[] = [];
  let path = '';
  let expected = '';
  before(async () => {
    session = await Session.start({ name: 'backup' });
    [name = '', clone = '', restored = ''] = ['one', 'clone', 'restored'].map(word =>
      session.workspaceName(word),
    );
    path = join(session.folder, 'one.berth.tar');
    await session.create(name);
    window = await session.window();
    await window.workspace(name, 'Running').waitFor();
    await session.ssh(name, tree);
    expected = await session.ssh(name, sum);
  });
  after(async () => {
    await session?.[Symbol.asyncDispose]();
  });

  const shownDone = async (of: string) => {
    await window.tab(of).waitFor();
    await window.workspace(of, 'Running').waitFor();
  };

  it('is cloned with its settings, by the form', async () => {
    await window.chooseFromMenu(window.workspace(name ?? ''), 'Clone with Home…');
    const form = window.webview();
    await form.getByRole('heading', { name: `Clone ${name}` }).waitFor();
    await form.getByText('The same settings and the data of its home', { exact: false }).waitFor();
    await form.getByLabel('Name', { exact: true }).fill(clone ?? '');
    await window.screenshot('clone-form');
    await form.getByRole('button', { name: 'Add and start' }).click();
    await shownDone(clone ?? '');
    assert.equal(await session.ssh(clone ?? '', sum), expected);
    assert.equal(await session.ssh(name ?? '', sum), expected);
    await window.screenshot('cloned');
  });

  it('is backed up to a file that is whole', async () => {
    await window.chooseFromMenu(window.workspace(name ?? ''), 'Back Up…');
    await window.chooseFile(path);
    await window.notification(`${name} is backed up to ${path}`).waitFor();
    await window.screenshot('backed-up');
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    const { manifest } = await openBackup(path);
    assert.equal(manifest.workspace.name, name);

    await window.runCommand('Berth: Verify Backup…');
    await window.chooseFile(path);
    await window.notification('is whole').waitFor();
    await window.screenshot('verified');
  });

  it('takes the place of another home, after a question that names what is lost', async () => {
    await session.ssh(clone ?? '', 'rm -r ~/tree && echo lost > ~/mine');
    await window.chooseFromMenu(window.workspace(clone ?? ''), 'Restore Backup…');
    await window.chooseFile(path);
    await window.dialog.getByText(`Replace the home of ${clone} by the backup of ${name}?`).waitFor();
    await window.dialog.getByText('Everything in /root is lost').waitFor();
    await window.screenshot('replace-question');
    await window.answerDialog('Replace the Home');
    await window
      .webview()
      .getByRole('heading', { name: `Restoring ${clone}: done` })
      .waitFor({ timeout: 180_000 });
    await window.workspace(clone ?? '', 'Running').waitFor();
    assert.equal(await session.ssh(clone ?? '', `test ! -e ~/mine && ${sum}`), expected);
  });

  it('stays as a kept home, listed with size and age', async () => {
    await window.chooseFromMenu(window.workspace(name ?? ''), 'Delete…');
    await window.answerDialog('Delete, Keep the Home');
    await window.workspace(name ?? '').waitFor({ state: 'detached' });
    const group = window.row('Workspaces', /^Kept homes, \d+/);
    await window.unfold(group);
    await window.row('Workspaces', new RegExp(`^${name}, kept home, [\\d.]+ MiB, made`)).waitFor();
    await window.screenshot('kept-homes');
  });

  it('is restored as a new workspace, by the form, which knows the settings', async () => {
    await window.chooseFromMenu(window.target(session.targetTitle), 'Restore Backup…');
    await window.chooseFile(path);
    const form = window.webview();
    await form.getByRole('heading', { name: 'Restore a backup' }).waitFor();
    // The one that it had has a kept home.
    await form
      .getByText('choose another name, or delete that home first', { exact: false })
      .first()
      .waitFor();
    await window.screenshot('restore-form');
    await form.getByLabel('Name', { exact: true }).fill(restored ?? '');
    await form.getByText('1 thing to put right').waitFor({ state: 'hidden' });
    await form.getByRole('button', { name: 'Add and start' }).click();
    await shownDone(restored ?? '');
    assert.equal(await session.ssh(restored ?? '', sum), expected);
    await window.screenshot('restored');
  });

  it('is deleted with its kept home, after a question', async () => {
    const row = window.row('Workspaces', new RegExp(`^${name}, kept home`));
    await window.clickInline(row, 'Delete a Kept Home');
    await window.dialog.getByText(`Delete the kept home of ${name}?`).waitFor();
    await window.screenshot('delete-kept');
    await window.answerDialog('Delete the Home');
    await row.waitFor({ state: 'detached' });
    assert.equal(await session.docker('volume', 'ls', '-q', '--filter', `name=berth-${name}-`), '');
  });
});
