import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stateError } from '../../../src/engine/stateError.ts';

describe('a state as the reason of a failure', () => {
  it('is its own reason, with a code where there is one for its cause', () => {
    const { message, code } = stateError('No', { kind: 'Error', cause: 'foreign', reason: 'not ours' });
    assert.deepEqual([message, code], ['No: not ours', 'conflict']);
  });

  it('is said in words where it has none', () => {
    for (const [kind, message] of [
      ['Turning off', 'No: it is being stopped'],
      ['Deleting', 'No: it is being deleted'],
    ] as const)
      assert.equal(stateError('No', { kind, reason: '' }).message, message);
  });
});
