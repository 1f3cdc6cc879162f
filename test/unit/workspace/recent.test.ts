import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RecentValues, withRecent } from '../../../src/workspace/recent.ts';

describe('values used before', () => {
  it('are of the fields that are marked so, newest first, each once', () => {
    const one = withRecent(
      {},
      { repository: 'https://a/x.git', user: 'dev', initScript: 'rm', gitToken: 'hush' },
    );
    const two = withRecent(one, { repository: 'https://a/y.git', user: '' });
    const three = withRecent(two, { repository: 'https://a/x.git' });
    assert.deepEqual(three.repository, ['https://a/x.git', 'https://a/y.git']);
    assert.deepEqual(three.user, ['dev']);
    assert.equal(JSON.stringify(three).includes('hush') || 'initScript' in three, false);
  });

  it('are ten at most', () => {
    const many = Array.from({ length: 30 }, (_, index) => `u${index}`);
    const recent = many.reduce<RecentValues>((before, user) => withRecent(before, { user }), {});
    assert.deepEqual(recent.user, many.slice(-10).reverse());
  });

  it('are none where what was kept is something else', () => {
    for (const kept of [null, 7, [], { user: 7 }, { user: [7] }])
      assert.deepEqual(withRecent(RecentValues.parse(kept), { user: 'a' }).user, ['a']);
  });
});
