import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lastWords } from '../../../src/ssh/portForward.ts';

describe('lastWords', () => {
  for (const [title, words, expected] of [
    [
      'the last line of ssh says why',
      'Warning: odd\nPermission denied (publickey).\r\n\n',
      'Permission denied (publickey).',
    ],
    [
      'what the proxy said counts more than what ssh makes of it',
      'berth: there is no otter\nproxy dialer did not pass back a connection\n',
      'there is no otter',
    ],
    ['silence says nothing', '', ''],
  ] as const) {
    it(title, () => assert.equal(lastWords(words), expected));
  }
});
