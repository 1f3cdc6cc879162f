/** Targets and images by their commands, an ssh config that may not be written, what is said where there is nothing. */
import assert from 'node:assert/strict';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect, type DockerConnection } from '../../src/engine/docker/connection.ts';
import { Scene } from '../integration/targets/support/folder.ts';
import { makeImage, push, startRegistry } from '../integration/targets/support/registry.ts';
import { dockerSocket } from '../support/dockerd.ts';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

describe('targets and images', () => {
  let session: Session;
  let window: Workbench;
  let scene: Scene;
  let connection: DockerConnection;
  let name = '';
  before(async () => {
    scene = await Scene.make();
    connection = connect({ type: 'unix', path: dockerSocket });
    session = await Session.start({
      name: 'commands-places',
      viewport: { width: 1280, height: 1400 },
      settings: { 'workbench.colorTheme': 'Default High Contrast Light' },
    });
    name = session.workspaceName('box');
    window = await session.window();
    await window.page.getByRole('button', { name: 'Images Section' }).waitFor();
  });
  after(async () => {
    await session?.[Symbol.asyncDispose]();
    connection?.[Symbol.dispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  it('an image is pulled from a registry, shown, and removed after a question', async () => {
    const registry = await startRegistry(scene);
    const reference = `${registry.host}/${session.prefix}/plain:1`;
    await makeImage(scene, connection.docker, reference, { bytes: 2_000_000 });
    await push(connection.docker, reference);
    await window.showOnly('Images');
    await window.row('Images', session.targetTitle).waitFor();
    await window.runCommand('Berth: Pull Image…');
    await window.answer(reference);
    const row = window.row('Images', reference);
    await row.waitFor();
    await row.scrollIntoViewIfNeeded();
    await window.screenshot('pulled');
    assert.notEqual(await session.docker('images', '-q', reference), '');

    await window.chooseFromMenu(row, 'Copy Image Reference');
    await window.page.waitForTimeout(300);
    assert.equal(await window.page.evaluate('navigator.clipboard.readText()'), reference);

    await window.chooseFromMenu(row, 'Remove Image…');
    await window.dialog.getByText(`Remove the image ${reference}`).waitFor();
    await window.screenshot('remove-image');
    await window.answerDialog('Cancel');
    assert.notEqual(await session.docker('images', '-q', reference), '');
    await window.chooseFromMenu(row, 'Remove Image…');
    await window.answerDialog('Remove');
    await row.waitFor({ state: 'detached' });
    assert.equal(await session.docker('images', '-q', reference), '');
    await window.showOnly('Workspaces');
  });

  it('a pull that the registry refuses is told in words', async () => {
    const registry = await startRegistry(scene);
    await window.runCommand('Berth: Pull Image…');
    await window.answer(`${registry.host}/${session.prefix}/none:1`);
    await window.notification(/Cannot pull .*none:1/).waitFor();
    await window.screenshot('pull-failed');
  });

  it('a workspace is opened in a terminal though the ssh config may not be written: the line is shown', async () => {
    await session.create(name);
    const config = join(session.sshFolder, 'config');
    const own = 'Host *\n  ForwardAgent yes\n';
    await writeFile(config, own);
    await chmod(config, 0o444);
    await window.workspace(name, 'Running').waitFor();
    await window.chooseFromMenu(window.workspace(name), 'Open Terminal');
    await window.dialog.getByText(`Berth could not write ${config}`).waitFor();
    await window.dialog.getByText(/Include/).waitFor();
    await window.screenshot('line-to-paste');
    await window.answerDialog('Copy the Line');
    await window.page.locator('.terminal-wrapper.active').first().waitFor();
    assert.match(
      String(await window.page.evaluate('navigator.clipboard.readText()')),
      new RegExp(`^Include "?${session.sshFolder}/berth/\\*\\.conf"?$`),
    );
    assert.equal(await readFile(config, 'utf8'), own);
  });

  it('is readable in a light theme of high contrast', async () => {
    await window.page.locator('.monaco-workbench.hc-light').waitFor();
    await window.chooseFromMenu(window.workspace(name), 'Show Page');
    await window.webview().getByRole('heading', { name }).first().waitFor();
    await window.page.waitForTimeout(1_000);
    await window.screenshot('contrast-light');
  });

  it('a target is removed after a question; nothing on it changes, and the welcome says what to do', async () => {
    await window.chooseFromMenu(window.target(session.targetTitle), 'Remove Target…');
    await window.dialog.getByText(/go on as they are/).waitFor();
    await window.screenshot('remove-target');
    await window.answerDialog('Remove');
    await window.page.getByText('No Docker or Podman engine was found on this machine').waitFor();
    await window.page.getByRole('button', { name: 'Look Again' }).waitFor();
    await window.screenshot('welcome-no-target');
    assert.equal(await window.page.getByRole('button', { name: 'Create Workspace' }).count(), 0);
    assert.equal(await session.docker('inspect', '-f', '{{.State.Running}}', `berth-${name}`), 'true');
    await assert.rejects(readFile(join(session.sshFolder, 'berth', 'e2e.conf'), 'utf8'), { code: 'ENOENT' });
  });

  it('a target is added by its address, and its workspaces are there', async () => {
    await window.page.getByRole('button', { name: 'Add Target' }).first().click();
    await window.page.getByText('Kubernetes Context…').waitFor();
    await window.screenshot('target-kinds');
    await window.answer('Docker or Podman');
    await window.quickInput.fill('not an address');
    await window.screenshot('bad-address');
    await window.answer(`unix://${session.relay.socketPath}`);
    await window.page.getByText('What to call it in the tree').waitFor();
    await window.answer('Second look');
    await window.target('Second look', 'Docker').waitFor();
    await window.workspace(name, 'Running').waitFor();
    await window.screenshot('added-target');
  });
});
