import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { entryDecision } from '../../../src/commands/mayEnter.ts';

const mine = 'ssh-ed25519 AAAAmine berth dev';
const other = 'ssh-ed25519 AAAAother berth other';
const record = (keys: string[], publicKeys: string[] = []) => ({
  authorizedKeys: keys.map(key => ({ key, owner: 'dev@example.org' })),
  settings: { publicKeys },
  createdBy: 'dev@example.org',
});

describe('entryDecision', () => {
  for (const [title, given, identity, expected] of [
    ['a key in the record enters', record([other, mine]), 'dev@example.org', { kind: 'enter' }],
    ['whoever it belongs to', record([mine]), 'other@example.org', { kind: 'enter' }],
    [
      'comments do not count',
      record(['ssh-ed25519 AAAAmine another comment']),
      'dev@example.org',
      { kind: 'enter' },
    ],
    ['an extra public key enters', record([other], [mine]), 'other@example.org', { kind: 'enter' }],
    ['one’s own from another machine asks', record([other]), 'dev@example.org', { kind: 'ask' }],
    [
      'another’s refuses and names the owner',
      record([other]),
      'other@example.org',
      { kind: 'refuse', owner: 'dev@example.org' },
    ],
  ] as const) {
    it(title, () => assert.deepEqual(entryDecision(given, mine, identity), expected));
  }
});
