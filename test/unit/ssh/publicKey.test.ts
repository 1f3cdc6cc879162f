import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readPublicKeys, withComment } from '../../../src/ssh/publicKey.ts';

const folder = mkdtempSync(join(tmpdir(), 'berth-keys-'));
after(() => rmSync(folder, { recursive: true }));

/** As ssh-keygen makes it: the public line, and its fingerprint in ssh-keygen's own words. */
function made(type: string, bits: number): { line: string; fingerprint: string; privateKey: string } {
  const path = join(folder, `${type}-${bits}`);
  execFileSync('ssh-keygen', [
    '-q',
    '-t',
    type,
    '-b',
    String(bits),
    '-N',
    '',
    '-C',
    'anna@laptop',
    '-f',
    path,
  ]);
  const said = execFileSync('ssh-keygen', ['-l', '-f', `${path}.pub`]).toString();
  return {
    line: readFileSync(`${path}.pub`, 'utf8').trim(),
    fingerprint: said.split(' ')[1] ?? '',
    privateKey: readFileSync(path, 'utf8'),
  };
}
const field = (value: string | Buffer) => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};
const blob = (...fields: (string | Buffer)[]) => Buffer.concat(fields.map(field)).toString('base64');
/** Of that many bits; nobody could use it. */
const rsa = (bits: number) => {
  const modulus = Buffer.alloc(bits / 8 + 1, 0xff).fill(0, 0, 1);
  return `ssh-rsa ${blob('ssh-rsa', Buffer.from([1, 0, 1]), modulus)} a`;
};
const ed25519 = made('ed25519', 256);
const [, base64 = ''] = ed25519.line.split(' ');

describe('a public key that is handed over', () => {
  for (const [type, bits, kind] of [
    ['ed25519', 256, 'ED25519'],
    ['ecdsa', 256, 'ECDSA 256'],
    ['ecdsa', 521, 'ECDSA 521'],
    ['rsa', 2048, 'RSA 2048'],
  ] as const) {
    it(`is taken as ssh-keygen makes it: ${kind}`, () => {
      const { line, fingerprint } = type === 'ed25519' ? ed25519 : made(type, bits);
      assert.deepEqual(readPublicKeys(`${line}\n`), {
        keys: [{ line, kind, fingerprint, comment: 'anna@laptop' }],
        refused: [],
      });
    });
  }

  it('may live in a security key', () => {
    const sk = 'sk-ssh-ed25519@openssh.com';
    const ecdsa = 'sk-ecdsa-sha2-nistp256@openssh.com';
    const { keys } = readPublicKeys(
      `${sk} ${blob(sk, Buffer.alloc(32, 1), 'ssh:')}\n${ecdsa} ${blob(ecdsa, 'nistp256', Buffer.alloc(65, 4), 'ssh:')}`,
    );
    assert.deepEqual(
      keys.map(({ kind }) => kind),
      ['ED25519-SK', 'ECDSA-SK'],
    );
  });

  const refusals: readonly (readonly [string, string, RegExp])[] = [
    ['is weak', rsa(1024), /1024 bits, which is too weak/],
    ['is a little too weak', rsa(2040), /2040 bits, which is too weak/],
    ['is of a broken kind', `ssh-dss ${blob('ssh-dss', 'x')} a`, /DSA keys are broken/],
    ['has a command in front', `command="rm -rf ~" ${ed25519.line}`, /options in front/],
    ['has other options in front', `from="10.0.0.1",no-pty ${ed25519.line}`, /options in front/],
    ['is a certificate', `ssh-ed25519-cert-v01@openssh.com ${base64} x`, /certificate/],
    ['is cut off', ed25519.line.slice(0, 50), /cut off or damaged/],
    ['has something added', `ssh-ed25519 ${base64}AAAA x`, /cut off or damaged/],
    ['says another kind than it is', `ssh-rsa ${base64} x`, /cut off or damaged/],
    ['has no key', 'ssh-ed25519', /cut off or damaged/],
    [
      'is on another curve than it says',
      `ecdsa-sha2-nistp256 ${blob('ecdsa-sha2-nistp256', 'nistp384', Buffer.alloc(65))}`,
      /damaged/,
    ],
    ['is in another format', '---- BEGIN SSH2 PUBLIC KEY ----', /ssh-keygen -i/],
    ['is no key', 'hello world', /not a public key/],
    ['is of no kind', `constructor ${blob('constructor', 'x')} x`, /not a public key/],
    ['is far too long', `ssh-rsa ${'A'.repeat(20_000)}`, /too long/],
  ];
  for (const [title, line, why] of refusals) {
    it(`is refused where it ${title}`, () => {
      const { keys, refused } = readPublicKeys(`# a comment\n${line}`);
      assert.deepEqual(keys, []);
      assert.equal(refused[0]?.line, 2);
      assert.match(refused[0]?.why ?? '', why);
    });
  }

  for (const [title, text] of [
    ['a private key', ed25519.privateKey],
    ['one in an old format', '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n'],
    ['one of PuTTY', 'PuTTY-User-Key-File-3: ssh-ed25519\n'],
    ['the inside of one', ed25519.privateKey.split('\n')[1] ?? ''],
    ['one among public ones', `${ed25519.line}\n${ed25519.privateKey}`],
  ] as const) {
    it(`is never taken where it is ${title}, and nothing of it is said again`, () => {
      assert.throws(
        () => readPublicKeys(text),
        (error: Error) => {
          assert.match(error.message, /PRIVATE key/);
          for (const line of text.split('\n').slice(1))
            if (line.length > 10) assert.ok(!error.message.includes(line));
          return true;
        },
      );
    });
  }

  it('is taken once, whatever it is called, among lines that are none', () => {
    const { keys, refused } = readPublicKeys(
      `\r\n# keys\r\n${ed25519.line}\r\nssh-ed25519 ${base64} again\r\nno\r\n`,
    );
    assert.deepEqual(
      keys.map(({ comment }) => comment),
      ['anna@laptop'],
    );
    assert.deepEqual(
      refused.map(({ line }) => line),
      [5],
    );
  });

  it('has a name of one short line, whatever stands there', () => {
    const { keys } = readPublicKeys(`${ed25519.line}\u0007\u202e ${'x'.repeat(500)}`);
    assert.match(keys[0]?.comment ?? '', /^[\x20-\x7e]{1,100}$/);
    assert.equal(withComment(ed25519.line, ' anna \n b '), `ssh-ed25519 ${base64} anna b`);
    assert.equal(withComment(ed25519.line, ''), `ssh-ed25519 ${base64}`);
  });
});
