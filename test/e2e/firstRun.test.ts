/** The first minutes on a new machine: Berth's views, the engine that is found by itself, the walkthrough. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

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

  it('has a walkthrough of three steps that lead to the form, each ticked once it is done', async () => {
    const window = await session.window();
    await openWalkthrough(window);
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
    await openWalkthrough(window);
    await window.page.locator('[data-step-id="berth.berth#start#create"][aria-checked="true"]').waitFor();
  });
});

/** The list is made once when it opens, and takes a walkthrough only after the editor has read it. */
async function openWalkthrough(window: Workbench): Promise<void> {
  const ours = window.pick(/Get Started with Berth/);
  for (let attempt = 0; attempt < 8 && !(await ours.isVisible()); attempt++) {
    await window.page.keyboard.press('Escape');
    await window.runCommand('Welcome: Open Walkthrough');
    await ours.waitFor({ timeout: 5_000 }).catch(() => {});
  }
  await ours.click();
  await window.page.locator('.getting-started-step').first().waitFor();
}
