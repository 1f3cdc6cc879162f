/** Images of a real registry in real VS Code: found while one types, and newer ones under a tag that moved on. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { Scene } from '../integration/targets/support/folder.ts';
import { type Registry, startRegistry } from '../integration/targets/support/registry.ts';
import { baseImageTar } from '../support/baseImage.ts';
import { layDownImage } from '../support/kubernetes/registryStorage.ts';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

const labels = { 'berth.kind': 'jupyter', 'berth.memory-mib': '300', 'berth.disk-gib': '21' };

describe('images of a registry', () => {
  let scene: Scene;
  let registry: Registry;
  let session: Session;
  let window: Workbench;
  let name = '';
  const repository = `berth-e2e-${randomBytes(3).toString('hex')}/lab`;
  const publish = async (tag: string, version: string) =>
    layDownImage(scene.path(`registry-${registry.port}`), {
      repository,
      tag,
      layerTar: await baseImageTar(() => {}),
      config: {
        Env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin', `VERSION=${version}`],
        Cmd: ['/bin/bash'],
        ExposedPorts: { '8888/tcp': {}, '9000/tcp': {} },
        Labels: labels,
      },
    });

  before(async () => {
    scene = await Scene.make();
    registry = await startRegistry(scene);
    await publish('stable', 'one');
    session = await Session.start({
      name: 'images',
      settings: {
        'berth.registries': [{ host: registry.host }],
        'berth.image.requiredLabels': ['team'],
        'berth.presets': [{ name: 'Tiny', cpus: 0.5, memoryGiB: 0.125 }],
      },
    });
    name = session.workspaceName('old');
    await session.create(name, { image: `${registry.host}/${repository}:stable` });
    await publish('stable', 'two');
    await publish('2025.11', 'three');
    window = await session.window();
  });
  after(async () => {
    await session?.[Symbol.asyncDispose]();
    const images = await session?.docker('images', '-q', '--filter', `reference=*/${repository}`);
    for (const id of new Set(images?.split('\n').filter(Boolean))) await session.docker('rmi', '-f', id);
    await scene?.[Symbol.asyncDispose]();
  });

  it('a workspace whose tag has moved on is marked, and its page says from what to what', async () => {
    await window.workspace(name, 'Running').getByText('update available').waitFor();
    await window.screenshot('marked');
    await window.chooseFromMenu(window.workspace(name), 'Show Page');
    const page = window.webview();
    await page.getByText('Update available').waitFor();
    await page.getByText(/runs sha256:[0-9a-f]{12}, the registry has sha256:[0-9a-f]{12}/).waitFor();
    await window.screenshot('page');
  });

  it('an update says what it takes, keeps the home, and ends the mark', async () => {
    await session.ssh(name, 'echo kept > ~/note');
    await window.webview().getByRole('button', { name: 'Update…' }).click();
    await window.dialog.getByText(/The home, \/root, is kept; everything outside it is lost/).waitFor();
    await window.screenshot('question');
    await window.answerDialog('Update');
    await window.workspace(name).getByText('update available').waitFor({ state: 'detached' });
    await window.workspace(name, 'Running').waitFor();
    assert.equal(await session.ssh(name, 'cat ~/note; printenv VERSION'), 'kept\ntwo');
  });

  it('the form finds an image as it is typed, and fills itself in before anything is pulled', async () => {
    const form = await window.openForm();
    const image = form.getByRole('combobox', { name: 'Image' });
    await image.fill(repository.slice(0, 12));
    await form
      .getByRole('option', { name: `${registry.host}/${repository}` })
      .first()
      .waitFor();
    await window.screenshot('found');
    await image.fill(`${registry.host}/${repository}:2025`);
    await form.getByRole('option', { name: `${registry.host}/${repository}:2025.11` }).waitFor();
    await image.press('ArrowDown');
    await image.press('Enter');
    assert.equal(await image.inputValue(), `${registry.host}/${repository}:2025.11`);
    await form.getByText(/^Will be pulled, .* user root$/).waitFor();
    await form.getByText('It lacks labels that images here must carry: team.').waitFor();
    assert.equal(await form.locator('#f-memoryMiB').inputValue(), '300');
    assert.equal(await form.locator('#f-diskGiB').inputValue(), '21');
    assert.equal(await form.locator('#f-kind').inputValue(), 'jupyter');
    assert.equal(await form.locator('#f-ports-1-port').inputValue(), '9000');
    await window.screenshot('filled-in');
  });

  it('Quick Create finds it, too', async () => {
    await window.runCommand('Berth: Quick Create…');
    await window.page.getByText('Quick Create: the Image').waitFor();
    await window.quickInput.fill(repository.slice(0, 12));
    await window
      .pick(new RegExp(`${repository}`))
      .first()
      .waitFor();
    await window.screenshot('quick');
    await window.page.keyboard.press('Escape');
  });
});
