import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { WorkspaceSettings } from '../../../src/workspace/settings.ts';
import { startChromium } from '../../support/chromium.ts';
import { cluster, createdForm, local, up, upCluster, World, workspaceOf } from '../../support/pages/fakes.ts';
import { showForm } from '../../support/pages/showForm.ts';
import type { Stage } from '../../support/pages/stage.ts';
import type { ThemeName } from '../../support/pages/themes.ts';
import { until } from '../../support/pages/until.ts';

const messageOf = (page: Page, path: string) =>
  page.locator(`#f-${path.replaceAll('.', '-')}-message`).textContent();
const says = (page: Page, path: string, expected: RegExp) =>
  until(`${path} says ${expected}`, async () => expected.test((await messageOf(page, path)) ?? ''));
const unfold = (page: Page, group: string) => page.locator(`#g-${group} > summary`).click();
const unfoldAll = (page: Page) =>
  page.evaluate("for (const group of document.querySelectorAll('details')) group.open = true");
/** Of all fields that a person sees once everything is unfolded. */
const shownFields = (page: Page) =>
  page.evaluate<string[]>(`[...document.querySelectorAll('.field[data-key]')]
    .filter(field => field.checkVisibility()).map(field => field.dataset.key)`);

function worldOf(facts: Parameters<typeof upCluster>[0] = {}): World {
  const world = new World();
  world.targets = [upCluster(facts)];
  world.volumes = [{ name: 'team-data', driver: 'standard' }];
  return world;
}

describe('the form for a cluster', () => {
  let browser: Browser;
  before(async () => {
    browser = await startChromium();
  });
  after(() => browser.close());

  const open = (world: World, look: { theme?: ThemeName; width?: number; height?: number } = {}) =>
    showForm(browser, world, { mode: 'create' }, look);

  it('has the fields that apply, and follows when another kind of target is chosen', async () => {
    const world = worldOf();
    world.targets = [upCluster(), up(local, 'This machine')];
    await using stage = await open(world);
    const { page } = stage;
    await unfoldAll(page);
    const there = await shownFields(page);
    for (const key of ['storageClass', 'tolerations', 'nodeSelector', 'podPatch', 'service', 'gpuResource'])
      assert.ok(there.includes(key), key);
    assert.equal(await page.inputValue('#f-diskGiB'), '100');
    assert.match((await page.locator('.lead').textContent()) ?? '', /outside the home is lost at every stop/);
    assert.match((await page.locator('#f-image-help').textContent()) ?? '', /^Any image reference\. /);
    await page.fill('#f-storageClass', 'Not A Class');
    await says(page, 'storageClass', /name of an object of the cluster/);

    await page.fill('#f-target', 'This machine');
    await page.keyboard.press('Enter');
    await until('the disk follows', async () => (await page.inputValue('#f-diskGiB')) === '20');
    const here = await shownFields(page);
    assert.deepEqual(
      there.filter(key => !here.includes(key)),
      [
        'gpuResource',
        'storageClass',
        'accessMode',
        'annotations',
        'service',
        'nodeSelector',
        'tolerations',
        'priorityClass',
        'serviceAccount',
        'imagePullSecrets',
        'imagePullPolicy',
        'podPatch',
      ],
    );
    assert.ok(await page.locator('#g-placement').isHidden());
    assert.match((await page.locator('#f-image-help').textContent()) ?? '', /local images/);
    // What was wrong there is of no interest here, and is not sent.
    await page.getByRole('button', { name: 'Add only' }).click();
    await until('it is created', () => world.calls.some(({ what }) => what === 'create'));
    const form = createdForm(world);
    assert.deepEqual([form.target, form.diskGiB, form.storageClass], ['local', 20, undefined]);
    assert.deepEqual(stage.complaints, []);
  });

  it('keeps a disk that was chosen when the kind of target changes', async () => {
    const world = worldOf();
    world.targets = [up(local, 'This machine'), upCluster()];
    await using stage = await open(world);
    const { page } = stage;
    await unfold(page, 'resources');
    await page.fill('#f-diskGiB', '33');
    await page.fill('#f-target', 'Team');
    await page.keyboard.press('Enter');
    await page.locator('.facts-words', { hasText: 'Kubernetes v1.34.1' }).waitFor();
    assert.equal(await page.inputValue('#f-diskGiB'), '33');
  });

  it('offers what the cluster lists, and takes what is typed where it does not', async () => {
    const world = worldOf();
    delete world.offers.priorityClass;
    await using stage = await open(world);
    const { page } = stage;
    await unfoldAll(page);
    await page.locator('#f-storageClass').click();
    await page.getByRole('option', { name: 'standard default · rancher.io/local-path' }).waitFor();
    await page.getByRole('option', { name: 'fast-ssd' }).click();
    const hint = page.locator('[data-key="priorityClass"] .facts');
    assert.equal(await hint.textContent(), 'They cannot be listed there: type the name.');
    assert.ok(await page.locator('[data-key="storageClass"] .facts').isHidden());
    await page.fill('#f-priorityClass', 'urgent');
    await page.locator('#f-runtime').fill('gvisor');
    for (const name of ['ghcr', 'harbor']) {
      await page.getByRole('button', { name: 'Add to Image pull secrets' }).click();
      await page.locator('[data-key="imagePullSecrets"] input').last().click();
      await page.getByRole('option', { name }).click();
    }
    await page.getByRole('button', { name: 'Add node label' }).click();
    await page.locator('#f-nodeSelector-0-name').click();
    await page.getByRole('option', { name: 'topology.kubernetes.io/zone=eu-1' }).click();
    assert.equal(await page.inputValue('#f-nodeSelector-0-value'), 'eu-1');
    await page.getByRole('button', { name: 'Add mount' }).click();
    await page.locator('#f-mounts-0-source').click();
    await page.getByRole('option', { name: 'team-data' }).click();
    await page.fill('#f-mounts-0-name', 'team');
    await page.getByRole('button', { name: 'Add mount' }).click();
    assert.deepEqual(await page.locator('#f-mounts-1-type option').allTextContents(), [
      'Volume claim (PVC)',
      'Folder of the node',
      'NFS',
      'ConfigMap',
      'Secret',
    ]);
    await page.selectOption('#f-mounts-1-type', 'configMap');
    await page.locator('#f-mounts-1-source').click();
    await page.getByRole('option', { name: 'app-config' }).click();
    await page.fill('#f-mounts-1-path', '/etc/app');
    await page.getByRole('button', { name: 'Add and start' }).click();
    await until('it is created', () => world.calls.some(({ what }) => what === 'create'));
    const form = createdForm(world);
    assert.deepEqual(
      [form.storageClass, form.priorityClass, form.runtime, form.imagePullSecrets, form.nodeSelector],
      [
        'fast-ssd',
        'urgent',
        'gvisor',
        ['ghcr', 'harbor'],
        [{ name: 'topology.kubernetes.io/zone', value: 'eu-1' }],
      ],
    );
    assert.deepEqual(form.mounts, [
      { type: 'volume', source: 'team-data', name: 'team', readOnly: true },
      { type: 'configMap', source: 'app-config', path: '/etc/app', readOnly: true },
    ]);
    assert.equal(form.diskGiB, 100);
    assert.deepEqual(stage.complaints, []);
  });

  it('offers recent images and says nothing of local ones', async () => {
    const world = worldOf();
    await using stage = await open(world);
    const { page } = stage;
    await page.fill('#f-image', '');
    await page.locator('#f-image').click();
    await page.getByRole('option', { name: 'python:3.13' }).waitFor();
    assert.equal(await page.getByText('On the target').count(), 0);
    await page.fill('#f-image', 'quay.io/jupyter/scipy-notebook:latest');
    await page.keyboard.press('Escape');
    await unfold(page, 'basics');
    await until('the kind is told by the name', async () => (await page.inputValue('#f-kind')) === 'jupyter');
    await until('what its registry says', async () =>
      /^The registry of .* does not answer\.$/.test(
        (await page.locator('#f-image-facts').textContent()) ?? '',
      ),
    );
    assert.equal(await messageOf(page, 'image'), '');
  });

  it('edits tolerations: a value only where one is compared', async () => {
    const world = worldOf();
    await using stage = await open(world);
    const { page } = stage;
    await unfold(page, 'placement');
    await page.getByRole('button', { name: 'Add toleration' }).click();
    assert.equal(await page.locator('#f-tolerations-0-value').count(), 0);
    await page.selectOption('#f-tolerations-0-operator', 'Equal');
    await page.fill('#f-tolerations-0-value', 'yes');
    await says(page, 'tolerations.0.key', /^Needed where a value is compared/);
    await page.fill('#f-tolerations-0-key', 'gpu');
    await page.selectOption('#f-tolerations-0-effect', 'NoSchedule');
    await page.getByRole('button', { name: 'Add toleration' }).click();
    await page.getByRole('button', { name: 'Add only' }).click();
    await until('it is created', () => world.calls.some(({ what }) => what === 'create'));
    assert.deepEqual(createdForm(world).tolerations, [
      { key: 'gpu', operator: 'Equal', value: 'yes', effect: 'NoSchedule' },
      { key: '', operator: 'Exists', value: '', effect: '' },
    ]);
  });

  it('names the rights that are missing before anything is made, and copies what grants them', async () => {
    const world = worldOf({ missingRights: ['create jobs', 'get pods/log'] });
    await using stage = await open(world);
    const { page } = stage;
    await says(page, 'target', /^You may not do this there, .*: jobs \(create\), pods\/log \(get\)\.$/);
    await page.getByRole('button', { name: 'Add and start' }).click();
    await until(
      'f-target has the focus',
      async () => (await page.evaluate('document.activeElement?.id')) === 'f-target',
    );
    assert.deepEqual(world.calls, []);
    await page.getByRole('button', { name: 'Copy Role and RoleBinding' }).click();
    await until('it is copied', () => world.calls.length > 0);
    assert.deepEqual(world.calls, [{ what: 'berth.copyRole', args: [{ target: cluster }] }]);
    world.targets = [upCluster()];
    world.changed();
    await says(page, 'target', /^$/);
    assert.equal(await page.getByRole('button', { name: 'Copy Role and RoleBinding' }).count(), 0);
    await page.getByRole('button', { name: 'Add and start' }).click();
    await until('it is created', () => world.calls.some(({ what }) => what === 'create'));
  });

  it('says what is to be known of the target, and where its size may not be read', async () => {
    const warning = 'The certificate of the cluster is not verified.';
    const world = worldOf({ warnings: [warning], cpus: undefined, memoryBytes: undefined } as never);
    await using stage = await open(world);
    const { page } = stage;
    await says(page, 'target', /not verified/);
    assert.equal(await page.getAttribute('#f-target', 'aria-invalid'), null);
    assert.equal(
      await page.locator('.facts-words').textContent(),
      'Kubernetes v1.34.1 · its size may not be read',
    );
    await page.fill('#f-cpus', '500');
    await says(page, 'cpus', /^$/);
  });

  it('reviews the objects that are made, and opens them as YAML', async () => {
    const world = worldOf();
    await using stage = await open(world);
    const { page } = stage;
    await page.fill('#f-name', 'quick-fox');
    await unfold(page, 'review');
    await page.locator('.command', { hasText: 'name: berth-quick-fox' }).waitFor();
    assert.equal(await page.getByText('docker run').count(), 0);
    const titles = await page.locator('.review tbody th').allTextContents();
    assert.ok(titles.includes('Tolerations') && titles.includes('Storage class'));
    await page.fill('#f-name', 'slow-fox');
    await page.locator('.command', { hasText: 'name: berth-slow-fox' }).waitFor();
    await page.getByRole('button', { name: 'Preview as YAML' }).click();
    await until('it is opened', () => world.opened.length > 0);
    const text = 'kind: Job\nmetadata:\n  name: berth-slow-fox\n';
    assert.deepEqual(world.opened, [{ text, language: 'yaml' }]);
    await page.getByRole('button', { name: 'Copy the YAML' }).click();
    await until('it is copied', () => world.copied.length > 0);
    assert.deepEqual(world.copied, [text]);
    await page.fill('#f-name', 'Not A Name');
    await page.locator('.command', { hasText: 'once everything is valid' }).waitFor();
  });

  it('refuses mounts that the kind of target does not have, until their type is changed', async () => {
    const world = worldOf();
    world.targets = [up(local, 'This machine'), upCluster()];
    await using stage = await open(world);
    const { page } = stage;
    await unfold(page, 'storage');
    await page.getByRole('button', { name: 'Add mount' }).click();
    await page.selectOption('#f-mounts-0-type', 'driver');
    await page.fill('#f-mounts-0-driver', 'rclone');
    await page.fill('#f-mounts-0-path', '/x');
    await page.fill('#f-target', 'Team');
    await page.keyboard.press('Enter');
    await says(page, 'mounts.0.type', /choose another type/);
    await page.selectOption('#f-mounts-0-type', 'nfs');
    await says(page, 'mounts.0.type', /^$/);
    assert.ok(!(await page.locator('#f-mounts-0-type option').allTextContents()).includes('CIFS (SMB)'));
  });

  async function openEdit(): Promise<{ world: World; stage: Stage }> {
    const world = worldOf();
    const workspace = { ...workspaceOf('brave-otter', { kind: 'Running', reason: '' }), target: cluster };
    world.workspaces = [workspace];
    const settings = WorkspaceSettings.parse({
      image: 'debian:bookworm',
      diskGiB: 40,
      storageClass: 'fast-ssd',
    });
    world.records.set('brave-otter', { settings, revision: 3 });
    const stage = await showForm(browser, world, {
      mode: 'edit',
      workspace: { target: cluster, name: workspace.name },
    });
    return { world, stage };
  }

  it('lets a disk grow and never shrink, and says what each change costs there', async () => {
    const { world, stage } = await openEdit();
    await using shown = stage;
    const { page } = shown;
    await unfoldAll(page);
    const status = async () => (await page.locator('.status').textContent()) ?? '';
    const chip = (key: string) => page.locator(`[data-key="${key}"] .chip`).first().textContent();
    for (const key of ['name', 'target', 'storageClass', 'accessMode'])
      assert.ok(await page.locator(`#f-${key}`).isDisabled(), key);
    assert.ok(await page.locator('#f-diskGiB').isEnabled());
    await page.fill('#f-diskGiB', '30');
    await says(page, 'diskGiB', /^A disk never shrinks: this one has 40 GiB/);
    await page.fill('#f-diskGiB', '60');
    await says(page, 'diskGiB', /^$/);
    assert.equal(await chip('diskGiB'), 'at once');
    assert.match(await status(), /at once; nothing is lost: Disk/);
    await page.fill('#f-cpus', '3');
    assert.equal(await chip('cpus'), 'needs a restart');
    assert.match(await status(), /^CPUs: takes effect at the next start\. .* keeps only the home/);
    await page.getByRole('button', { name: 'Save and restart' }).click();
    // The review asks for a preview of its own.
    const saved = () => world.calls.find(({ what }) => what === 'edit');
    await until('it is saved', () => saved() !== undefined);
    const [, settings] = saved()?.args ?? [];
    assert.deepEqual(
      settings,
      WorkspaceSettings.parse({ image: 'debian:bookworm', diskGiB: 60, cpus: 3, storageClass: 'fast-ssd' }),
    );
  });

  it('fits 320 pixels and every theme without a complaint, with a name for every control', async () => {
    for (const theme of ['light', 'dark', 'hc-dark', 'hc-light'] as const) {
      await using stage = await open(worldOf(), { theme, width: 320, height: 700 });
      const { page } = stage;
      await unfoldAll(page);
      for (const words of ['Add toleration', 'Add node label', 'Add annotation', 'Add to Image pull secrets'])
        await page.getByRole('button', { name: words }).click();
      await page.selectOption('#f-tolerations-0-operator', 'Equal');
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 320);
      const nameless = await page.evaluate(`[...document.querySelectorAll('input, select, textarea')]
        .filter(control => control.labels.length === 0 && !control.getAttribute('aria-label'))
        .map(control => control.id)`);
      assert.deepEqual(nameless, []);
      const twice = await page.evaluate(`[...document.querySelectorAll('[id]')]
        .map(element => element.id).filter((id, index, all) => all.indexOf(id) < index)`);
      assert.deepEqual(twice, []);
      const dangling =
        await page.evaluate(`[...document.querySelectorAll('[aria-describedby], [aria-labelledby]')]
        .flatMap(element => [element.getAttribute('aria-describedby'), element.getAttribute('aria-labelledby')])
        .flatMap(ids => (ids ?? '').split(' ').filter(Boolean))
        .filter(id => !document.getElementById(id))`);
      assert.deepEqual(dangling, []);
      assert.deepEqual(stage.complaints, []);
    }
  });
});
