/** Into a workspace from the editor: what is opened, what Remote-SSH is told, a terminal, an app in the browser. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run } from '../support/command.ts';
import { packRemoteExtension } from './remoteExtension.ts';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

/** A web server of one page, in what the image has. */
const server = `
  $listener = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 8000, Listen => 5, ReuseAddr => 1) or die;
  while ($client = $listener->accept) {
    while (<$client>) { last if /^\\r?$/ }
    print $client "HTTP/1.0 200 OK\\r\\nContent-Type: text/html\\r\\n\\r\\n<h1>from the app</h1>";
    close $client;
  }`;

describe('connecting', () => {
  let session: Session;
  let window: Workbench;
  let name = '';
  before(async () => {
    session = await Session.start({ name: 'connect', extensions: packRemoteExtension });
    name = session.workspaceName('box');
    await session.create(name, {
      apps: [
        { id: 'web', label: 'Site', command: `exec perl -MIO::Socket::INET -e '${server}'`, port: 8000 },
      ],
    });
    window = await session.window();
    await window.workspace(name, 'Running').waitFor();
  });
  after(async () => {
    await session?.[Symbol.asyncDispose]();
  });

  it('opens the right folder of the right host, and has made everything ready for ssh', async () => {
    const opened = session.context.waitForEvent('page');
    await window.chooseFromMenu(window.workspace(name), 'Connect in New Window');
    // Asked this once: ssh folders are given up before a workspace that is off is up.
    await window.screenshot('patience');
    await window.dialog.getByRole('button', { name: 'Raise to 120 s' }).click();
    await (await opened).close();
    assert.deepEqual(window.opened, [`vscode-remote://ssh-remote+${name}.e2e.berth/root`]);
    const settings: Record<string, unknown> = JSON.parse(await readFile(session.settingsFile, 'utf8'));
    assert.deepEqual(settings['remote.SSH.remotePlatform'], { [`${name}.e2e.berth`]: 'linux' });
    assert.equal(settings['remote.SSH.connectTimeout'], 120);
    const config = join(session.sshFolder, 'config');
    const { stdout } = await run('ssh', ['-F', config, '-o', 'BatchMode=yes', `${name}.e2e.berth`, 'pwd']);
    assert.equal(stdout, '/root\n');
  });

  it('opens a terminal in the workspace', async () => {
    await window.chooseFromMenu(window.workspace(name), 'Open Terminal');
    await window.page.locator('.terminal-wrapper.active').first().waitFor();
    await window.page.waitForTimeout(2_000);
    await window.page.keyboard.type('echo seen-$((40+2)) > ~/typed\n');
    const until = Date.now() + 60_000;
    const typed = () => session.ssh(name, 'cat ~/typed 2>/dev/null || true');
    while ((await typed()) === '' && Date.now() < until) await window.page.waitForTimeout(300);
    assert.equal(await typed(), 'seen-42');
    await window.screenshot('terminal');
  });

  it('opens an app in the browser through a forward', async () => {
    const opened = session.context.waitForEvent('page');
    await window.chooseFromMenu(window.workspace(name), 'Open App in Browser');
    // Asked for once where the editor does not trust the address.
    const asked = window.dialog.getByRole('button', { name: 'Open', exact: true }).click();
    asked.catch(() => {});
    await Promise.race([opened, asked]);
    const page = await opened;
    await page.getByRole('heading', { name: 'from the app' }).waitFor();
    await page.screenshot({ path: join(session.folder, 'app.png') });
    await page.close();
  });
});

describe('connecting without an extension that opens ssh folders', () => {
  let session: Session;
  let window: Workbench;
  let name = '';
  before(async () => {
    session = await Session.start({ name: 'connect-bare' });
    name = session.workspaceName('box');
    await session.create(name);
    window = await session.window();
    await window.workspace(name, 'Running').waitFor();
  });
  after(async () => {
    await session?.[Symbol.asyncDispose]();
  });

  it('offers what helps: to install one, a terminal, the ssh command', async () => {
    await window.clickInline(window.workspace(name), 'Connect');
    await window.pick(/Install jeanp413.open-remote-ssh/).waitFor();
    await window.pick(/Open a Terminal/).waitFor();
    await window.screenshot('choice');
    await window.pick(/Copy the ssh Command/).click();
    await window.page.waitForTimeout(1_500);
    const copied = await window.page.evaluate('navigator.clipboard.readText()');
    assert.match(String(copied), new RegExp(`^ssh -F .*/e2e\\.conf ${name}\\.e2e\\.berth$`));
  });
});
