/** Several windows on one engine, and an engine that goes away and comes back under them. */
import { after, before, describe, it } from 'node:test';
import { Session } from './session.ts';
import type { Workbench } from './workbench.ts';

describe('two windows', () => {
  let session: Session;
  let first: Workbench;
  let second: Workbench;
  let name = '';
  before(async () => {
    session = await Session.start({ name: 'windows' });
    name = session.workspaceName('shared');
    await session.create(name);
    first = await session.window();
    second = await session.window();
    await first.workspace(name, 'Running').waitFor();
    await second.workspace(name, 'Running').waitFor();
  });
  after(async () => {
    await session?.[Symbol.asyncDispose]();
  });

  it('see each other’s changes by themselves', async () => {
    await first.chooseFromMenu(first.workspace(name), 'Stop…');
    await first.answerDialog('Stop');
    await first.workspace(name, 'Off').waitFor();
    await second.workspace(name, 'Off').waitFor();
  });

  it('say that the engine is gone, and go on when it is back', async () => {
    await session.relay.cut();
    await first.target(session.targetTitle, 'does not answer').waitFor();
    await second.target(session.targetTitle, 'does not answer').waitFor();
    await first.screenshot('engine-gone');
    await session.relay.restore();
    await first.target(session.targetTitle, 'Docker').waitFor();
    await first.workspace(name, 'Off').waitFor();
    await second.target(session.targetTitle, 'Docker').waitFor();
    await first.clickInline(first.workspace(name), 'Start');
    await second.workspace(name, 'Running').waitFor();
    await second.screenshot('engine-back');
  });
});
