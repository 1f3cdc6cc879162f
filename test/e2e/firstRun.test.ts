/** The first minutes on a new machine: Berth's views, the engine that is found by itself, the walkthrough. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Session } from './session.ts';

describe('the first run', () => {
  let session: Session;
  before(async () => {
    session = await Session.start({ name: 'first-run', hasTarget: false });
  });
  after(async () => {
    await session?.[Symbol.asyncDispose]();
  });

  it('shows the views, with the engine of this machine found by itself', async () => {
    const window = await session.window();
    // An engine without a workspace shows the welcome instead of an empty row.
    const engine = window.target('This machine', 'Docker');
    const welcome = window.page.getByRole('button', { name: 'Create Workspace' });
    await engine.or(welcome).first().waitFor();
    await window.page.getByRole('button', { name: 'Images Section' }).waitFor();
    await window.screenshot('views');
    const targets: { targets: { endpoint: unknown }[] } = JSON.parse(
      await readFile(join(session.sshFolder, 'berth', 'targets.json'), 'utf8'),
    );
    assert.deepEqual(targets.targets[0]?.endpoint, { type: 'unix', path: '/var/run/docker.sock' });
  });

  it('has a walkthrough of three steps that lead to the form', async () => {
    const window = await session.window();
    // The list is made once when it opens, and takes a walkthrough only after the editor has read it.
    const ours = window.pick(/Get Started with Berth/);
    for (let attempt = 0; attempt < 8 && !(await ours.isVisible()); attempt++) {
      await window.page.keyboard.press('Escape');
      await window.runCommand('Welcome: Open Walkthrough');
      await ours.waitFor({ timeout: 5_000 }).catch(() => {});
    }
    await ours.click();
    for (const step of ['Find a place to run', 'Create a workspace', 'Connect']) {
      await window.page.locator('.getting-started-step').filter({ hasText: step }).first().waitFor();
    }
    await window.screenshot('walkthrough');
    await window.page.locator('.getting-started-step').filter({ hasText: 'Create a workspace' }).click();
    await window.page
      .locator('.getting-started-step')
      .getByRole('button', { name: 'Create Workspace' })
      .click();
    await window.webview().getByRole('heading', { name: 'New workspace' }).waitFor();
  });
});
