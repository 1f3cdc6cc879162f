import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Attempt } from '../../../src/panels/attempt.ts';
import type { AttemptInfo } from '../../../src/panels/messages.ts';
import { BerthError } from '../../../src/workspace/error.ts';
import { FakeActivity, refOf } from '../../support/pages/fakes.ts';

function attempted() {
  const said: AttemptInfo[] = [];
  const ends: string[] = [];
  const activity = new FakeActivity('1', refOf('otter'), 'Creating otter');
  const attempt = new Attempt({
    changed: info => said.push(info),
    done: () => ends.push('done'),
    failed: async state => {
      ends.push(state);
    },
  });
  return { attempt, activity, said, ends };
}

describe('what a form is sent for', () => {
  it('is begun once, though it is asked for twice before the first has begun', async () => {
    const { attempt, activity } = attempted();
    let begun = 0;
    const begin = async () => {
      begun++;
      return activity;
    };
    await Promise.all([attempt.make(begin), attempt.make(begin)]);
    await attempt.make(begin);
    assert.equal(begun, 1);
    assert.deepEqual(attempt.info, { kind: 'running', title: 'Creating otter' });
  });

  it('is done only when its activity ended well', async () => {
    const { attempt, activity, ends } = attempted();
    await attempt.make(async () => activity);
    assert.deepEqual(ends, []);
    activity.end('done');
    assert.deepEqual(ends, ['done']);
  });

  it('says why it failed, may have failed at once, and can be made again', async () => {
    const { attempt, activity, said, ends } = attempted();
    activity.end('failed', new BerthError('No room.'));
    await attempt.make(async () => activity);
    await new Promise(setImmediate);
    assert.deepEqual(said.at(-1), { kind: 'failed', message: 'No room.' });
    await attempt.make(() => Promise.reject(new BerthError('Taken.')));
    assert.deepEqual(attempt.info, { kind: 'failed', message: 'Taken.' });
    assert.deepEqual(ends, ['failed']);
  });

  it('is cancelled while it runs, and at no other time', async () => {
    const { attempt, activity, said } = attempted();
    assert.equal(attempt.cancel(), false);
    await attempt.make(async () => activity);
    assert.equal(attempt.cancel(), true);
    await new Promise(setImmediate);
    assert.deepEqual(said.at(-1), { kind: 'failed', message: 'Creating otter: cancelled' });
    assert.equal(attempt.cancel(), false);
  });
});
