/** Templates in real VS Code: a repository is offered, a workspace is kept as one, carried away in a file, brought back, and used. */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import { eventually } from '../support/command.ts';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

const themes = {
  light: [{ colorScheme: 'light', forcedColors: 'none' }, '.monaco-workbench.vs'],
  dark: [{ colorScheme: 'dark', forcedColors: 'none' }, '.monaco-workbench.vs-dark'],
  contrast: [{ colorScheme: 'dark', forcedColors: 'active' }, '.monaco-workbench.hc-black'],
} as const;

describe('templates', () => {
  let session: Session;
  let window: Workbench;
  let project = '';
  let name = '';
  before(async () => {
    session = await Session.start({
      name: 'templates',
      viewport: { width: 1280, height: 900 },
      settings: {
        'berth.defaults': { '*': { env: { TZ: 'UTC' }, stopGraceSeconds: 3 } },
        'window.autoDetectColorScheme': true,
      },
    });
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
    await session?.[Symbol.asyncDispose]();
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
  const template = (label: string) => window.row('Images', new RegExp(`^${label}, template`));

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
});
