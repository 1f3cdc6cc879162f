/** `npm run pictures`: makes the pictures of the README anew, in real VS Code on a real engine. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Session } from '../e2e/session.ts';
import { ensureEngine } from './dockerd.ts';
import { allNeeds, ensureInstalled } from './machine.ts';
import { testImage } from './rootfs/testImages.ts';
import { projectRoot } from './vsix.ts';

const folder = join(projectRoot, 'media', 'readme');
const names = { open: 'brave-otter', off: 'calm-heron', other: 'swift-finch', coming: 'keen-badger' };
const say = (line: string) => console.log(line);

await ensureInstalled(allNeeds, say);
const release = await ensureEngine(say);
await mkdir(folder, { recursive: true });
{
  await using session = await Session.start({
    name: 'pictures',
    target: { id: 'local', title: 'This machine' },
    settings: { 'workbench.colorTheme': 'Default Dark Modern', 'window.commandCenter': false },
    viewport: { width: 1160, height: 720 },
  });
  try {
    await makePictures(session);
  } finally {
    await using berth = await session.berth();
    for (const name of Object.values(names)) await berth.remove(name).catch(() => {});
  }
}
await release();

async function makePictures(session: Session): Promise<void> {
  await session.create(names.open, {
    description: 'The docs and their preview',
    ports: [{ port: 8000, label: 'Preview' }],
  });
  await session.create(names.other);
  await session.create(names.off);
  const window = await session.window();
  const picture = (name: string) => window.page.screenshot({ path: join(folder, `${name}.png`) });
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
