/** Images of one's own: a folder for one, its build with a log, a cancel, a push, and a workspace from it. */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Scene } from '../integration/targets/support/folder.ts';
import { type Registry, startRegistry } from '../integration/targets/support/registry.ts';
import { baseImage } from '../support/baseImage.ts';
import { eventually } from '../support/command.ts';
import { Session } from './session.ts';
import { Workbench } from './workbench.ts';

describe('images of one’s own', () => {
  let session: Session;
  let window: Workbench;
  let scene: Scene;
  let registry: Registry;
  let project = '';
  let image = '';
  before(async () => {
    scene = await Scene.make();
    registry = await startRegistry(scene);
    project = scene.path('project');
    await mkdir(project);
    session = await Session.start({ name: 'build-image' });
    image = `${registry.host}/${session.prefix}/mine:1`;
    window = await Workbench.open(
      session.context,
      `${session.server.url}/?folder=${encodeURIComponent(project)}`,
      'build-image',
    );
  });
  after(async () => {
    await window.screenshot('end').catch(() => {});
    for (const name of (await session.docker('images', '--format={{.Repository}}:{{.Tag}}')).split('\n')) {
      if (name.includes(session.prefix)) await session.docker('rmi', '-f', name);
    }
    await session[Symbol.asyncDispose]();
    await scene[Symbol.asyncDispose]();
  });

  const file = (name: string) => window.page.getByRole('treeitem', { name, exact: true });

  const scaffold = async (kind: RegExp, folder: string) => {
    await window.runCommand('Berth: New Workspace Image…');
    await window.pick(kind).click();
    await window.pick(/^folder project/).click();
    await window.page.getByText('The name of the new folder').waitFor();
    await window.answer(folder);
  };

  it('a folder is written, for each kind', async () => {
    await window.runCommand('Berth: New Workspace Image…');
    await window
      .pick(/Studio/)
      .last()
      .waitFor();
    await window.screenshot('kinds');
    await window.page.keyboard.press('Escape');
    await scaffold(/Plain/, 'mine');
    await window.tab(/^Dockerfile/).waitFor();
    await window.page.locator('.view-lines').getByText('A plain workspace').first().waitFor();
    await window.screenshot('dockerfile');
    assert.match(await readFile(join(project, 'mine', 'Dockerfile'), 'utf8'), /berth\.kind="ssh"/);
    assert.match(await readFile(join(project, 'mine', '.dockerignore'), 'utf8'), /README/);
  });

  it('what is there already is overwritten only where the person says so', async () => {
    const readme = join(project, 'mine', 'README.md');
    await writeFile(readme, 'mine');
    await scaffold(/Plain/, 'mine');
    await window.dialog.getByText('README.md').waitFor();
    await window.screenshot('overwrite');
    await window.answerDialog('Keep Mine');
    await window.tab(/^Dockerfile/).waitFor();
    assert.equal(await readFile(readme, 'utf8'), 'mine');
    await scaffold(/Plain/, 'mine');
    await window.answerDialog('Overwrite');
    await eventually(
      async () => (await readFile(readme, 'utf8')).startsWith('# A plain workspace image'),
      'the overwritten README',
    );
  });

  it('a build begins at the Dockerfile’s menu, and all of it can be changed before', async () => {
    // The base image is there, and has all that the sample installs: no network is needed.
    await writeFile(join(project, 'mine', 'packages.txt'), 'sudo\n');
    await writeFile(
      join(project, 'mine', 'Dockerfile'),
      `ARG BASE=${baseImage}\nFROM \${BASE} AS first\nLABEL berth.kind=jupyter berth.cpus=3\nARG WORD=none\nRUN echo "the word is $WORD"\nFROM first\nRUN sleep 47\n`,
    );
    await window.chooseFromMenu(file('Dockerfile'), 'Build Workspace Image…');
    await window.pick(/Build, mine:latest/).waitFor();
    await window.pick(/Name/).click();
    await window.answer(image);
    await window.pick(/Arguments/).click();
    await window.pick(/WORD/).click();
    await window.answer('tree house');
    await window.pick(/Arguments, WORD/).waitFor();
    await window.screenshot('plan');
  });

  it('a build is cancelled from its notification', async () => {
    await window
      .pick(/Build, /)
      .first()
      .click();
    const notification = window.notification(`Building ${image}`);
    await notification.getByText(/sleep 47/).waitFor();
    await window.page
      .locator('.part.panel')
      .getByText(/the.word.is.tree.house/)
      .first()
      .waitFor();
    await window.screenshot('building');
    await notification.hover();
    await notification.getByRole('button', { name: 'Cancel' }).click();
    await notification.waitFor({ state: 'hidden' });
    await window.page.locator('.output-view, .part.panel').getByText('Cancelled.').first().waitFor();
    assert.equal(await session.docker('images', '-q', image), '');
  });

  it('the choices of the last time are kept', async () => {
    await window.chooseFromMenu(file('Dockerfile'), 'Build Workspace Image…');
    await window.pick(new RegExp(`Build, ${image}`)).waitFor();
    await window.pick(/Stage/).click();
    await window.pick(/^first/).click();
    await window.pick(/Arguments/).click();
    await window.pick(/WORD/).click();
    await window.answer('tree house');
    await window
      .pick(/Build, /)
      .first()
      .click();
    await window.notification(`Built ${image}`).waitFor();
    await window.page
      .locator('.part.panel')
      .getByText(/Built.127/)
      .first()
      .waitFor();
    await window.screenshot('built');
    assert.match(await session.docker('inspect', '-f', '{{json .Config.Labels}}', image), /"berth.cpus":"3"/);
  });

  it('a workspace is created from it, with what its labels say', async () => {
    await window.notification(`Built ${image}`).getByRole('button', { name: 'Create Workspace' }).click();
    const form = window.webview();
    await form.getByRole('heading', { name: 'New workspace' }).waitFor();
    assert.equal(await form.getByRole('combobox', { name: 'Image' }).inputValue(), image);
    await form.getByText('JupyterLab').first().waitFor();
    await window.screenshot('form');
  });

  it('a step that fails is named, with the way to the log', async () => {
    await writeFile(join(project, 'mine', 'Dockerfile'), `FROM ${baseImage}\nRUN echo because; exit 7\n`);
    await window.chooseFromMenu(file('Dockerfile'), 'Build Workspace Image…');
    // The stage of the last time is not there any more.
    await window.pick(/Stage, the last/).waitFor();
    await window
      .pick(/Build, /)
      .first()
      .click();
    const notification = window.notification(/failed, “RUN echo because; exit 7”/);
    await notification.waitFor();
    await window.screenshot('failed');
    await notification.getByRole('button', { name: 'Show Build Log' }).click();
  });

  it('it is pushed, from the tree of images', async () => {
    await window.showContainer('Berth');
    await window.showOnly('Images');
    await window.row('Images', session.targetTitle).waitFor();
    const row = window.row('Images', image);
    await row.scrollIntoViewIfNeeded();
    await window.chooseFromMenu(row, 'Push Image…');
    const name = image.replace(/:1$/, ':2');
    await window.answer(name);
    await window.notification(`Pushed ${name} as sha256:`).waitFor();
    await window.screenshot('pushed');
    const tags = await fetch(`http://${registry.host}/v2/${session.prefix}/mine/tags/list`);
    assert.deepEqual(await tags.json(), { name: `${session.prefix}/mine`, tags: ['2'] });
  });

  it('a devcontainer.json is built, and what is not used is said', async () => {
    await mkdir(join(project, '.devcontainer'));
    await writeFile(
      join(project, '.devcontainer', 'Dockerfile'),
      `FROM ${baseImage}\nARG WORD\nRUN echo "so $WORD"\n`,
    );
    await writeFile(
      join(project, '.devcontainer', 'devcontainer.json'),
      `{ // mine\n "features": {}, "build": { "dockerfile": "Dockerfile", "context": "..", "args": { "WORD": "\${localWorkspaceFolderBasename}" }, }, }`,
    );
    await window.runCommand('Berth: Build Workspace Image…');
    await window.pick(/devcontainer\.json/).click();
    await window.pick(/Not used, features/).waitFor();
    await window.screenshot('devcontainer');
    await window.pick(/Name/).click();
    await window.answer(`${session.prefix}-dev:1`);
    await window
      .pick(/Build, /)
      .first()
      .click();
    await window.notification(`Built ${session.prefix}-dev:1`).waitFor();
    await window.page
      .locator('.part.panel')
      .getByText(/so.project/)
      .first()
      .waitFor();
  });
});
