/** A catalogue of one's own: begun, edited in the form, checked on save, built and tried out. */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { newCatalogue } from '../../src/image/catalogue/authoring/scaffold.ts';
import { parseCatalogue } from '../../src/image/catalogue/catalogue.ts';
import { eventually } from '../support/command.ts';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

describe('a catalogue of one’s own', () => {
  let session: Session;
  let window: Workbench;
  let root = '';
  const file = (path: string) => readFile(join(root, path), 'utf8');
  before(async () => {
    session = await Session.start({ name: 'authoring' });
    root = join(session.folder, 'catalogue');
    await mkdir(root);
    window = await session.window({ folder: root });
  });
  after(async () => {
    await session?.[Symbol.asyncDispose]();
  });

  it('is begun in a folder, and its first entry opens in the form', async () => {
    await window.runCommand('Berth: New Catalogue…');
    // The dialog begins in the window’s own folder.
    await window.quickInput.waitFor();
    await window.page.getByRole('button', { name: 'Begin Here' }).click();
    await window.page.getByText('New Catalogue: the Name').waitFor();
    await window.answer('Acme');
    const form = window.webview();
    await form.getByRole('heading', { name: 'Python' }).waitFor();
    await form.getByText('Nothing is wrong with it.').first().waitFor();
    for (const [path, content] of newCatalogue({ name: 'Acme', description: '' })) {
      assert.equal(await file(path).then(text => text.length > 0), true, path);
      if (typeof content === 'string') assert.equal(await file(path), content);
    }
    await window.screenshot('form');
  });

  it('is edited in the form: the file is dirty until it is saved, and what is wrong is among the problems', async () => {
    const form = window.webview();
    await form.getByLabel(/^description/).fill('Python of Acme');
    await form.getByLabel(/^cores/).fill('many');
    await form.getByLabel(/^cores/).blur();
    await form.getByText('it must be a number').waitFor();
    assert.doesNotMatch(await file('workspaces/Python/workspace.json'), /of Acme/);
    await window.page.keyboard.press('Control+s');
    await eventually(
      async () => /of Acme/.test(await file('workspaces/Python/workspace.json')),
      'it is saved',
    );
    await window.runCommand('Problems: Focus on Problems View');
    await window.page.getByText('cores: it must be a number').first().waitFor();
    await window.screenshot('problems');
    await form.getByLabel(/^cores/).fill('4');
    await form.getByLabel(/^cores/).blur();
    await window.page.keyboard.press('Control+s');
    await window.page.getByText('cores: it must be a number').first().waitFor({ state: 'detached' });
  });

  it('has an entry added, by a name and an image', async () => {
    await window.runCommand('Berth: New Catalogue Entry…');
    await window.answer('../Evil');
    await window.page.getByText('with a letter or digit first').waitFor();
    await window.answer('Debian');
    await window.answer('debian:bookworm');
    await window.webview().getByRole('heading', { name: 'Debian' }).waitFor();
    assert.match(await file('workspaces/Debian/workspace.json'), /"image": "debian:bookworm"/);
  });

  it('is built, and what is built is read as a catalogue', async () => {
    await window.runCommand('Berth: Build Catalogue');
    await window.page
      .getByText(/Built in .*public/)
      .first()
      .waitFor();
    const { entries, problems } = parseCatalogue(await file('public/1.1/list.json'));
    assert.deepEqual(problems, []);
    assert.deepEqual(
      entries.map(({ name, description, cores }) => [name, description, cores]),
      [
        ['Debian', 'Debian', 2],
        ['Python', 'Python of Acme', 4],
      ],
    );
  });

  it('with an error is not built, and the file is named', async () => {
    const path = join(root, 'workspaces', 'Broken', 'workspace.json');
    await mkdir(dirname(path));
    await writeFile(path, '{"friendly_name": "Broken"}');
    await window.runCommand('Berth: Build Catalogue');
    await window.page
      .getByText(/cannot be built: workspaces\/Broken\/workspace\.json/)
      .first()
      .waitFor();
    assert.equal(parseCatalogue(await file('public/1.1/list.json')).entries.length, 2);
    await writeFile(
      path,
      await file('workspaces/Debian/workspace.json').then(text => text.replaceAll('Debian', 'Broken')),
    );
    await writeFile(
      join(dirname(path), 'debian.png'),
      await readFile(join(root, 'workspaces', 'Debian', 'debian.png')),
    );
  });

  it('is tried out on this machine until it is stopped', async () => {
    await window.runCommand('Berth: Try Catalogue');
    const item = window.page.locator('.statusbar-item').filter({ hasText: 'Catalogue at http://127.0.0.1:' });
    await item.waitFor();
    const [address = ''] = /http:\/\/127\.0\.0\.1:\d+\//.exec((await item.textContent()) ?? '') ?? [];
    assert.match(await (await fetch(address)).text(), /Python of Acme/);
    await window.screenshot('trial');
    await item.click();
    await item.waitFor({ state: 'detached' });
    await assert.rejects(fetch(address));
  });
});
