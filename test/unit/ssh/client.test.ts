import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { hasSlowKeyExchange, isSlowVersion, listenToShell } from '../../../src/ssh/client.ts';

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

describe('listenToShell', () => {
  for (const [what, shell, startup, expected] of [
    ['a startup file that prints', 'bash', 'echo welcome', true],
    ['one that prints for people alone', 'bash', 'case $- in *i*) echo welcome ;; esac', false],
    ['one that complains only', 'bash', 'echo no >&2; false', false],
    ['a shell that reads none', 'sh', 'echo welcome', false],
    ['a shell that is not there', '/nowhere/sh', 'echo welcome', false],
  ] as const) {
    it(`is ${expected} for ${what}`, async () => {
      const home = await mkdtemp(join(tmpdir(), 'berth-shell-'));
      try {
        await writeFile(join(home, '.bashrc'), `${startup}\n`);
        assert.equal(await listenToShell(shell, { PATH: process.env.PATH, HOME: home }), expected);
      } finally {
        await rm(home, { recursive: true });
      }
    });
  }
});
