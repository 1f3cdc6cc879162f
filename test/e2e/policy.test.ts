/** A policy in real VS Code: it locks the form, refuses a command, and closes everything once it cannot be read. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { baseImage } from '../support/baseImage.ts';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

const acme = {
  name: 'Acme Platform',
  contact: 'it@acme.example',
  settings: {
    cpus: { max: 2 },
    memoryMiB: { max: 512, default: 256 },
    lifespanHours: { default: 4, max: 8 },
    agentForwarding: { fixed: false },
    initScript: { forbidden: true },
    repository: { hidden: true },
  },
  images: { allow: [baseImage] },
  sessionHours: 5,
};

describe('a policy', () => {
  let session: Session;
  let window: Workbench;
  let folder = '';
  let file = '';
  let name = '';
  const containers = () => session.docker('ps', '-aq', '--filter', `name=berth-${session.prefix}`);
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'berth-e2e-policy-'));
    file = join(folder, 'berth-policy.json');
    await writeFile(file, JSON.stringify(acme));
    const never = join(folder, 'never.json');
    session = await Session.start({ name: 'policy', settings: { 'berth.policy': [file, never] } });
    name = session.workspaceName('within');
    window = await session.window();
  });
  after(async () => {
    await session?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  async function quickCreate(image: string, workspace: string): Promise<void> {
    await window.runCommand('Berth: Quick Create…');
    await window.page.getByText('Quick Create: the Image').waitFor();
    await window.quickInput.fill(image);
    await window.pick(image).first().waitFor();
    await window.screenshot('picker');
    await window.quickInput.press('Enter');
    await window.page.getByText('Quick Create: the Name').waitFor();
    await window.answer(workspace);
    const create = window.pick(new RegExp(`${workspace} from `));
    await create.waitFor();
    await create.click();
  }

  it('that is listed and was never read is named, and closes nothing', async () => {
    await window.notification(/never\.json does not count, because it was never read here/).waitFor();
    await window.runCommand('Notifications: Clear All Notifications');
    await window.notification('does not count').waitFor({ state: 'hidden' });
  });

  it('locks the form, with who set it', async () => {
    const form = await window.openForm();
    assert.equal(await form.locator('#f-memoryMiB').inputValue(), '256');
    assert.ok(await form.locator('#f-repository').isHidden());
    for (const group of ['access', 'startup', 'time']) await form.locator(`#g-${group} > summary`).click();
    assert.ok(await form.locator('#f-initScript').isDisabled());
    await form.getByText('Set by Acme Platform (it@acme.example)').first().waitFor();
    assert.equal(await form.locator('#f-lifespanHours').inputValue(), '4');
    await form.locator('#g-startup > summary').scrollIntoViewIfNeeded();
    await form.locator('#f-agentForwarding').scrollIntoViewIfNeeded();
    await window.screenshot('form');
    await form.locator('#f-lifespanHours').fill('0');
    await form.getByText('At most 8 h, and not without an end').first().waitFor();
    await window.screenshot('form-beyond');
    await form.getByRole('button', { name: 'Cancel' }).click();
  });

  it('refuses a command before anything is made, and lets through what it allows', async () => {
    await quickCreate('alpine:3.20', session.workspaceName('beyond'));
    const refusal = window.notification('does not allow the image alpine:3.20');
    await refusal.waitFor();
    await window.screenshot('refused');
    assert.equal(await containers(), '');
    await refusal.getByRole('button', { name: 'Show Policy' }).click();
    await window.tab(/Policy\.md/).waitFor();
    await window.webview().getByText('At most 512 MiB, says Acme Platform').waitFor();
    await window.screenshot('shown');
    // A preview takes the focus when it is done, and a picker goes with it.
    await window.runCommand('View: Close All Editors');
    await window.tab(/Policy\.md/).waitFor({ state: 'detached' });

    await quickCreate(baseImage, name);
    await window.workspace(name, 'Running').waitFor();
    assert.equal(
      await session.docker('inspect', '-f', '{{.HostConfig.Memory}}', `berth-${name}`),
      `${256 * 2 ** 20}`,
    );
    assert.match(await session.ssh(name, 'berth status'), /can be extended by up to (1 h|59 min|60 min)/);
  });

  it('that was seen and cannot be read any more closes everything but the way out', async () => {
    await writeFile(file, '{ "name": "Acme Platform",');
    await window.runCommand('Berth: Quick Create…');
    const closed = window.notification('was there and cannot be read now: it is not JSON');
    await closed.first().waitFor();
    await window.screenshot('closed');
    await window.clickInline(window.workspace(name), 'Stop');
    await window.answerDialog('Stop');
    await window.workspace(name, 'Off').waitFor();
    const before = await containers();
    await window.clickInline(window.workspace(name), 'Start');
    // That of the start: the one of Quick Create is still there.
    await window
      .notification(/cannot be read now/)
      .filter({ has: window.page.getByRole('button', { name: 'Show Page' }) })
      .waitFor();
    await window.workspace(name, 'Off').waitFor();
    assert.equal(await containers(), before);

    await writeFile(file, JSON.stringify(acme));
    await window.runCommand('Berth: Read the Policy Again');
    await window.clickInline(window.workspace(name), 'Start');
    await window.workspace(name, 'Running').waitFor();
  });
});
