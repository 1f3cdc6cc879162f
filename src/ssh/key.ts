/**
 * Ed25519 keys as OpenSSH writes them (PROTOCOL.key, 'openssh-key-v1', no passphrase): this machine's own, and the
 * host key of every workspace.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { HostKey } from '../workspace/record.ts';

const keyType = 'ssh-ed25519';
const magic = 'openssh-key-v1\0';
const begin = '-----BEGIN OPENSSH PRIVATE KEY-----';
const end = '-----END OPENSSH PRIVATE KEY-----';

/** The two halves of an ed25519 key, 32 bytes each. */
export interface Ed25519 {
  readonly seed: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** A new key; the comment is one line and ends up in both halves. */
export function generateKey(comment: string): HostKey {
  const { d, x } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  if (d === undefined || x === undefined) throw new Error('Node made an ed25519 key without its halves');
  return encodeKey(
    { seed: Buffer.from(d, 'base64url'), publicKey: Buffer.from(x, 'base64url') },
    comment,
    randomBytes(4).readUInt32BE(),
  );
}

/** The same key always gives the same text; `check` is the number by which OpenSSH sees that decryption worked. */
export function encodeKey(key: Ed25519, comment: string, check: number): HostKey {
  if (/[\r\n\0]/.test(comment)) throw new Error('the comment of a key is one line');
  const publicBlob = publicBlobOf(key.publicKey);
  const secret = Buffer.concat([
    uint32(check),
    uint32(check),
    publicBlob,
    string(Buffer.concat([key.seed, key.publicKey])),
    string(comment),
  ]);
  const body = Buffer.concat([
    Buffer.from(magic, 'latin1'),
    string('none'), // cipher
    string('none'), // key derivation
    string(''), // its options
    uint32(1), // number of keys
    string(publicBlob),
    string(padded(secret)),
  ]);
  return {
    privateKey: `${[begin, ...lines(body.toString('base64')), end].join('\n')}\n`,
    publicKey: publicLine(publicBlob, comment),
  };
}

/**
 * The public line of a private key file. It stands in clear even where a passphrase was set later; the comment does
 * not, so that it is given. Undefined where the text is not an OpenSSH ed25519 key.
 */
export function publicKeyOf(privateKey: string, comment: string): string | undefined {
  const base64 = privateKey.split(begin)[1]?.split(end)[0];
  if (base64 === undefined) return undefined;
  const body = Buffer.from(base64, 'base64');
  if (body.subarray(0, magic.length).toString('latin1') !== magic) return undefined;
  let at = magic.length;
  const next = (): Buffer | undefined => {
    if (at + 4 > body.length) return undefined;
    const length = body.readUInt32BE(at);
    at += 4 + length;
    return at <= body.length ? body.subarray(at - length, at) : undefined;
  };
  for (const _ of ['cipher', 'derivation', 'options']) if (!next()) return undefined;
  at += 4; // number of keys
  const blob = next();
  const isEd25519 =
    blob !== undefined && blob.length === 51 && blob.equals(publicBlobOf(blob.subarray(blob.length - 32)));
  return isEd25519 ? publicLine(blob, comment) : undefined;
}

function publicBlobOf(publicKey: Uint8Array): Buffer {
  return Buffer.concat([string(keyType), string(publicKey)]);
}

function publicLine(blob: Uint8Array, comment: string): string {
  const line = `${keyType} ${Buffer.from(blob).toString('base64')}`;
  return comment === '' ? line : `${line} ${comment}`;
}

/** RFC 4251 'string': length and bytes. */
function string(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Filled up with 1, 2, 3 … to the block size of the cipher, which is 8 for none. */
function padded(secret: Buffer): Buffer {
  const missing = (8 - (secret.length % 8)) % 8;
  return Buffer.concat([secret, Buffer.from(Array.from({ length: missing }, (_, index) => index + 1))]);
}

function lines(base64: string): string[] {
  return base64.match(/.{1,70}/g) ?? [];
}
