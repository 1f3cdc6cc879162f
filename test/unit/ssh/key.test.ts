import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { encodeKey, generateKey, publicKeyOf } from '../../../src/ssh/key.ts';
import { HostKey } from '../../../src/workspace/record.ts';

const folder = mkdtempSync(join(tmpdir(), 'berth-key-'));
after(() => rmSync(folder, { recursive: true }));

/** ssh-keygen over a private key file; throws where it refuses. */
function keygen(privateKey: string, ...options: string[]): string {
  const path = join(folder, 'key');
  writeFileSync(path, privateKey, { mode: 0o600 });
  const { status, stdout, stderr } = spawnSync('ssh-keygen', [...options, '-f', path], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.trim();
}

describe('generateKey', () => {
  it('makes keys that OpenSSH reads, whose halves belong together', () => {
    for (const comment of ['', 'me@box', 'a comment of many words — äöü', 'x'.repeat(300)]) {
      const { privateKey, publicKey } = generateKey(comment);
      assert.equal(keygen(privateKey, '-y'), publicKey);
      assert.ok(HostKey.safeParse({ privateKey, publicKey }).success);
    }
  });

  it('never makes the same key twice', () => {
    assert.notEqual(generateKey('x').publicKey, generateKey('x').publicKey);
  });

  it('refuses a comment of two lines, which would become a second entry in authorized_keys', () => {
    assert.throws(() => generateKey('a\nb'));
  });

  it('makes keys that sign', () => {
    const key = generateKey('signer');
    const path = join(folder, 'signer');
    writeFileSync(path, key.privateKey, { mode: 0o600 });
    const sign = spawnSync('ssh-keygen', ['-Y', 'sign', '-n', 'file', '-f', path], { input: 'words' });
    assert.equal(sign.status, 0, String(sign.stderr));
    const signature = join(folder, 'words.sig');
    writeFileSync(signature, sign.stdout);
    const allowed = join(folder, 'allowed');
    writeFileSync(allowed, `me ${key.publicKey}\n`);
    const verify = (input: string) =>
      spawnSync('ssh-keygen', ['-Y', 'verify', '-n', 'file', '-I', 'me', '-f', allowed, '-s', signature], {
        input,
      }).status;
    assert.equal(verify('words'), 0);
    assert.notEqual(verify('other words'), 0);
  });
});

describe('encodeKey', () => {
  it('writes byte for byte what ssh-keygen writes for the same key', () => {
    const path = join(folder, 'theirs');
    assert.equal(
      spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'them', '-f', path]).status,
      0,
    );
    const theirs = spawnSync('cat', [path], { encoding: 'utf8' }).stdout;
    const body = Buffer.from(theirs.split('\n').slice(1, -2).join(''), 'base64');
    // magic 15, three strings 8 + 8 + 4, count 4, public 4 + 51, length 4, check
    const check = body.readUInt32BE(98);
    const seedAt = 98 + 8 + 51 + 4;
    const key = {
      seed: body.subarray(seedAt, seedAt + 32),
      publicKey: body.subarray(seedAt + 32, seedAt + 64),
    };
    assert.equal(encodeKey(key, 'them', check).privateKey, theirs);
  });
});

describe('publicKeyOf', () => {
  it('finds the public half of every key that generateKey makes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).filter(text => !/[\r\n\0]/.test(text)),
        comment => {
          const { privateKey, publicKey } = generateKey(comment);
          assert.equal(publicKeyOf(privateKey, comment), publicKey);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('finds it behind a passphrase too', () => {
    const { privateKey, publicKey } = generateKey('me');
    const path = join(folder, 'locked');
    writeFileSync(path, privateKey, { mode: 0o600 });
    assert.equal(spawnSync('ssh-keygen', ['-p', '-P', '', '-N', 'secret', '-f', path]).status, 0);
    const locked = spawnSync('cat', [path], { encoding: 'utf8' }).stdout;
    assert.notEqual(locked, privateKey);
    assert.equal(publicKeyOf(locked, 'me'), publicKey);
  });

  it('says undefined to anything else', () => {
    const { privateKey } = generateKey('me');
    const rsa = spawnSync(
      'sh',
      ['-c', 'ssh-keygen -q -t rsa -b 1024 -N "" -f "$0" && cat "$0"', join(folder, 'rsa')],
      {
        encoding: 'utf8',
      },
    ).stdout;
    for (const text of ['', 'junk', rsa, privateKey.slice(0, 120), privateKey.replace('b3Bl', 'AAAA')]) {
      assert.equal(publicKeyOf(text, 'me'), undefined);
    }
    fc.assert(
      fc.property(
        fc.string(),
        text => publicKeyOf(`-----BEGIN OPENSSH PRIVATE KEY-----${text}`, '') === undefined,
      ),
    );
  });
});
