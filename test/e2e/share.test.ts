/** Sharing a workspace: keys from a file and a forge, who is connected, taking a key out, and a connection as a file. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { generateKey } from '../../src/ssh/key.ts';
import { Background, eventually, run } from '../support/command.ts';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

const anna = generateKey('anna@laptop');
const bob = generateKey('');

describe('a workspace that is shared', () => {
  const forge = createServer((request, response) => {
    if (request.url === '/bob.keys') response.end(`${bob.publicKey}\n`);
    else response.writeHead(404).end();
  });
  let host = '';
  let session: Session;
  let window: Workbench;
  let name = '';
  before(async () => {
    await new Promise<void>(resolve => forge.listen(0, '127.0.0.1', resolve));
    const address = forge.address();
    host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    session = await Session.start({
      name: 'share',
      settings: { 'berth.ssh.forges': [`http://${host}`], 'workbench.colorTheme': 'Default Light Modern' },
    });
    name = session.workspaceName('one');
    await session.create(name);
    await writeFile(join(session.folder, 'anna'), anna.privateKey, { mode: 0o600 });
    await writeFile(join(session.folder, 'anna.pub'), `${anna.publicKey}\n`);
    await writeFile(join(session.folder, 'bob'), bob.privateKey, { mode: 0o600 });
    window = await session.window();
    await window.workspace(name, 'Running').waitFor();
  });
  after(async () => {
    // First, since one that still listens keeps the run from its end, whatever becomes of the rest.
    forge.close();
    forge.closeAllConnections();
    await session?.[Symbol.asyncDispose]();
  });

  /** The beginning of an ssh command line with that person's key and no other. */
  async function sshAs(person: string): Promise<string[]> {
    await using berth = await session.berth();
    const config = join(session.folder, `${person}.config`);
    const mine = (await berth.engine.list()).filter(workspace => workspace.name === name);
    await writeFile(config, await berth.sshHome.configFor(berth.target, mine, join(session.folder, person)));
    return ['-F', config, '-o', 'BatchMode=yes', berth.alias(name)];
  }
  const enter = async (person: string) =>
    await run('ssh', [...(await sshAs(person)), 'echo in'], { mayFail: true });
  const manage = async () => {
    await window.chooseFromMenu(window.workspace(name), 'Share and Manage Access…');
    await window.page.getByText(`Who may enter ${name}`).waitFor();
  };

  it('lets those in whose keys came from a file and from a forge, at once', async () => {
    assert.match((await enter('anna')).stderr, /Permission denied/);
    await manage();
    await window.pick(/e2e@example.org.*this machine/).waitFor();
    await window.screenshot('private');
    const asksWhose = window.page.getByText('Whose key is it?');
    // The dialog goes where something else takes the focus.
    for (let attempt = 0; attempt < 3 && !(await asksWhose.isVisible()); attempt++) {
      if (attempt > 0) await manage();
      await window.pick('Public Keys from a File…').click();
      await window.chooseFile(join(session.folder, 'anna.pub'), `Give access to ${name}`);
      await asksWhose.waitFor({ timeout: 10_000 }).catch(() => {});
    }
    await asksWhose.waitFor();
    assert.equal(await window.quickInput.inputValue(), 'anna@laptop');
    await window.screenshot('name');
    await window.quickInput.press('Enter');
    await window.pick(/anna@laptop/).waitFor();
    assert.equal((await enter('anna')).stdout.trim(), 'in');

    await window.pick(`The Keys of a User at ${host}…`).click();
    await window.page.getByText('Whose keys? The user name at').waitFor();
    await window.answer('bob');
    await window.page.getByText('Whose key is it?').waitFor();
    assert.equal(await window.quickInput.inputValue(), `bob@${host}`);
    await window.quickInput.press('Enter');
    await window.pick(/bob@127/).waitFor();
    await window.screenshot('shared');
    assert.equal((await enter('bob')).stdout.trim(), 'in');
    await window.page.keyboard.press('Escape');
  });

  it('refuses a private key loudly, and does not say it again', async () => {
    await manage();
    await window.pick('Paste a Public Key…').click();
    await window.page.getByText('The public key, as it stands in a file').waitFor();
    await window.quickInput.fill(anna.privateKey.replaceAll('\n', ' '));
    await window.page.getByText(/That is a PRIVATE key/).waitFor();
    await window.screenshot('private-key');
    await window.page.keyboard.press('Escape');
  });

  it('says who is connected, and disconnects whose key is taken out', async () => {
    const there = new Background('ssh', [...(await sshAs('anna')), 'echo joined; sleep 600']);
    try {
      await there.until(() => there.output.includes('joined'), 'she was in');
      await window.chooseFromMenu(window.workspace(name), 'Show Page');
      await window.webview().getByText('anna@laptop').first().waitFor();
      await window.webview().getByRole('heading', { name: 'Connected now' }).scrollIntoViewIfNeeded();
      await window.screenshot('connected');
      await manage();
      await window.pick(/anna@laptop.*connected now/).click();
      await window.dialog.getByText(`Take the key of anna@laptop out of ${name}?`).waitFor();
      await window.screenshot('take-out');
      await window.answerDialog('Take It Out and Disconnect');
      assert.notEqual(await there.ended(60_000), undefined, 'her session was ended');
      // The list comes back without her.
      await window.pick(/bob@127/).waitFor();
      await window.pick(/anna@laptop/).waitFor({ state: 'detached' });
      await window.page.keyboard.press('Escape');
      await window.pick(/bob@127/).waitFor({ state: 'detached' });
    } finally {
      await there.stop();
    }
    assert.match((await enter('anna')).stderr, /Permission denied/);
    assert.equal((await enter('bob')).stdout.trim(), 'in');
  });

  it('is told to others by a file, which brings it back into the list', async () => {
    const file = join(session.folder, 'one.berth-connection.json');
    await window.chooseFromMenu(window.workspace(name), 'Export a Connection File…');
    await window.chooseFile(file, 'Export a Connection File');
    await window.notification('A colleague imports').waitFor();
    const written = await readFile(file, 'utf8');
    assert.doesNotMatch(written, /PRIVATE|id_ed25519/);

    await window.runCommand('Berth: Remove Target…');
    await window.answerDialog('Remove');
    await window.workspace(name).waitFor({ state: 'detached' });
    const importIt = async () => {
      await window.runCommand('Berth: Import a Connection File…');
      await window.chooseFile(file, 'Import a Connection File');
    };
    await importIt();
    await window.dialog.getByText(`unix://${session.relay.socketPath}`).waitFor();
    await window.screenshot('import');
    await window.answerDialog('Add');
    await window.workspace(name, 'Running').waitFor();
    await window.notification(`${name}.${session.target}.berth is in the list`).waitFor();
    await eventually(
      async () => (await session.ssh(name, 'echo in').catch(() => '')) === 'in',
      'ssh knew it',
    );

    // Once more is harmless; another host key is not believed.
    await importIt();
    await writeFile(file, written.replace(/"hostKey": "[^"]+"/, `"hostKey": "${generateKey('').publicKey}"`));
    await importIt();
    await window.notification('ANOTHER HOST KEY').waitFor();
    await window.screenshot('another-host-key');
    assert.equal(
      await window
        .tree('Workspaces')
        .getByRole('treeitem', { name: /, target, / })
        .count(),
      1,
    );
  });

  it('gets another key of this machine', async () => {
    const publicKey = () => readFile(join(session.sshFolder, 'berth', 'id_ed25519.pub'), 'utf8');
    const before = await publicKey();
    await window.runCommand('Berth: Rotate Key…');
    await window.screenshot('rotate');
    await window.answerDialog('Rotate');
    // Other tests' workspaces on this engine do not have this key.
    await window.notification('Workspaces with the new key: 1. It was tried in those that run: 1.').waitFor();
    assert.notEqual(await publicKey(), before);
    assert.equal(await session.ssh(name, 'echo in'), 'in');
  });

  it('is another’s for another, who is asked with the name before it is changed', async () => {
    const settings = JSON.parse(await readFile(session.settingsFile, 'utf8'));
    await writeFile(
      session.settingsFile,
      JSON.stringify({
        ...settings,
        'berth.identity': 'carl@example.org',
        'workbench.colorTheme': 'Default Dark Modern',
      }),
    );
    const loaded = window.page.waitForEvent('load');
    await window.runCommand('Developer: Reload Window');
    await loaded;
    await window.workspace(name, 'Running.*of e2e@example.org').waitFor();
    const belongs = window.dialog.getByText('It belongs to e2e@example.org, not to you');
    await window.chooseFromMenu(window.workspace(name), 'Show Page');
    const page = window.webview();
    await page.getByText('Made by e2e@example.org').waitFor();
    await window.screenshot('another-page');
    for (const [button, title] of [
      ['Stop', `Stop ${name}?`],
      ['Edit', `Edit ${name} of e2e@example.org?`],
      ['Share…', `Manage who may enter ${name} of e2e@example.org?`],
      ['Delete', `Delete ${name}?`],
    ] as const) {
      await page.getByRole('button', { name: button, exact: true }).click();
      await window.dialog.getByText(title).waitFor();
      await belongs.waitFor();
      await window.screenshot(`another-${button.replace('…', '').toLowerCase()}`);
      await window.answerDialog('Cancel');
    }
    for (const [command, title] of [
      ['Clone with Home…', `Clone ${name} of e2e@example.org?`],
      ['Back Up…', `Back up ${name} of e2e@example.org?`],
    ] as const) {
      await window.chooseFromMenu(window.workspace(name), command);
      await window.dialog.getByText(title).waitFor();
      await belongs.waitFor();
      await window.dialog.getByText('All files in /root are copied, private ones too').waitFor();
      await window.screenshot(`another-${command.split(' ', 1)[0]?.toLowerCase()}`);
      await window.answerDialog('Cancel');
    }
  });
});
