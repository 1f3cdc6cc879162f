import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { BerthError } from '../../../src/workspace/error.ts';
import { Defaults } from '../../../src/workspace/inherited.ts';
import { TargetId, WorkspaceName } from '../../../src/workspace/name.ts';
import { startChromium } from '../../support/chromium.ts';
import { createdForm, down, local, up, World, workspaceOf } from '../../support/pages/fakes.ts';
import { showForm } from '../../support/pages/showForm.ts';
import type { Stage } from '../../support/pages/stage.ts';
import { until } from '../../support/pages/until.ts';

/** What stands under a field now; '' where nothing is wrong. */
const messageOf = (page: Page, path: string) =>
  page.locator(`#f-${path.replaceAll('.', '-')}-message`).textContent();

const says = (page: Page, path: string, expected: RegExp) =>
  until(`${path} says ${expected}`, async () => expected.test((await messageOf(page, path)) ?? ''));

/** Tab until the focus is on the element with that id. */
async function tabTo(page: Page, id: string): Promise<void> {
  for (let presses = 0; presses < 120; presses++) {
    if ((await page.evaluate('document.activeElement?.id')) === id) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`#${id} cannot be reached by Tab`);
}

/** Tab until the focus is on a button of that text. */
async function tabToButton(page: Page, words: string): Promise<void> {
  for (let presses = 0; presses < 160; presses++) {
    const text = await page.evaluate("document.activeElement?.textContent?.trim() ?? ''");
    if (text === words) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`the button '${words}' cannot be reached by Tab`);
}

const unfold = (page: Page, group: string) => page.locator(`#g-${group} > summary`).click();

describe('the create form', () => {
  let browser: Browser;
  before(async () => {
    browser = await startChromium();
  });
  after(() => browser.close());

  async function open(world: World, look = {}): Promise<Stage> {
    return showForm(browser, world, { mode: 'create' }, look);
  }

  it('begins with a readable name, the default image, the smallest preset and a target that is up', async () => {
    const world = new World();
    world.targets = [down(local, 'Down'), up(WorkspaceName.parse('far') as never, 'Far')];
    await using stage = await open(world);
    const { page } = stage;
    assert.match(await page.inputValue('#f-name'), /^[a-z]+-[a-z]+$/);
    assert.equal(await page.inputValue('#f-image'), 'debian:bookworm');
    assert.equal(await page.inputValue('#f-memoryMiB'), '2048');
    assert.equal(await page.inputValue('#f-target'), 'Far');
    assert.deepEqual(stage.complaints, []);
  });

  it('is filled in and sent by keyboard alone', async () => {
    const world = new World();
    await using stage = await open(world);
    const { page } = stage;
    await until(
      'f-name has the focus',
      async () => (await page.evaluate('document.activeElement?.id')) === 'f-name',
    );
    await page.keyboard.press('Control+a');
    await page.keyboard.type('keys-only');
    await tabTo(page, 'f-image');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('scipy');
    await page.getByRole('option', { name: 'scipy' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.equal(await page.inputValue('#f-image'), 'quay.io/jupyter/scipy-notebook:latest');
    await tabTo(page, 'f-preset');
    await page.keyboard.type('Large');
    await until(
      'the preset fills in the memory',
      async () => (await page.inputValue('#f-memoryMiB')) === '8192',
    );
    for (
      let presses = 0;
      (await page.evaluate("document.activeElement?.closest('details')?.id")) !== 'g-environment';
      presses++
    ) {
      assert.ok(presses < 60);
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await tabToButton(page, 'Add variable');
    await page.keyboard.press('Enter');
    await page.keyboard.type('GREETING');
    await page.keyboard.press('Tab');
    await page.keyboard.type('hello');
    await tabToButton(page, 'Add and start');
    await page.keyboard.press('Enter');
    await until('it is created', () => world.calls.some(({ what }) => what === 'create'));
    const form = createdForm(world);
    assert.equal(form.name, 'keys-only');
    assert.equal(form.image, 'quay.io/jupyter/scipy-notebook:latest');
    assert.deepEqual([form.cpus, form.memoryMiB], [2, 8192]);
    const [greeting, token] = form.env;
    assert.deepEqual(greeting, { name: 'GREETING', value: 'hello', secret: false });
    assert.deepEqual([token?.name, token?.secret], ['JUPYTER_TOKEN', true]);
    assert.match(token?.value ?? '', /^[\w-]{32}$/);
    assert.ok(!(await page.content()).includes(token?.value ?? ''));
    // Told from the image: its kind, and the app and port that go with it.
    assert.equal(form.kind, 'jupyter');
    assert.deepEqual([form.apps[0]?.id, form.ports[0]?.port], ['jupyterlab', 8888]);
    assert.deepEqual(world.calls.at(-1)?.args[1], { start: true });
    assert.deepEqual(world.opened, [{ target: 'local', name: 'keys-only' }]);
    assert.equal(world.isClosed, false);
    world.activities[0]?.end('done');
    assert.ok(world.isClosed);
  });

  it('checks the name as it is typed: its form, workspaces, kept homes, and workspaces that come meanwhile', async () => {
    const world = new World();
    world.workspaces = [workspaceOf('brave-otter', { kind: 'Off', reason: '' })];
    await using stage = await open(world);
    const { page } = stage;
    await page.fill('#f-name', 'Not A Name');
    await says(page, 'name', /^Lower-case letters/);
    assert.equal(await page.getAttribute('#f-name', 'aria-invalid'), 'true');
    await page.fill('#f-name', 'brave-otter');
    await says(page, 'name', /is there already/);
    await page.fill('#f-name', 'old-heron');
    await says(page, 'name', /continues on it/);
    assert.equal(await page.getAttribute('#f-name', 'aria-invalid'), null);
    await page.fill('#f-name', 'new-comer');
    await says(page, 'name', /^$/);
    world.workspaces.push(workspaceOf('new-comer', { kind: 'Off', reason: '' }));
    world.changed();
    await says(page, 'name', /is there already/);
    await page.getByRole('button', { name: 'Another name' }).click();
    await says(page, 'name', /^$/);
  });

  it('tells at each field what is wrong, and says it to screen readers', async () => {
    await using stage = await open(new World());
    const { page } = stage;
    for (const [key, typed, expected] of [
      ['cpus', 'many', /^A number/],
      ['cpus', '64', /^The target has 4 CPUs/],
      ['memoryMiB', '12000', /MiB of memory free/],
      ['memoryMiB', '1.5', /^A whole number/],
      ['image', 'has blanks', /no spaces/],
      ['image', 'arm64v8/debian:bookworm', /is for linux\/arm64\/v8/],
      ['repository', 'nowhere', /^A git address/],
    ] as const) {
      await page.fill(`#f-${key}`, typed);
      await says(page, key, expected);
      const described = (await page.getAttribute(`#f-${key}`, 'aria-describedby')) ?? '';
      assert.ok(described.split(' ').includes(`f-${key}-message`));
    }
    await page.fill('#f-image', 'ghcr.io/acme/dev:2025.11');
    await page.fill('#f-memoryMiB', '1024');
    await says(page, 'memoryMiB', /recommends 4096/);
  });

  it('refuses to go on with a problem, unfolds its group and puts the focus there', async () => {
    const world = new World();
    await using stage = await open(world);
    const { page } = stage;
    await unfold(page, 'apps');
    await page.getByRole('button', { name: 'Add port' }).click();
    await unfold(page, 'apps');
    await page.getByRole('button', { name: 'Add and start' }).click();
    await says(page, 'ports.0.port', /^Needed/);
    await until(
      'f-ports-0-port has the focus',
      async () => (await page.evaluate('document.activeElement?.id')) === 'f-ports-0-port',
    );
    assert.deepEqual(world.calls, []);
  });

  it('sends a name that was put right a moment ago', async () => {
    const world = new World();
    world.workspaces = [workspaceOf('brave-otter', { kind: 'Off', reason: '' })];
    await using stage = await open(world);
    const { page } = stage;
    await page.fill('#f-image', 'debian:bookworm');
    await page.fill('#f-name', 'brave-otter');
    await says(page, 'name', /is there already/);
    await page.fill('#f-name', 'quick-fox');
    await page.getByRole('button', { name: 'Add only' }).click();
    await until('it is sent', () => world.calls.some(({ what }) => what === 'create'));
  });

  it('names what the host refuses and stays as it is', async () => {
    const world = new World();
    await using stage = await open(world);
    const { page } = stage;
    await page.fill('#f-name', 'quick-fox');
    await page.waitForTimeout(500);
    // It comes between the check and the click, and nobody tells the page.
    world.workspaces = [workspaceOf('quick-fox', { kind: 'Running', reason: '' })];
    await page.getByRole('button', { name: 'Add only' }).click();
    await page.getByRole('alert').filter({ hasText: 'is there already' }).waitFor();
    assert.deepEqual(world.calls, []);
    assert.equal(world.isClosed, false);
    assert.equal(await page.inputValue('#f-name'), 'quick-fox');
  });

  it('stays open until the creation has ended well, with all that was typed in it', async () => {
    const world = new World();
    await using stage = await open(world);
    const { page } = stage;
    await page.fill('#f-name', 'quick-fox');
    await page.fill('#f-image', 'debian:bokworm');
    await unfold(page, 'git');
    await page.selectOption('#f-gitAccess', 'token');
    await page.fill('#f-gitToken', 'hush-hush');
    await page.getByRole('button', { name: 'Add and start' }).click();
    await page.getByText('Creating quick-fox…').waitFor();
    assert.equal(await page.locator('section.common').getAttribute('inert'), '');
    // Its page covers the form, which is loaded again when it is looked at.
    await stage.load();
    await page.getByText('Creating quick-fox…').waitFor();
    await page.getByRole('button', { name: 'See its page' }).click();
    await until('its page is shown again', () => world.opened.length === 2);

    world.activities[0]?.end('failed', new BerthError('There is no image debian:bokworm.'));
    await page.getByRole('alert').filter({ hasText: 'There is no image debian:bokworm.' }).waitFor();
    assert.deepEqual([world.isClosed, world.shown], [false, 1]);
    assert.equal(await page.inputValue('#f-name'), 'quick-fox');
    await page.fill('#f-image', 'debian:bookworm');
    await page.getByRole('button', { name: 'Add and start' }).click();
    await until('it is created again', () => world.calls.length === 2);
    assert.deepEqual(
      [createdForm(world).image, createdForm(world).gitToken],
      ['debian:bookworm', 'hush-hush'],
    );
    await page.getByText('Creating quick-fox…').waitFor();
    assert.equal(await page.getByRole('alert').count(), 0);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('alert').filter({ hasText: 'Creating quick-fox: cancelled' }).waitFor();
    assert.deepEqual([world.activities[1]?.cancelled, world.isClosed], [1, false]);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await until('it is closed', () => world.isClosed);
  });

  it('makes one workspace of two quick submits', async () => {
    const world = new World();
    await using stage = await open(world);
    const { page } = stage;
    await page.fill('#f-name', 'quick-fox');
    await page.evaluate(`for (const button of document.querySelectorAll('.buttons > vscode-button'))
      if (button.textContent.startsWith('Add')) button.click();`);
    await page.getByText('Creating quick-fox…').waitFor();
    await page.waitForTimeout(300);
    assert.equal(world.calls.length, 1);
  });

  it('shows what is inherited, to override or leave out', async () => {
    const world = new World();
    world.defaults = {
      '*': { env: { TZ: 'UTC', PROXY: 'a', OLD: '1' }, labels: {} },
      local: { env: { PROXY: 'b' }, labels: {} },
    };
    await using stage = await open(world);
    const { page } = stage;
    await unfold(page, 'environment');
    await page.getByText('default of local').waitFor();
    await page.getByRole('button', { name: 'Leave out OLD' }).click();
    await page.getByRole('button', { name: 'Override TZ' }).click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('Europe/Berlin');
    await page.getByRole('button', { name: 'Add only' }).click();
    await until('it is created', () => world.calls.length > 0);
    assert.deepEqual(createdForm(world).env, [
      { name: 'PROXY', value: 'b', secret: false },
      { name: 'TZ', value: 'Europe/Berlin', secret: false },
    ]);
    assert.deepEqual(world.calls.at(-1)?.args[1], { start: false });
  });

  it('imports .env files and pasted lines, with problems by line and secrets ticked', async () => {
    const world = new World();
    world.envFile = { name: 'dev.env', text: 'export A="1\n2"\nAPI_TOKEN=hush\nnot a line\n' };
    await using stage = await open(world);
    const { page } = stage;
    await unfold(page, 'environment');
    await page.getByRole('button', { name: 'Import .env file…' }).click();
    await page.getByText('2 variables from dev.env.').first().waitFor();
    await page.getByText('Line 4: There is no = on this line.').waitFor();
    await page.getByRole('button', { name: 'Paste lines…' }).click();
    await page.keyboard.type('A=3\nB=4');
    await page.getByRole('button', { name: 'Import these lines' }).click();
    await page.getByRole('button', { name: 'Add only' }).click();
    await until('it is created', () => world.calls.length > 0);
    assert.deepEqual(createdForm(world).env, [
      { name: 'API_TOKEN', value: 'hush', secret: true },
      { name: 'A', value: '3', secret: false },
      { name: 'B', value: '4', secret: false },
    ]);
  });

  it('offers the volumes that are there, and fields by the type of mount', async () => {
    const world = new World();
    await using stage = await open(world);
    const { page } = stage;
    await unfold(page, 'storage');
    await page.getByRole('button', { name: 'Add mount' }).click();
    await page.locator('#f-mounts-0-source').click();
    await page.getByRole('option', { name: 'datasets' }).click();
    await page.fill('#f-mounts-0-name', 'datasets');
    await page.getByRole('button', { name: 'Add mount' }).click();
    await page.selectOption('#f-mounts-1-type', 'cifs');
    await page.fill('#f-mounts-1-source', '//server/share');
    await page.fill('#f-mounts-1-username', 'me');
    await page.fill('#f-mounts-1-password', 'hush');
    await page.fill('#f-mounts-1-path', '/share');
    await page.locator('#f-mounts-1-readOnly').click();
    await page.getByRole('button', { name: 'Add only' }).click();
    await until('it is created', () => world.calls.length > 0);
    assert.deepEqual(createdForm(world).mounts, [
      { type: 'volume', source: 'datasets', name: 'datasets', readOnly: true },
      {
        type: 'cifs',
        source: '//server/share',
        username: 'me',
        password: 'hush',
        options: '',
        path: '/share',
        readOnly: false,
      },
    ]);
  });

  it('reviews every value with its origin, and the equal docker run line without secrets', async () => {
    const world = new World();
    await using stage = await open(world);
    const { page } = stage;
    await page.fill('#f-name', 'quick-fox');
    await unfold(page, 'environment');
    await page.getByRole('button', { name: 'Add variable' }).click();
    await page.keyboard.type('TOKEN');
    await page.locator('#f-env-0-secret').click();
    await page.fill('#f-env-0-value', 'hush-hush');
    await unfold(page, 'review');
    const row = (title: string) =>
      page.locator('.review tr').filter({ hasText: title }).first().textContent();
    assert.equal(await row('Name'), 'Namequick-foxtyped');
    assert.equal(await row('Image'), 'Imagedebian:bookwormyour settings');
    assert.equal(await row('Memory'), 'Memory2048 MiBpreset');
    assert.equal(await row('Git e-mail'), 'Git e-maildev@example.comthis machine');
    assert.equal(await row('Environment'), 'EnvironmentTOKEN (secret)typed');
    const line = (await page.locator('.command').textContent()) ?? '';
    assert.match(line, /^docker run -d \\\n {2}--name berth-quick-fox/);
    assert.ok(!line.includes('hush'));
    await page.getByRole('button', { name: 'Copy the docker run line' }).click();
    await until('it is copied', () => world.copied.length > 0);
    assert.deepEqual(world.copied, [line]);
  });

  it('is filled in by a template, which neither an image nor a default changes, and is kept as one', async () => {
    const world = new World();
    world.defaults = Defaults.parse({ '*': { cpus: 3, user: 'mine' } });
    const settings = {
      image: 'quay.io/jupyter/scipy-notebook:latest',
      kind: 'ssh' as const,
      cpus: 7,
      apps: [],
    };
    const values = {
      ...settings,
      mounts: [{ type: 'driver', driver: 'x', options: 'a=1', path: '/d', readOnly: true }],
    };
    await using stage = await showForm(browser, world, {
      mode: 'create',
      from: { name: 'Lab', place: 'Acme' },
      given: [
        { by: 'template', values },
        { by: 'link', values: { repository: 'https://example.org/a.git' } },
      ],
    });
    const { page } = stage;
    await page.getByText('Filled in by “Lab” (Acme)').waitFor();
    await page.getByText('On the target already').or(page.getByText('Will be pulled')).first().waitFor();
    await unfold(page, 'review');
    const origin = (title: string) =>
      page
        .locator('tr', { has: page.locator('th', { hasText: new RegExp(`^${title}$`) }) })
        .locator('.origin');
    const origins = await Promise.all(
      ['Image', 'Image kind', 'CPUs', 'Apps', 'Git repository', 'User', 'Home folder'].map(title =>
        origin(title).textContent(),
      ),
    );
    assert.deepEqual(origins, [
      'template',
      'template',
      'template',
      'template',
      'link',
      'your settings',
      'default',
    ]);
    await page.fill('#f-name', 'from-template');
    await page.getByRole('button', { name: 'Save as template…' }).click();
    await until('it is kept', () => world.calls.some(({ what }) => what === 'saveAsTemplate'));
    const [target, kept] = world.calls.find(({ what }) => what === 'saveAsTemplate')?.args ?? [];
    assert.equal(target, 'local');
    assert.partialDeepStrictEqual(kept, { ...settings, user: 'mine', mounts: [{ options: { a: '1' } }] });
    assert.deepEqual(stage.complaints, []);
  });

  it('follows the defaults of the target that is chosen, until a person says otherwise', async () => {
    const world = new World();
    world.targets = [up(local, 'Local'), up(TargetId.parse('far'), 'Far')];
    world.defaults = Defaults.parse({ far: { cpus: 3, idleMinutes: 90 } });
    await using stage = await open(world);
    const { page } = stage;
    const choose = async (title: string) => {
      await page.fill('#f-target', title);
      await page.getByRole('option', { name: title }).click();
    };
    const sizes = () => Promise.all(['#f-cpus', '#f-idleMinutes'].map(id => page.inputValue(id)));
    await choose('Far');
    await until('they are there', async () => (await sizes()).join() === '3,90');
    await choose('Local');
    await until('they are gone', async () => (await sizes()).join() === '2,0');
    await page.fill('#f-cpus', '5');
    await choose('Far');
    await until('what was typed stays', async () => (await sizes()).join() === '5,90');
  });

  it('offers what was used before', async () => {
    const world = new World();
    world.recent = { repository: ['https://example.org/a.git', 'https://example.org/b.git'] };
    await using stage = await open(world);
    const { page } = stage;
    await page.click('#f-repository');
    await page.getByRole('option', { name: 'https://example.org/b.git' }).click();
    assert.equal(await page.inputValue('#f-repository'), 'https://example.org/b.git');
    assert.deepEqual(stage.complaints, []);
  });

  it('says of a target that is down why, and offers the way out', async () => {
    const world = new World();
    await using stage = await open(world);
    const { page } = stage;
    await page.fill('#f-target', 'box');
    await page.keyboard.press('Enter');
    await page.locator('.facts-words', { hasText: 'Build box does not answer' }).waitFor();
    await page.getByRole('button', { name: 'Show log' }).click();
    await page.getByRole('button', { name: 'Try again' }).click();
    await until('it was asked again', () => world.calls.length === 2);
    assert.deepEqual(
      world.calls.map(({ what }) => what),
      ['berth.showOutput', 'refresh'],
    );
    world.targets = [up(local, 'This machine'), up('build-box' as never, 'Build box')];
    world.changed();
    await page.locator('.facts-words', { hasText: 'Docker 20.10.24' }).waitFor();
  });

  it('keeps what is typed over hiding and reload, secrets over hiding alone', async () => {
    const world = new World();
    await using stage = await open(world);
    const { page } = stage;
    await page.fill('#f-name', 'quick-fox');
    await page.fill('#f-cpus', 'three');
    await unfold(page, 'environment');
    for (const [name, value] of [
      ['PLAIN', 'shown'],
      ['TOKEN', 'hush-hush'],
    ] as const) {
      await page.getByRole('button', { name: 'Add variable' }).click();
      await page.keyboard.type(name);
      await page.keyboard.press('Tab');
      await page.keyboard.type(value);
    }
    await page.locator('#f-env-1-secret').click();
    await until('the host keeps the secret', () => JSON.stringify(stage.posted).includes('keepSecrets'));
    await until('the draft is kept', async () => JSON.stringify(await stage.state()).includes('PLAIN'));

    await stage.load();
    assert.ok(!JSON.stringify(await stage.state()).includes('hush'));
    assert.equal(await page.inputValue('#f-name'), 'quick-fox');
    assert.equal(await page.inputValue('#f-cpus'), 'three');
    await says(page, 'cpus', /^A number/);
    assert.equal(await page.inputValue('#f-env-0-value'), 'shown');
    assert.equal(await page.inputValue('#f-env-1-value'), '');
    assert.equal(await page.getAttribute('#f-env-1-value', 'placeholder'), 'Kept. Type to replace it.');
    assert.equal(await page.locator('#g-environment').getAttribute('open'), '');

    await stage.reload();
    assert.equal(await page.inputValue('#f-name'), 'quick-fox');
    await says(page, 'env.1.value', /^Type the secret value/);
    assert.ok(!(await page.content()).includes('hush'));

    await page.fill('#f-env-1-value', 'again');
    await page.fill('#f-cpus', '3');
    await page.getByRole('button', { name: 'Add only' }).click();
    await until('it is created', () => world.calls.length > 0);
    assert.equal(createdForm(world).env[1]?.value, 'again');
  });

  it('sends the secret that the host kept while the page was hidden', async () => {
    const world = new World();
    await using stage = await open(world);
    const { page } = stage;
    await unfold(page, 'git');
    await page.selectOption('#f-gitAccess', 'token');
    await page.fill('#f-gitToken', 'hush-hush');
    await until('the host keeps the secret', () => JSON.stringify(stage.posted).includes('keepSecrets'));
    await page.waitForTimeout(200);
    await stage.load();
    assert.equal(await page.inputValue('#f-gitToken'), '');
    await page.getByRole('button', { name: 'Add only' }).click();
    await until('it is created', () => world.calls.length > 0);
    assert.equal(createdForm(world).gitToken, 'hush-hush');
  });

  it('keeps hostile words inert, wherever they come from', async () => {
    const evil = '<img src=x onerror="complain(1)"><script>complain(2)</script>';
    const world = new World();
    world.targets = [up(local, evil)];
    world.sources = [
      {
        id: 'registries',
        title: evil,
        async *search() {
          yield [{ reference: 'acme/evil:1', detail: evil }, { reference: evil }];
        },
      },
    ];
    world.volumes = [{ name: evil, driver: evil }];
    world.defaults = { '*': { env: { A: evil }, labels: { team: evil } } };
    world.envFile = { name: evil, text: `B='${evil}'\n${evil}` };
    await using stage = await open(world);
    const { page } = stage;
    await page.evaluate("for (const group of document.querySelectorAll('details')) group.open = true");
    await page.getByRole('button', { name: 'Import .env file…' }).click();
    await page.getByRole('button', { name: 'Add mount' }).click();
    await page.fill('#f-image', evil);
    await page.fill('#f-description', evil);
    for (const id of ['#f-image', '#f-mounts-0-source']) {
      await page.fill(id, '');
      await page.locator(id).click();
      await page.getByRole('option').filter({ hasText: evil }).first().waitFor();
      await page.keyboard.press('Escape');
    }
    await page.fill('#f-image', evil);
    world.targets = [{ ...up(local, evil), health: 'down', problem: down(local, evil).problem }];
    world.changed();
    for (const selector of ['.facts-words', '#g-environment', '.review'])
      await until(`${selector} shows it`, async () =>
        (await page.locator(selector).allTextContents()).some(words => words.includes(evil)),
      );
    assert.equal(await page.inputValue('#f-target'), evil);
    assert.equal(await page.inputValue('#f-description'), evil);
    assert.equal(await page.locator('img, script:not([nonce])').count(), 0);
    assert.deepEqual(stage.complaints, []);
  });

  it('fits 320 pixels and every theme without a complaint', async () => {
    for (const theme of ['light', 'dark', 'hc-dark', 'hc-light'] as const) {
      await using stage = await open(new World(), { theme, width: 320, height: 700 });
      await stage.page.evaluate(
        "for (const group of document.querySelectorAll('details')) group.open = true",
      );
      for (const words of ['Add port', 'Add app', 'Add mount', 'Add variable', 'Add label'])
        await stage.page.getByRole('button', { name: words }).click();
      assert.equal(await stage.page.evaluate('document.documentElement.scrollWidth'), 320);
      assert.deepEqual(stage.complaints, []);
    }
  });

  it('gives every control a name', async () => {
    await using stage = await open(new World());
    const { page } = stage;
    await page.evaluate("for (const group of document.querySelectorAll('details')) group.open = true");
    for (const words of ['Add port', 'Add app', 'Add mount', 'Add variable', 'Add label'])
      await page.getByRole('button', { name: words }).click();
    const nameless = await page.evaluate(`[...document.querySelectorAll('input, select, textarea')]
      .filter(control => control.labels.length === 0 && !control.getAttribute('aria-label'))
      .map(control => control.id)`);
    assert.deepEqual(nameless, []);
    const dangling =
      await page.evaluate(`[...document.querySelectorAll('[aria-describedby], [aria-labelledby]')]
      .flatMap(element => [element.getAttribute('aria-describedby'), element.getAttribute('aria-labelledby')])
      .flatMap(ids => (ids ?? '').split(' ').filter(Boolean))
      .filter(id => !document.getElementById(id))`);
    assert.deepEqual(dangling, []);
    const twice = await page.evaluate(`[...document.querySelectorAll('[id]')]
      .map(element => element.id).filter((id, index, all) => all.indexOf(id) < index)`);
    assert.deepEqual(twice, []);
  });
});
