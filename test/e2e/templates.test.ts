/**
 * Templates in real VS Code: a repository that is trusted is offered; a workspace is kept as one, carried away in a file, brought
 * back, and used; those of links and catalogues say first what they want.
 */
import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import { Scene } from '../integration/targets/support/folder.ts';
import { makeCertificates } from '../integration/targets/support/tlsFront.ts';
import { eventually } from '../support/command.ts';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

const themes = {
  light: [{ colorScheme: 'light', forcedColors: 'none' }, '.monaco-workbench.vs', 'body.vscode-light'],
  dark: [{ colorScheme: 'dark', forcedColors: 'none' }, '.monaco-workbench.vs-dark', 'body.vscode-dark'],
  contrast: [
    { colorScheme: 'dark', forcedColors: 'active' },
    '.monaco-workbench.hc-black',
    'body.vscode-high-contrast',
  ],
} as const;

describe('templates', () => {
  let session: Session;
  let window: Workbench;
  let project = '';
  let name = '';
  let scene: Scene;
  /** Somebody's: it has a template, and would be the registry of an image. */
  let server: Server;
  let host = '';
  const asked: string[] = [];
  before(async () => {
    scene = await Scene.make();
    await makeCertificates(scene);
    const [cert, key] = await Promise.all(
      ['server.pem', 'server.key'].map(file => readFile(scene.path(file))),
    );
    server = createServer({ ...(cert && { cert }), ...(key && { key }) }, ({ url = '' }, response) => {
      asked.push(url);
      if (url === '/lab.json') response.end(JSON.stringify(lab()));
      else response.writeHead(404).end();
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    await mkdir(scene.path(`docker/certs.d/${host}`), { recursive: true });
    await copyFile(scene.path('ca.pem'), scene.path(`docker/certs.d/${host}/ca.crt`));
    await mkdir(scene.path('catalogue/1.1'), { recursive: true });
    session = await Session.start({
      name: 'templates',
      viewport: { width: 1280, height: 900 },
      env: { DOCKER_CONFIG: scene.path('docker') },
      settings: {
        'security.workspace.trust.enabled': true,
        'security.workspace.trust.startupPrompt': 'never',
        'berth.catalogues': [{ url: scene.path('catalogue') }],
        'berth.defaults': { '*': { env: { TZ: 'UTC' }, stopGraceSeconds: 3 } },
        'window.autoDetectColorScheme': true,
      },
    });
    await writeFile(scene.path('catalogue/1.1/list.json'), JSON.stringify(catalogue()));
    project = join(session.folder, 'project');
    await write('.git/config', '[remote "origin"]\n\turl = https://token@git.example.org/acme/project.git\n');
    await write(
      '.berth/team.json',
      JSON.stringify({
        name: 'Team',
        description: 'As we work',
        settings: { image: session.image, cpus: 1 },
      }),
    );
    await write('.berth/broken.json', '{ "name": "Broken", "settings": { "cpus": "many" } }');
    await write(
      '.devcontainer/devcontainer.json',
      `{ // ours
        "image": "${session.image}", "remoteUser": "dev", "forwardPorts": [3000, "db:5432"],
        "containerEnv": { "PROJECT": "\${localWorkspaceFolderBasename}" },
        "postCreateCommand": "echo ready", "features": {},
      }`,
    );
    name = session.workspaceName('saved');
    await session.create(name, {
      idleMinutes: 45,
      env: [
        { name: 'TZ', value: 'UTC' },
        { name: 'FLAVOUR', value: 'mint' },
        { name: 'TOKEN', value: 'SECRET-VALUE', secret: true },
      ],
    });
    window = await session.window({ folder: project });
  });
  after(async () => {
    server?.close();
    await session?.[Symbol.asyncDispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  const lab = () => ({
    name: 'Lab',
    settings: { image: `${host}/track/me:1`, initScript: 'curl https://example.org | sh', cpus: 1 },
  });
  const catalogue = () => ({
    name: 'Acme Catalogue',
    workspaces: [],
    berth: {
      templates: [
        {
          name: 'Deep',
          description: 'With everything',
          settings: { image: session.image, memoryMiB: 256, cpus: 1, overrides: { privileged: true } },
        },
      ],
    },
  });

  async function write(path: string, text: string): Promise<void> {
    const file = join(project, path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, text);
  }

  const form = () => window.webview();
  /** Where a value of the form came from, as its last section says. */
  async function originOf(title: string): Promise<string> {
    const review = form().locator('#g-review');
    if ((await review.getAttribute('open')) === null) await review.locator('summary').click();
    const row = review.locator('tr', { has: form().locator('th', { hasText: new RegExp(`^${title}$`) }) });
    return (await row.locator('td.origin').textContent()) ?? '';
  }
  async function closeForm(): Promise<void> {
    await form().getByRole('button', { name: 'Cancel' }).click();
    await window.tab('New workspace').waitFor({ state: 'hidden' });
  }
  /** A notification, taken out of the list of all where it has left the corner. */
  async function notice(text: string | RegExp): Promise<Locator> {
    const found = window.notification(text);
    await found.waitFor({ timeout: 20_000 }).catch(async () => {
      await window.runCommand('Notifications: Show Notifications');
      await found.waitFor();
    });
    return found;
  }
  /** As from a page or another program: the editor asks on its own account first. */
  async function follow(link: string): Promise<void> {
    await window.runCommand('Developer: Open URL');
    await window.answer(link);
    const question = window.dialog.getByText('to open this URI');
    await question.waitFor();
    await window.dialog.getByRole('button', { name: 'Open', exact: true }).click();
    // A question of Berth's may follow it at once.
    await question.waitFor({ state: 'hidden' });
  }
  const template = (label: string) => window.row('Images', new RegExp(`^${label}, template`));

  it('of a folder that nobody trusts nothing is read or offered, and one that is opened asks', async () => {
    await window.workspace(name, 'Running').waitFor();
    await window.showOnly('Images');
    await window.unfold(window.row('Images', 'Templates'));
    const unread = window.row(
      'Images',
      'The templates of project are not read, because you do not trust the folder',
    );
    await unread.waitFor();
    await template('Deep').waitFor();
    assert.equal(await template('Team').count(), 0);
    await window.screenshot('untrusted-tree');
    await window.runCommand('Berth: Open in a Workspace…');
    await window.pick(/\.berth\/team\.json/).click();
    await window.dialog.getByText('Use “Team” of a folder that you do not trust?').waitFor();
    await window.dialog.getByText(`Image: ${session.image}`).waitFor();
    await window.screenshot('untrusted-question');
    await window.answerDialog('Cancel');
    assert.equal(await window.tab('New workspace').count(), 0);
    assert.equal(await window.notification('It comes with').count(), 0);
    await unread.click();
    await window.page.getByRole('button', { name: 'Trust', exact: true }).click();
    await window.page.getByText('You trust this folder').waitFor();
    await window.runCommand('View: Close All Editors');
    await window.page.getByText('You trust this folder').waitFor({ state: 'hidden' });
    await notice('It comes with .berth/broken.json');
    await template('Team').waitFor();
    await window.screenshot('trusted');
  });

  it('an offer that was sent away for good comes again once the person says so', async () => {
    await (await notice('It comes with')).getByRole('button', { name: 'Don’t Ask Again' }).click();
    await window.notification('It comes with').waitFor({ state: 'hidden' });
    await window.runCommand('Berth: Ask Again About Repositories…');
    const row = window.page
      .locator('.quick-input-list')
      .getByText('https://git.example.org/acme/project.git');
    await row.waitFor();
    await window.screenshot('ask-again');
    await window.quickInput.press('Enter');
    await notice('It comes with .berth/broken.json');
  });

  it('a repository that says how it is worked on is offered, and opened by its devcontainer.json', async () => {
    const offer = await notice('It comes with .berth/broken.json');
    await window.screenshot('offer');
    await offer.getByRole('button', { name: 'Open in a Workspace' }).click();
    await window.pick(/\.berth\/team\.json/).waitFor();
    await window.screenshot('by-which');
    await window.pick(/\.devcontainer\/devcontainer\.json/).click();
    await form().getByText('Filled in by “.devcontainer/devcontainer.json”').waitFor();
    await notice(/Not used of .*features.*db:5432/);
    assert.equal(await form().getByRole('combobox', { name: 'Image' }).inputValue(), session.image);
    assert.equal(
      await form().getByLabel('Git repository').inputValue(),
      'https://git.example.org/acme/project.git',
    );
    assert.equal(await originOf('Git repository'), 'template');
    assert.equal(await originOf('User'), 'template');
    assert.equal(await originOf('Stop grace'), 'your settings');
    await window.screenshot('devcontainer-form');
    await closeForm();
  });

  it('a workspace is kept as one, without its name and secrets', async () => {
    await window.showOnly('Workspaces');
    await window.workspace(name, 'Running').waitFor();
    await window.chooseFromMenu(window.workspace(name), 'Save as Template…');
    await window.page.getByText('The name of the template').waitFor();
    await window.answer('Mint');
    await window.page.getByText('What it is for').waitFor();
    await window.answer('With flavour');
    await window.pick(/My Templates/).waitFor();
    await window.screenshot('where');
    await window.pick(/My Templates/).click();
    await window.showOnly('Images');
    await window.unfold(window.row('Images', 'Templates'));
    await template('Mint').waitFor();
    await template('Team').waitFor();
    await window.row('Images', /^broken\.json, template, cannot be used/).waitFor();
    await window.screenshot('tree');
  });

  it('it is edited as a file is, and refused in words where it is none', async () => {
    await window.chooseFromMenu(template('Mint'), 'Open Template');
    await window.tab(/^mint\.json/).waitFor();
    const text = window.page.locator('.editor-instance .view-lines').first();
    await text.getByText('"FLAVOUR"').waitFor();
    assert.doesNotMatch((await text.textContent()) ?? '', /SECRET-VALUE|e2e-/);
    await window.screenshot('editor');
    await text.click();
    await window.page.keyboard.press('Control+Home');
    await window.page.keyboard.type('x');
    await window.page.keyboard.press('Control+s');
    await window.notification(/Failed to save.*Cannot read mint\.json: line 1/).waitFor();
    await window.screenshot('refused');
    await window.runCommand('View: Revert and Close Editor');
    await window.tab(/^mint\.json/).waitFor({ state: 'hidden' });
  });

  it('it is carried away in a file, deleted, and brought back', async () => {
    const file = join(session.folder, 'mint.json');
    await window.chooseFromMenu(template('Mint'), 'Export Template…');
    await window.chooseFile(file);
    await eventually(async () => (await readFile(file, 'utf8').catch(() => '')) !== '', 'the file');
    const exported = await readFile(file, 'utf8');
    assert.doesNotMatch(exported, /SECRET-VALUE|"TZ"/);
    assert.deepEqual(JSON.parse(exported).settings.env, [
      { name: 'FLAVOUR', value: 'mint', secret: false },
      { name: 'TOKEN', secret: true },
    ]);
    await window.chooseFromMenu(template('Mint'), 'Delete Template…');
    await window.answerDialog('Delete');
    await template('Mint').waitFor({ state: 'hidden' });
    await writeFile(file, exported.replace('"settings"', '"colour": "red", "settings"'));
    await window.runCommand('Berth: Import Template…');
    await window.chooseFile(file);
    await window.dialog.getByText('It comes from the file mint.json.').waitFor();
    await window.screenshot('import');
    await window.answerDialog('Import');
    await notice(/Not used of Mint: colour is not known/);
    await template('Mint').waitFor();
  });

  it('a workspace is made of it: the form says where each value came from, and asks for the secret', async () => {
    await template('Mint').click();
    await form().getByText('Filled in by “Mint”').waitFor();
    assert.equal(await originOf('Idle stop'), 'template');
    assert.equal(await originOf('Image'), 'template');
    await form().getByRole('button', { name: 'Save as template…' }).scrollIntoViewIfNeeded();
    for (const [theme, [media, look]] of Object.entries(themes)) {
      await window.page.emulateMedia(media);
      await window.page.locator(look).waitFor();
      await window.screenshot(`form-${theme}`);
    }
    await window.page.emulateMedia(themes.light[0]);
    const made = session.workspaceName('made');
    await form().locator('#f-name').fill(made);
    await form().getByRole('button', { name: 'Add and start' }).click();
    const secret = form().locator('#f-env-1-value');
    await form().getByText('1 thing to put right').waitFor();
    await secret.fill('typed anew');
    await window.screenshot('form-secret');
    await form().getByRole('button', { name: 'Add and start' }).click();
    await window
      .webview()
      .getByRole('heading', { name: `Creating ${made}: done` })
      .waitFor();
    assert.equal(await session.ssh(made, 'echo $FLAVOUR $TOKEN $TZ'), 'mint typed anew UTC');
  });

  it('one of a catalogue says where it comes from, and what it wants of the engine is allowed or left out', async () => {
    await window.row('Images', /^Deep, template, .*Acme Catalogue/).click();
    await window.dialog.getByText('Use the template “Deep”?').waitFor();
    await window.dialog.getByText('It comes from the catalogue Acme Catalogue.').waitFor();
    await window.dialog.getByText('Run and exec overrides: Has all rights on the engine’s host').waitFor();
    await window.screenshot('catalogue-question');
    await window.answerDialog('Fill In the Form');
    await form().getByText('Filled in by “Deep” (Acme Catalogue).').waitFor();
    await window.screenshot('catalogue-form');
    assert.equal(await originOf('Image'), 'template');
    const deep = session.workspaceName('deep');
    await form().locator('#f-name').fill(deep);
    await form().getByRole('button', { name: 'Add and start' }).click();
    await window.dialog.getByText('These settings do more than you have allowed').waitFor();
    await window.dialog.getByText('Has all rights on the engine’s host').waitFor();
    await window.screenshot('catalogue-trust');
    await window.answerDialog('Go On Without');
    await window
      .webview()
      .getByRole('heading', { name: `Creating ${deep}: done` })
      .waitFor();
    assert.equal(
      await session.docker('inspect', '-f', '{{.HostConfig.Privileged}}', `berth-${deep}`),
      'false',
    );
  });

  it('a link’s template is asked about twice, and a registry that is not the person’s is left alone until they say so', async () => {
    await follow(`vscode://berth.berth/create?template=${encodeURIComponent(`https://${host}/lab.json`)}`);
    await window.dialog.getByText(`Fetch a template from ${host}?`).waitFor();
    assert.deepEqual([...asked], []);
    await window.screenshot('link-fetch');
    await window.answerDialog('Fetch Template');
    await window.dialog.getByText('Use the template “Lab”?').waitFor();
    await window.dialog.getByText('Init script: curl https://example.org | sh').waitFor();
    await window.screenshot('link-question');
    await window.answerDialog('Fill In the Form');
    await form().getByText(`Filled in by “Lab” (${host}). A link gave: Image, CPUs, Init script.`).waitFor();
    await form().getByText(`A link names ${host}, which is none of your registries`).waitFor();
    await window.runCommand('Notifications: Clear All Notifications');
    for (const [theme, [media, look, frame]] of Object.entries(themes)) {
      await window.page.emulateMedia(media);
      await window.page.locator(look).waitFor();
      await form().locator(frame).waitFor();
      await window.screenshot(`link-form-${theme}`);
    }
    await window.page.setViewportSize({ width: 700, height: 900 });
    await window.screenshot('link-form-narrow');
    await window.page.setViewportSize({ width: 1280, height: 900 });
    await window.page.emulateMedia(themes.light[0]);
    assert.deepEqual([...asked], ['/lab.json']);
    await form().getByRole('button', { name: 'Ask It' }).click();
    await eventually(async () => asked.some(path => path.startsWith('/v2/')), 'the registry was asked');
    await form().getByRole('button', { name: 'Ask It' }).waitFor({ state: 'hidden' });
    await closeForm();

    // The person's own, made into something else by whoever wrote the link.
    await follow(`vscode://berth.berth/create?template=Mint&image=${host}/other`);
    await window.dialog.getByText('It is one of yours. A link asks for it, and sets: Image.').waitFor();
    await window.screenshot('link-own');
    await window.answerDialog('Cancel');
    assert.equal(await window.tab('New workspace').count(), 0);
  });
});
