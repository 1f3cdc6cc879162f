/**
 * Public keys as people hand them over: pasted, in a file, or from a forge. Each line is taken apart (RFC 4253, 6.6;
 * RFC 5656; PROTOCOL.u2f), because a key that sshd would refuse, or that is weak, is better refused here, in words.
 */
import { createHash } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { BerthError } from '../workspace/error.ts';

export interface OfferedKey {
  /** Type, base64 and comment: one line as authorized_keys has it. */
  readonly line: string;
  /** Such as 'ED25519' or 'RSA 3072'. */
  readonly kind: string;
  /** `SHA256:…`, as ssh and ssh-keygen print it. */
  readonly fingerprint: string;
  /** '' where it has none. */
  readonly comment: string;
}

export interface OfferedKeys {
  readonly keys: readonly OfferedKey[];
  /** Lines that are no key, or none that may enter; counted from 1. */
  readonly refused: readonly { readonly line: number; readonly why: string }[];
}

const leastRsaBits = 2048;
const mostRsaBits = 16_384;
const commentLimit = 100;
/** Longer than any key. */
const lineLimit = 16_384;
const privateMarks = /PRIVATE KEY|PuTTY-User-Key-File|b3BlbnNzaC1rZXktdjE/;

/**
 * Every key of a text in the form of authorized_keys, each once. Throws 'invalid' on anything private, without a word of
 * it.
 */
export function readPublicKeys(text: string): OfferedKeys {
  if (privateMarks.test(text)) {
    throw new BerthError(
      l10n.t(
        'That is a PRIVATE key: nobody else may ever have it, and Berth has kept nothing of it. Take the public half, whose file ends in .pub. If it was sent to you, tell its owner to make a new one.',
      ),
      { code: 'invalid' },
    );
  }
  const keys = new Map<string, OfferedKey>();
  const refused: { line: number; why: string }[] = [];
  for (const [index, line] of text.split(/\r\n?|\n/).entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const key = readLine(trimmed);
    if (typeof key === 'string') refused.push({ line: index + 1, why: key });
    else if (!keys.has(key.fingerprint)) keys.set(key.fingerprint, key);
  }
  return { keys: [...keys.values()], refused };
}

/** `SHA256:…` of the key in a public line. */
export function fingerprintOf(line: string): string {
  const blob = Buffer.from(line.trim().split(/\s+/)[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** The same key under another name. */
export function withComment(line: string, comment: string): string {
  return [...line.trim().split(/\s+/).slice(0, 2), cleanComment(comment)].filter(Boolean).join(' ');
}

/** The key, or in words why it is none that may enter. */
function readLine(line: string): OfferedKey | string {
  if (line.length > lineLimit) return l10n.t('it is too long to be a key.');
  if (/^-{4,5} ?BEGIN/.test(line) || /^Comment:/i.test(line)) {
    return l10n.t('it is in another format: `ssh-keygen -i -f FILE` prints it as OpenSSH has it.');
  }
  const [type = '', base64 = '', ...comment] = line.split(/\s+/);
  const kindOf = kinds[type];
  if (!kindOf) return whyUnknown(type, line);
  const blob = Buffer.from(base64, 'base64');
  if (base64 === '' || blob.toString('base64').replace(/=+$/, '') !== base64.replace(/=+$/, '')) {
    return l10n.t('it is cut off or damaged: copy the whole line.');
  }
  const fields = fieldsOf(blob);
  if (!fields || fields[0]?.toString('latin1') !== type) {
    return l10n.t('it is cut off or damaged: copy the whole line.');
  }
  const found = kindOf(fields.slice(1));
  if ('why' in found) return found.why;
  const name = cleanComment(comment.join(' '));
  return {
    line: [type, base64, name].filter(Boolean).join(' '),
    kind: found.kind,
    fingerprint: fingerprintOf(`${type} ${base64}`),
    comment: name,
  };
}

function whyUnknown(type: string, line: string): string {
  if (type === 'ssh-dss') return l10n.t('DSA keys are broken, and ssh servers no longer take them.');
  if (/-cert-v0\d@openssh\.com$/.test(type)) {
    return l10n.t('it is a certificate: take the key that it was made for.');
  }
  if (/\s(?:ssh-|ecdsa-|sk-)\S+ AAAA/.test(line)) {
    return l10n.t(
      'it has options in front (such as command= or from=). Berth does not keep them, and without them the key could do more than was meant: give the key alone.',
    );
  }
  return l10n.t('it is not a public key as OpenSSH writes them: type, key, comment.');
}

type Found = { readonly kind: string } | { readonly why: string };
const damaged = (): Found => ({ why: l10n.t('it is cut off or damaged: copy the whole line.') });

/** By type, from the fields that follow it. */
const kinds: Readonly<Record<string, (fields: readonly Buffer[]) => Found>> = {
  'ssh-ed25519': fields => (isLike(fields, [32]) ? { kind: 'ED25519' } : damaged()),
  'ssh-rsa': rsaKind,
  'ecdsa-sha2-nistp256': fields => curveKind(fields, 'nistp256', 65),
  'ecdsa-sha2-nistp384': fields => curveKind(fields, 'nistp384', 97),
  'ecdsa-sha2-nistp521': fields => curveKind(fields, 'nistp521', 133),
  'sk-ssh-ed25519@openssh.com': fields =>
    fields.length === 2 && fields[0]?.length === 32 ? { kind: 'ED25519-SK' } : damaged(),
  'sk-ecdsa-sha2-nistp256@openssh.com': fields =>
    fields.length === 3 && fields[0]?.toString() === 'nistp256' && fields[1]?.length === 65
      ? { kind: 'ECDSA-SK' }
      : damaged(),
};

function rsaKind(fields: readonly Buffer[]): Found {
  const [exponent, modulus] = fields;
  if (fields.length !== 2 || !exponent?.length || !modulus?.length) return damaged();
  const hex = modulus.toString('hex').replace(/^0+/, '');
  const bits = hex === '' ? 0 : (hex.length - 1) * 4 + Number.parseInt(hex.charAt(0), 16).toString(2).length;
  if (bits < leastRsaBits) {
    return {
      why: l10n.t(
        'its RSA key has {0} bits, which is too weak: {1} at least, or better an ed25519 key.',
        bits,
        leastRsaBits,
      ),
    };
  }
  return bits > mostRsaBits ? damaged() : { kind: `RSA ${bits}` };
}

function curveKind(fields: readonly Buffer[], curve: string, length: number): Found {
  const isSound = fields.length === 2 && fields[0]?.toString() === curve && fields[1]?.length === length;
  return isSound ? { kind: `ECDSA ${curve.replace('nistp', '')}` } : damaged();
}

function isLike(fields: readonly Buffer[], lengths: readonly number[]): boolean {
  return fields.length === lengths.length && fields.every((field, at) => field.length === lengths[at]);
}

/** RFC 4251 strings to the very end, or undefined. */
function fieldsOf(blob: Buffer): Buffer[] | undefined {
  const fields: Buffer[] = [];
  for (let at = 0; at < blob.length; ) {
    if (at + 4 > blob.length) return undefined;
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return undefined;
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

function cleanComment(comment: string): string {
  return comment
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, commentLimit);
}
