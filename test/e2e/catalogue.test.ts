/** Catalogues in real VS Code: added from the web, looked through, reviewed, created from on a real engine, and changed. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../support/command.ts';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><circle cx="32" cy="32" r="30" fill="#2a7"/></svg>';

describe('a catalogue', () => {
  let session: Session;
  let window: Workbench;
  let server: Server;
  let name = '';
  let address = '';
  const asked: string[] = [];
  let runConfig: Record<string, unknown> = {};

  before(async () => {
    session = await Session.start({ name: 'catalogue', viewport: { width: 1280, height: 900 } });
    name = session.workspaceName('cat');
    await session.create(session.workspaceName('other'));
    runConfig = {
      cap_add: ['NET_ADMIN'],
      privileged: true,
      hostname: 'from-catalogue',
      environment: { FLAVOUR: 'mint' },
    };
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url?.endsWith('/1.1/list.json')) response.end(JSON.stringify(list()));
      else if (request.url?.endsWith('/1.1/versions.json')) response.end('{"versions":["1.18.x"]}');
      else if (request.url?.endsWith('.svg')) response.end(icon);
      else response.writeHead(404).end();
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    window = await session.window();
    await window.target(session.targetTitle, 'Docker').waitFor();
  });
  after(async () => {
    server?.close();
    await session?.[Symbol.asyncDispose]();
  });

  function list() {
    const entry = (friendly_name: string, more: object = {}) => ({
      friendly_name,
      description: `${friendly_name}, ready to use`,
      image_src: 'icon.svg',
      architecture: ['amd64', 'arm64'],
      categories: ['Tools'],
      docker_registry: '',
      compatibility: [
        { version: '1.18.x', image: session.image, uncompressed_size_mb: 300, available_tags: [] },
      ],
      ...more,
    });
    return {
      name: 'Test Catalogue',
      description: 'For a test',
      channels: ['old', 'stable', 'edge'],
      default_channel: null,
      workspaces: [
        entry('Mint', {
          run_config: runConfig,
          exec_config: {
            first_launch: { cmd: 'sh -c "echo launched > /tmp/launched"' },
            go: { cmd: `sh -c 'echo "$KASM_URL" > /tmp/opened'` },
          },
          memory: 300,
          cores: 1,
          notes: '**Fresh.** See [more](https://example.org/).',
        }),
        entry('Plain', {
          compatibility: [
            { version: '1.16.x', image: 'acme/plain:16', available_tags: ['old'] },
            { version: '1.18.x', image: 'acme/plain:18', available_tags: ['stable', 'edge'] },
          ],
        }),
        entry('Graphics', { require_gpu: true }),
        { friendly_name: 'Broken', description: 'x', image_src: 'x.png', architecture: ['amd64'] },
      ],
    };
  }

  it('is added once the person has read what it will be trusted with', async () => {
    await window.runCommand('Berth: Add Catalogue…');
    await window.pick(/An Address/).click();
    await window.answer(`${address}/`);
    await window.dialog.getByText(`Add the catalogue ${address}?`).waitFor();
    assert.deepEqual(asked, []);
    await window.screenshot('trust');
    await window.answerDialog('Add Catalogue');
    const gallery = window.webview();
    await gallery.getByRole('heading', { name: 'Test Catalogue' }).waitFor();
    await gallery.locator('.card', { hasText: 'Mint' }).waitFor();
    await gallery.locator('.card img').first().waitFor();
    await window.screenshot('gallery');
  });

  it('is narrowed down to what fits the target', async () => {
    const gallery = window.webview();
    await gallery.getByText('Fits my target').click();
    await gallery.getByText('2 of 3 entries').waitFor();
    await gallery.getByLabel('Search the catalogues').fill('mint');
    await gallery.getByText('1 of 3 entries').waitFor();
  });

  it('an entry is reviewed, and made into a workspace with what was allowed and no more', async () => {
    const gallery = window.webview();
    await gallery.locator('.card', { hasText: 'Mint' }).click();
    await gallery.getByText('Has all rights on the engine’s host').waitFor();
    await gallery.getByText('sh -c "echo launched > /tmp/launched"').waitFor();
    await window.screenshot('review');
    await gallery.getByRole('button', { name: 'Accept and Fill In the Form' }).click();
    await window.tab('New workspace').waitFor();
    const form = window.webview();
    await form.getByRole('heading', { name: 'New workspace' }).waitFor();
    assert.match(await form.getByRole('combobox', { name: 'Image' }).inputValue(), /berth/);
    await form.locator('#f-name').fill(name);
    await window.screenshot('form');
    await form.getByRole('button', { name: 'Add and start' }).click();
    await window.tab(name).waitFor();
    await window.workspace(name, 'Running').waitFor();
    await window
      .webview()
      .getByRole('heading', { name: `Creating ${name}: done` })
      .waitFor();
    assert.equal(
      await session.docker(
        'inspect',
        '-f',
        '{{.HostConfig.Privileged}} {{.HostConfig.CapAdd}} {{.Config.Hostname}}',
        `berth-${name}`,
      ),
      'false [NET_ADMIN] from-catalogue',
    );
    assert.equal(await session.ssh(name, 'cat /tmp/launched; echo $FLAVOUR'), 'launched\nmint');
    await window.screenshot('created');
  });

  it('has a workspace open an address in itself, as its entry says', async () => {
    await window.runCommand('Berth: Open an Address in a Workspace…');
    await window.runCommand('Berth: Open an Address in a Workspace…');
    // The only one that can.
    await window.pick(new RegExp(name)).click();
    await window.answer('https://example.org/a?b=c d');
    await eventually(
      async () =>
        (await session.ssh(name, 'cat /tmp/opened 2>/dev/null || true')) === 'https://example.org/a?b=c d',
      'the entry’s command got the address',
    );
  });

  it('is on the channel that is chosen; what its versions.json does not list comes last', async () => {
    await window.runCommand('Berth: Choose Catalogue Channel…');
    await window.pick(/^Test Catalogue/).click();
    await window.pick('stable').waitFor();
    assert.deepEqual(
      await window
        .pick(/^(?:old|stable|edge)/)
        .evaluateAll(rows => rows.map(row => row.getAttribute('aria-label')?.replace(/\s+/g, ' '))),
      ['stable, 1.18.x', 'edge, 1.18.x', 'old, 1.16.x, not listed any more'],
    );
    await window.screenshot('channels');
    await window.pick(/^edge/).click();
    await window.runCommand('Berth: Open Catalogues');
    const gallery = window.webview();
    // At the entry that was looked at last.
    await gallery.getByRole('button', { name: 'Back to the Catalogues' }).click();
    await gallery.getByLabel('Search the catalogues').fill('plain');
    await gallery.locator('.card', { hasText: 'Plain, ready to use' }).click();
    await gallery.getByText('docker.io/acme/plain:edge').waitFor();
    const settings: Record<string, unknown> = JSON.parse(await readFile(session.settingsFile, 'utf8'));
    assert.deepEqual(settings['berth.catalogues'], [
      { url: 'berth:starter' },
      { url: address, channel: 'edge' },
    ]);
    await gallery.getByRole('button', { name: 'Back to the Catalogues' }).click();
  });

  it('what it was allowed is taken back, and then asked for again', async () => {
    await window.runCommand('Berth: Revoke What Catalogues Were Allowed…');
    await window.screenshot('revoke');
    await window.pick(/^Mint, .*Can change its network/).click();
    // Of another like the one that was made from it, too, what it runs included.
    const copy = session.workspaceName('copy');
    await window.chooseFromMenu(window.workspace(name), 'Duplicate…');
    const form = window.webview();
    await form.locator('#f-name').fill(copy);
    await form.getByRole('button', { name: 'Add and start' }).click();
    await window.dialog.getByText('These settings do more than you have allowed').waitFor();
    await window.dialog.getByText(/Can change its network.*NET_ADMIN/).waitFor();
    await window.dialog.getByText(/Runs this once after the creation.*launched/).waitFor();
    await window.screenshot('duplicate');
    await window.answerDialog('Go On Without');
    await window.workspace(copy, 'Running').waitFor();
    assert.equal(await session.docker('inspect', '-f', '{{.HostConfig.CapAdd}}', `berth-${copy}`), '[]');
    assert.equal(await session.ssh(copy, 'ls /tmp/launched 2>/dev/null || echo none'), 'none');

    await window.runCommand('Berth: Open Catalogues');
    const gallery = window.webview();
    await gallery.getByLabel('Search the catalogues').fill('mint');
    await gallery.locator('.card', { hasText: 'Mint' }).click();
    await gallery.locator('.review-warned vscode-checkbox').first().waitFor();
    assert.equal(await gallery.getByText('Allowed before').count(), 0);
    // And given again, for what follows.
    await gallery.getByRole('button', { name: 'Accept and Fill In the Form' }).click();
    await window.tab('New workspace').waitFor();
  });

  it('the one that comes with Berth is removed and restored', async () => {
    await window.showOnly('Images');
    await window.unfold(window.row('Images', 'Catalogues'));
    const starter = window.row('Images', /^Berth Starter, catalogue/);
    await window.chooseFromMenu(starter, 'Remove Catalogue…');
    await window.answerDialog('Remove');
    await starter.waitFor({ state: 'detached' });
    await window.runCommand('Berth: Restore the Built-In Catalogue');
    await starter.waitFor();
  });

  it('stands in the tree with its entries, those that cannot be used with the reason', async () => {
    await window.unfold(window.row('Images', /^Test Catalogue, catalogue, 3 entries/));
    await window.row('Images', /^Graphics, entry/).waitFor();
    await window.row('Images', /^Broken, entry that cannot be used: .*names no image/).waitFor();
    // What Berth brings along is beside it.
    await window.row('Images', /^Berth Starter, catalogue, \d+ entries/).waitFor();
    await window.screenshot('tree');
    await window.row('Images', /^Plain, entry/).click();
    await window.webview().getByRole('heading', { name: 'Plain' }).waitFor();
    await window.webview().getByText('Nothing that other workspaces may not.').waitFor();
  });

  it('an entry that has changed is reviewed again', async () => {
    runConfig = { ...runConfig, cap_add: ['NET_ADMIN', 'NET_RAW'] };
    await window.runCommand('Berth: Refresh Catalogues');
    await window.row('Images', /^Mint, entry, changed since you used it/).click();
    const gallery = window.webview();
    await gallery.getByText('It has changed since you allowed it').waitFor();
    assert.match((await gallery.locator('.grant', { hasText: 'NET_RAW' }).textContent()) ?? '', /New/);
    await window.screenshot('changed');
  });

  it('a link to one that is not there reads nothing before the person says yes', async () => {
    asked.length = 0;
    const link = `vscode://berth.berth/create?catalogue=${encodeURIComponent(`${address}/other`)}&entry=Plain`;
    const follow = async () => {
      await window.runCommand('Developer: Open URL');
      await window.answer(link);
      await window.page.getByRole('dialog').getByRole('button', { name: 'Open', exact: true }).click();
      await window.dialog.getByText(`Add the catalogue ${address}/other?`).waitFor();
    };
    await follow();
    await window.answerDialog('Cancel');
    await new Promise(resolve => setTimeout(resolve, 500));
    assert.deepEqual(
      asked.filter(url => url.startsWith('/other')),
      [],
    );
    await follow();
    await window.answerDialog('Add Catalogue');
    await window.webview().getByRole('heading', { name: 'Plain' }).waitFor();
    assert.ok(asked.some(url => url.startsWith('/other/1.1/list.json')));
  });

  it('is removed with what was allowed; the workspace stays', async () => {
    await window
      .row('Images', /^Test Catalogue, catalogue, 3 entries/)
      .nth(1)
      .waitFor();
    await window.chooseFromMenu(
      window.row('Images', /^Test Catalogue, catalogue/).first(),
      'Remove Catalogue…',
    );
    await window.dialog.getByText('Workspaces that were made from it stay').waitFor();
    await window.answerDialog('Remove');
    await window.row('Images', /^Mint, entry, changed/).waitFor({ state: 'detached' });
    await window.showOnly('Workspaces');
    await window.workspace(name, 'Running').waitFor();
  });
});
