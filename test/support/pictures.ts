/**
 * `npm run pictures`: makes the pictures of the README anew, in real VS Code on a real engine. Names of scenes make those of
 * them alone: `npm run pictures -- images`.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from '../../src/engine/docker/connection.ts';
import { Session } from '../e2e/session.ts';
import type { Workbench } from '../e2e/workbench.ts';
import { Scene } from '../integration/targets/support/folder.ts';
import { makeImage, push, startRegistry } from '../integration/targets/support/registry.ts';
import { dockerSocket, ensureEngine } from './dockerd.ts';
import { allNeeds, ensureInstalled } from './machine.ts';
import { testImage } from './rootfs/testImages.ts';
import { projectRoot } from './vsix.ts';

const folder = join(projectRoot, 'media', 'readme');
const names = { open: 'brave-otter', off: 'calm-heron', other: 'swift-finch', coming: 'keen-badger' };
const say = (line: string) => console.log(line);
const scenes: Readonly<Record<string, (session: Session, folder: string) => Promise<void>>> = {
  workspaces: makePictures,
  images: picturesOfImages,
  authoring: pictureOfAuthoring,
};
const wanted = process.argv.slice(2);

await ensureInstalled(allNeeds, say);
const release = await ensureEngine(say);
await mkdir(folder, { recursive: true });
for (const [name, make] of Object.entries(scenes)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  await using scene = await Scene.make();
  await using session = await Session.start({
    name: 'pictures',
    env: { DOCKER_CONFIG: scene.folder },
    target: { id: 'local', title: 'This machine' },
    settings: { 'workbench.colorTheme': 'Default Dark Modern', 'window.commandCenter': false },
    viewport: { width: 1160, height: 720 },
  });
  try {
    await make(session, scene.folder);
  } finally {
    await using berth = await session.berth();
    for (const name of Object.values(names)) await berth.remove(name).catch(() => {});
  }
}
await release();

async function take(window: Workbench, name: string): Promise<void> {
  await window.page.screenshot({ path: join(folder, `${name}.png`) });
}

/** Without notifications, and what moves has come to rest. */
async function calm(window: Workbench): Promise<void> {
  await window.runCommand('Notifications: Clear All Notifications');
  // Where nothing has a tooltip.
  await window.page.mouse.move(500, 710);
  await window.page.waitForTimeout(2_000);
}

/** A registry with repositories and tags, beside the images of the engine. */
async function picturesOfImages(session: Session): Promise<void> {
  await using scene = await Scene.make();
  const registry = await startRegistry(scene);
  using connection = connect({ type: 'unix', path: dockerSocket });
  const images = {
    'data/jupyter': ['2026.10', '2026.11'],
    'team/dev': ['1.8', '1.9', '1.10'],
    'team/tools': ['1'],
  };
  for (const [repository, tags] of Object.entries(images)) {
    for (const tag of tags) {
      const reference = `${registry.host}/${repository}:${tag}`;
      await makeImage(scene, connection.docker, reference, { bytes: 2_400_000 });
      await push(connection.docker, reference);
    }
  }
  const window = await session.window();
  await window.showOnly('Images');
  await window.runCommand('Berth: Add Registry…');
  await window.answer(`http://${registry.host}/`);
  const row = (name: RegExp) => window.row('Images', name);
  await row(new RegExp(`^${registry.host}, registry`)).click();
  await row(/^team\/tools, repository/).click();
  await row(/^team\/dev, repository/).click();
  await window.chooseFromMenu(row(/^1\.10, tag, linux/), 'Inspect Image');
  await window.page.waitForTimeout(2_000);
  // What this engine happens to have is nobody's business.
  await row(/^Local images/).click();
  await row(/^1\.10, tag, linux/).click();
  await calm(window);
  await take(window, 'images');
}

/** An entry of a catalogue of one's own in its form. */
async function pictureOfAuthoring(session: Session, parent: string): Promise<void> {
  const root = join(parent, 'acme-workspaces');
  await mkdir(root);
  const window = await session.window({ folder: root });
  await window.runCommand('Berth: New Catalogue…');
  await window.quickInput.waitFor();
  await window.page.getByRole('button', { name: 'Begin Here' }).click();
  await window.page.getByText('New Catalogue: the Name').waitFor();
  await window.answer('Acme');
  const form = window.webview();
  await form.getByRole('heading', { name: 'Python' }).waitFor();
  await form.getByLabel(/^description/).fill('Python with the tools that we use every day');
  await form.getByLabel(/^cores/).fill('4');
  await form.getByLabel(/^cores/).blur();
  await form.getByText('Nothing is wrong with it.').first().waitFor();
  await form.getByRole('heading', { name: 'Python' }).scrollIntoViewIfNeeded();
  await window.showContainer('Explorer');
  await calm(window);
  await take(window, 'authoring');
}

async function makePictures(session: Session): Promise<void> {
  await session.create(names.open, {
    description: 'The docs and their preview',
    ports: [{ port: 8000, label: 'Preview' }],
  });
  await session.create(names.other);
  await session.create(names.off);
  const window = await session.window();
  const picture = (name: string) => take(window, name);
  await window.clickInline(window.workspace(names.off), 'Stop');
  await window.answerDialog('Stop');
  await window.workspace(names.off, 'Off').waitFor();

  const row = window.workspace(names.open, 'Running');
  await window.chooseFromMenu(row, 'Show Page');
  await window.tab(names.open).waitFor();
  await window.webview().getByRole('heading', { name: names.open }).waitFor();
  await row.click();
  await window.page.keyboard.press('ArrowRight');
  await window.row('Workspaces', /^Preview, port 8000/).waitFor();
  await window.page.waitForTimeout(1_500);
  await picture('tree');

  const form = await window.openForm();
  await form.getByLabel('Name', { exact: true }).fill(names.coming);
  await form.getByRole('combobox', { name: 'Image' }).fill(await testImage('debianBare'));
  await window.page.keyboard.press('Tab');
  await form.getByText('On the target already').waitFor();
  await picture('form');

  await form.getByRole('button', { name: 'Add and start' }).click();
  await window.tab(names.coming).waitFor();
  await window.webview().getByRole('list', { name: 'Stages of the boot' }).getByText('SSH server').waitFor();
  await window.page.waitForTimeout(3_000);
  await picture('progress');
  await window.workspace(names.coming, 'Running').waitFor();

  // Some minutes of it are worth more than some seconds.
  await window.chooseFromMenu(window.workspace(names.open, 'Running'), 'Show Page');
  const page = window.webview();
  await page.getByRole('heading', { name: names.open }).waitFor();
  const work = 'for i in 1 2 3 4; do timeout 5 sh -c "while :; do :; done"; sleep 7; done >/dev/null 2>&1 &';
  await session.ssh(names.open, work);
  await window.page.waitForTimeout(60_000);
  await page.getByRole('figure').first().scrollIntoViewIfNeeded();
  await picture('page');

  await window.runCommand('Berth: Open Catalogues');
  const gallery = window.webview();
  await gallery.locator('.card').nth(3).waitFor();
  await window.page.waitForTimeout(2_000);
  await picture('gallery');
}
