import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasSlowKeyExchange, isSlowVersion } from '../../../src/ssh/client.ts';

describe('isSlowVersion', () => {
  const rows: readonly [string, boolean][] = [
    ['OpenSSH_9.2p1 Debian-2+deb12u10, OpenSSL 3.0.19 27 Jan 2026', true],
    ['OpenSSH_9.0p1, LibreSSL 3.3.6', true],
    ['OpenSSH_for_Windows_9.5p1, LibreSSL 3.8.2', true],
    ['OpenSSH_10.0p2 Debian-7, OpenSSL 3.5.0', true],
    ['OpenSSH_8.9p1 Ubuntu-3', false],
    ['OpenSSH_10.1p1, OpenSSL 3.5.0', false],
    ['OpenSSH_11.0p1', false],
    ['', false],
    ['Sun_SSH_2.4', false],
  ];
  for (const [text, expected] of rows) {
    it(`is ${expected} for '${text}'`, () => assert.equal(isSlowVersion(text), expected));
  }

  it('asks the real one', async () => {
    assert.equal(typeof (await hasSlowKeyExchange()), 'boolean');
  });
});
