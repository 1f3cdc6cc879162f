import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FormSession } from '../../../src/panels/formSession.ts';
import type { HostMessage } from '../../../src/panels/messages.ts';
import { World } from '../../support/pages/fakes.ts';

describe('the check of a name', () => {
  it('knows what this machine’s ssh means by it already', async () => {
    const world = new World();
    world.nameProblems.set('theirs', 'theirs is adopted');
    const posted: HostMessage[] = [];
    using session = new FormSession(world.services, world.desk, { mode: 'create' }, message =>
      posted.push(message),
    );
    for (const [id, name] of ['theirs', 'mine'].entries()) {
      await session.receive({ type: 'request', id, method: 'checkName', params: { target: 'local', name } });
    }
    const [taken, free] = posted.map(message => message.type === 'result' && JSON.stringify(message.result));
    assert.match(String(taken), /"taken".*theirs is adopted/);
    assert.match(String(free), /"free"/);
  });
});
