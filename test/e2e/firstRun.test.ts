/** The first minutes on a new machine: Berth's views, the engine that is found by itself, the walkthrough. */
import assert from 'node:assert/strict';
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
    await window.tree('Workspaces').waitFor();
    await window.row('Workspaces', 'This machine').waitFor();
    await window.screenshot('views');
    assert.equal(await window.tree('Images').count(), 1);
  });
});
