import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GrantInfo } from '../../../src/panels/galleryMessages.ts';
import { answerTo, askedIn } from '../../../webview/gallery/answer.ts';

function grant(id: string, level: GrantInfo['level'], verdict: GrantInfo['verdict'] = 'asks'): GrantInfo {
  return { id, level, verdict, words: '', value: '', isNew: false };
}
const grants = [
  grant('privileged', 'blocked'),
  grant('ipc', 'blocked'),
  grant('net', 'warned'),
  grant('raw', 'warned'),
  grant('user', 'warned', 'allowed'),
  grant('dns', 'warned', 'forbidden'),
  grant('run', 'shown', 'free'),
];

describe('the answer to a review', () => {
  it('takes what is warned of and nothing that is blocked, before anything was said', () => {
    const { accepted, scope } = answerTo({ grants, scope: 'entry' });
    assert.deepEqual([[...accepted], scope], [['net', 'raw'], 'entry']);
  });

  it('stays what it was when the review is drawn anew, and takes no more than is still asked', () => {
    const earlier = {
      asked: askedIn({ grants }),
      accepted: new Set(['privileged', 'raw']),
      scope: 'catalogue' as const,
    };
    const same = answerTo({ grants, scope: 'entry' }, earlier);
    assert.deepEqual([[...same.accepted], same.scope], [['privileged', 'raw'], 'catalogue']);
    const revoked = grants.map(one => (one.id === 'user' ? grant('user', 'warned') : one));
    const less = revoked.filter(({ id }) => id !== 'privileged');
    assert.deepEqual([...answerTo({ grants: less, scope: 'entry' }, earlier).accepted], ['raw', 'user']);
  });
});
