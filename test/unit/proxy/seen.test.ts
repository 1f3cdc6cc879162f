import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatSeen, parseSeen } from '../../../src/proxy/seen.ts';

describe('what the proxy has seen', () => {
  const word = fc.string({ minLength: 1 }).filter(text => !text.includes('\n'));

  it('comes back as it was written', () => {
    fc.assert(
      fc.property(word, fc.integer({ min: 1, max: 65535 }), word, (startedAt, port, hostKey) => {
        const seen = { startedAt, port, hostKey };
        assert.deepEqual(parseSeen(formatSeen(seen)), seen);
      }),
    );
  });

  it('is nothing where the file is missing, cut short or something else', () => {
    const text = formatSeen({ startedAt: '2026-11-22T02:00:00Z', port: 22, hostKey: 'ssh-ed25519 AAAA' });
    for (let length = 0; length < text.length; length++)
      assert.equal(parseSeen(text.slice(0, length)), undefined);
    for (const other of [undefined, `${text}x`, `a\nport\nkey\n`]) assert.equal(parseSeen(other), undefined);
  });
});
