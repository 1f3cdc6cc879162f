/** A private registry in the Images view: added, logged in to, browsed, pulled and created from, and left again. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import { connect, type DockerConnection } from '../../src/engine/docker/connection.ts';
import { Scene } from '../integration/targets/support/folder.ts';
import {
  login,
  makeImage,
  push,
  type Registry,
  startRegistry,
} from '../integration/targets/support/registry.ts';
import { makeCertificates } from '../integration/targets/support/tlsFront.ts';
import { dockerSocket } from '../support/dockerd.ts';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

const themes = {
  light: [{ colorScheme: 'light', forcedColors: 'none' }, '.monaco-workbench.vs'],
  dark: [{ colorScheme: 'dark', forcedColors: 'none' }, '.monaco-workbench.vs-dark'],
  contrast: [{ colorScheme: 'dark', forcedColors: 'active' }, '.monaco-workbench.hc-black'],
} as const;

describe('registries', () => {
  let session: Session;
  let window: Workbench;
  let scene: Scene;
  let connection: DockerConnection;
  let registry: Registry;
  /** Holds a workspace's image, and one that is only looked at. */
  let [boxes, tools] = ['', ''];
  const pulled = () => `${registry.host}/${tools}:1.1`;
  before(async () => {
    scene = await Scene.make();
    connection = connect({ type: 'unix', path: dockerSocket });
    registry = await startRegistry(scene, { withLogin: true });
    await mkdir(scene.path('docker'));
    session = await Session.start({
      name: 'registries',
      viewport: { width: 1280, height: 1200 },
      settings: { 'window.autoDetectColorScheme': true },
      // Neither logins nor CAs of this machine.
      env: { DOCKER_CONFIG: scene.path('docker') },
    });
    [boxes, tools] = [`${session.prefix}/boxes`, `${session.prefix}/tools`];
    const auth = { ...login, serveraddress: registry.host };
    await session.docker('tag', session.image, `${registry.host}/${boxes}:1`);
    await push(connection.docker, `${registry.host}/${boxes}:1`, auth);
    for (const tag of ['1.0', '1.1', 'latest']) {
      await makeImage(scene, connection.docker, `${registry.host}/${tools}:${tag}`, { bytes: 300_000 });
      await push(connection.docker, `${registry.host}/${tools}:${tag}`, auth);
    }
    // As the registry keeps them, past its API: what they stand for is not there.
    const storage = scene.path(`registry-${registry.port}/docker/registry/v2/repositories`);
    mkdirSync(`${storage}/team/many/_layers`, { recursive: true });
    for (let at = 0; at < 250; at++) {
      mkdirSync(`${storage}/team/many/_manifests/tags/1.${at}`, { recursive: true });
    }
    window = await session.window();
    await window.showOnly('Images');
  });
  after(async () => {
    for (const reference of [pulled(), `${registry.host}/${boxes}:1`]) {
      await session?.docker('rmi', '-f', reference).catch(() => {});
    }
    await session?.[Symbol.asyncDispose]();
    connection?.[Symbol.dispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  // Each step goes on from where the last one ended.
  let hasFailed = false;
  beforeEach(() => assert.ok(!hasFailed, 'an earlier step failed'));
  afterEach(context => {
    if ('passed' in context) hasFailed ||= !context.passed;
  });

  const row = (name: string | RegExp): Locator => window.row('Images', name);
  const registryRow = () => row(new RegExp(`^${registry.host}, registry`));
  const repositoryRow = (name: string) => row(new RegExp(`^${name}, repository`));
  const tagRow = (tag: string, facts = '') => row(new RegExp(`^${tag}, tag${facts && `, ${facts}`}`));
  const settings = () => readFile(session.settingsFile, 'utf8');
  const logIn = async (password: string) => {
    await window.page.getByText('User (Press').waitFor();
    await window.answer(login.username);
    await window.page.getByText('or an access token').waitFor();
    await window.screenshot('password');
    const field = window.page.locator('.quick-input-widget input[type=password]');
    await field.fill(password);
    await field.press('Enter');
  };

  it('Docker Hub stands there from the beginning, beside the local images', async () => {
    await row('Registries').waitFor();
    await row(/^Docker Hub, registry/).waitFor();
    await row('Local images').waitFor();
    await row(session.targetTitle).waitFor();
    await window.screenshot('first');
  });

  it('one is added by its host, asked at once, and a wrong password is kept nowhere', async () => {
    await window.runCommand('Berth: Add Registry…');
    await window.quickInput.fill('no registry');
    await window.page.getByText('is not the address of a registry').waitFor();
    await window.answer(`http://${registry.host}/`);
    await logIn('a wrong one');
    await window.notification(/refused the login/).waitFor();
    await window.screenshot('refused');
    await registryRow().waitFor();
    assert.match(await settings(), new RegExp(`"host": "${registry.host}"`));
    await registryRow().click();
    const problem = row(/wants a login.*Press Enter to: Log In/);
    await problem.waitFor();
    await window.screenshot('wants-login');
    await problem.click();
    await logIn(login.password);
    await window.notification(new RegExp(`Logged in to ${registry.host} as ${login.username}`)).waitFor();
    await row(new RegExp(`^${registry.host}, registry, as ${login.username}`)).waitFor();
    const kept = await settings();
    assert.ok(!kept.includes(login.password) && !kept.includes('a wrong one'));
  });

  it('its repositories and tags are there, the newest first, with platforms, size and age', async () => {
    await repositoryRow(tools).click();
    await tagRow('1.1', 'linux/amd64, [\\d.]+ KiB, (just now|\\d+ \\w+ ago)').waitFor();
    await tagRow('1.0', 'linux/amd64').waitFor();
    const names = await window
      .tree('Images')
      .getByRole('treeitem', { name: /, tag, / })
      .evaluateAll(rows => rows.map(one => one.getAttribute('aria-label')?.split(',')[0]));
    assert.deepEqual(names, ['latest', '1.1', '1.0']);
    for (const [name, [theme, mark]] of Object.entries(themes)) {
      await window.page.emulateMedia(theme);
      await window.page.locator(mark).waitFor({ timeout: 15_000 });
      await tagRow('1.1').hover();
      await window.page.waitForTimeout(1_000);
      await window.screenshot(`tags-${name}`);
    }
    await window.page.emulateMedia(themes.light[0]);
    await window.page.setViewportSize({ width: 700, height: 900 });
    await window.page.waitForTimeout(500);
    await window.screenshot('tags-narrow');
    await window.page.setViewportSize({ width: 1280, height: 1200 });
    await repositoryRow(tools).click();
  });

  it('a long list goes on where one wants it to, and is filtered', async () => {
    const many = repositoryRow('team/many');
    await many.click();
    await tagRow('1.249').waitFor();
    const more = row(/^Load more, 100 are shown/);
    // Rows far below are drawn when they come into sight.
    await window.tree('Images').press('End');
    for (let at = 0; at < 60 && !(await more.isVisible()); at++) await window.page.mouse.wheel(0, 400);
    await more.scrollIntoViewIfNeeded();
    await window.screenshot('load-more');
    await more.click();
    await more.waitFor({ state: 'detached' });
    await window.tree('Images').press('Home');
    await window.chooseFromMenu(many, 'Filter…');
    await window.answer('24');
    await tagRow('1.24').waitFor();
    await tagRow('1.124').waitFor();
    await tagRow('1.99').waitFor({ state: 'detached' });
    await window.screenshot('filtered');
    await window.clickInline(many, 'Clear Filter');
    await tagRow('1.240').waitFor();
    await many.click();
  });

  it('a name that is typed is remembered', async () => {
    await window.chooseFromMenu(registryRow(), 'Name a Repository…');
    await window.answer(`${registry.host}/team/typed`);
    await repositoryRow('team/typed').waitFor();
    assert.match(await settings(), /"team\/typed"/);
    await window.chooseFromMenu(repositoryRow('team/typed'), 'Forget Repository');
    await repositoryRow('team/typed').waitFor({ state: 'detached' });
  });

  it('a tag is inspected, and its name and digest are copied', async () => {
    await repositoryRow(tools).click();
    await window.chooseFromMenu(tagRow('1.1'), 'Inspect Image');
    const lines = window.page.locator('.editor-instance .view-lines');
    await lines.getByText('"layers"').first().waitFor();
    await window.screenshot('inspect');
    const copied = async (entry: string) => {
      await window.chooseFromMenu(tagRow('1.1'), entry);
      await window.page.waitForTimeout(500);
      return String(await window.page.evaluate('navigator.clipboard.readText()'));
    };
    assert.equal(await copied('Copy Image Reference'), pulled());
    assert.match(await copied('Copy Digest'), /^sha256:[0-9a-f]{64}$/);
  });

  it('it is pulled with the login that was typed', async () => {
    assert.equal(await session.docker('images', '-q', pulled()), '');
    await window.chooseFromMenu(tagRow('1.1'), 'Pull Image…');
    await row(new RegExp(`^${pulled()}, image`)).waitFor();
    await window.screenshot('pulled');
    assert.notEqual(await session.docker('images', '-q', pulled()), '');
  });

  it('a workspace is created from a tag', async () => {
    const name = session.workspaceName('box');
    await repositoryRow(boxes).click();
    const tag = tagRow('1', 'linux/amd64');
    await tag.waitFor();
    await window.clickInline(tag, 'Create Workspace from Image…');
    const form = window.webview();
    await form.getByRole('heading', { name: 'New workspace' }).waitFor();
    const image = form.getByRole('combobox', { name: 'Image' });
    assert.equal(await image.inputValue(), `${registry.host}/${boxes}:1`);
    await window.screenshot('form');
    await window.chooseFromMenu(tag, 'Quick Create…');
    await window.page.getByText('Quick Create: the Name').waitFor();
    await window.answer(name);
    await window.pick(new RegExp(`${name} from `)).click();
    await window.showOnly('Workspaces');
    await window.workspace(name, 'Running').waitFor();
    assert.equal(await session.ssh(name, 'echo here'), 'here');
    await window.screenshot('created');
    await window.showOnly('Images');
  });

  it('after logging out it wants a login again', async () => {
    await window.chooseFromMenu(registryRow(), 'Log Out of Registry');
    await window.notification(`Logged out of ${registry.host}`).waitFor();
    await row(/wants a login.*Press Enter to: Log In/).waitFor();
    await row(new RegExp(`^${registry.host}, registry, as`)).waitFor({ state: 'detached' });
    await window.screenshot('logged-out');
  });

  it('one with a CA of its own is not trusted, and it is said where the CA goes', async () => {
    await makeCertificates(scene);
    const secure = await startRegistry(scene, { certificate: 'server', sameAs: registry });
    await window.runCommand('Berth: Add Registry…');
    await window.answer(secure.host);
    await window.dialog.getByText(/is not trusted/).waitFor();
    await window.answerDialog('Add Anyway');
    const at = row(new RegExp(`^${secure.host}, registry`));
    await at.click();
    await row(/is not trusted.*Press Enter to: How to Trust It/).click();
    await window.dialog
      .getByText(/certs\.d/)
      .first()
      .waitFor();
    await window.screenshot('trust');
    const folder = scene.path(`docker/certs.d/${secure.host}`);
    await mkdir(folder, { recursive: true });
    await writeFile(`${folder}/ca.crt`, await readFile(scene.path('ca.pem')));
    await window.answerDialog('Try Again');
    await repositoryRow(tools).waitFor();
    await window.screenshot('trusted');
    await window.chooseFromMenu(at, 'Remove Registry…');
    await window.answerDialog('Remove');
    await at.waitFor({ state: 'detached' });
  });

  it('it is removed from the list after a question', async () => {
    await window.chooseFromMenu(registryRow(), 'Remove Registry…');
    await window.dialog.getByText(`Remove the registry ${registry.host}`).waitFor();
    await window.screenshot('remove');
    await window.answerDialog('Remove');
    await registryRow().waitFor({ state: 'detached' });
    assert.ok(!(await settings()).includes(registry.host));
  });
});
