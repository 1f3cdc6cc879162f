/**
 * One line of a public key, taken apart (RFC 4253, 6.6; RFC 5656; PROTOCOL.u2f), because a key that sshd would refuse, or that
 * is weak, is better refused here, in words. Pure; for pages too.
 */
import * as l10n from '@vscode/l10n';

export interface KeyLine {
  /** Type, base64 and comment: one line as authorized_keys has it. */
  readonly line: string;
  /** Such as 'ED25519' or 'RSA 3072'. */
  readonly kind: string;
  /** '' where it has none. */
  readonly comment: string;
}

const leastRsaBits = 2048;
const mostRsaBits = 16_384;
const commentLimit = 100;
/** Longer than any key. */
const lineLimit = 16_384;

/** The key, or in words why it is none that may enter. */
export function readKeyLine(line: string): KeyLine | string {
  if (line.length > lineLimit) return l10n.t('it is too long to be a key.');
  if (/^-{4,5} ?BEGIN/.test(line) || /^Comment:/i.test(line)) {
    return l10n.t('it is in another format: `ssh-keygen -i -f FILE` prints it as OpenSSH has it.');
  }
  const [type = '', base64 = '', ...comment] = line.split(/\s+/);
  const kindOf = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  if (!kindOf) return whyUnknown(type, line);
  const fields = fieldsOf(bytesOf(base64));
  const found = textOf(fields?.[0]) === type && fields ? kindOf(fields.slice(1)) : damaged();
  if ('why' in found) return found.why;
  const name = cleanComment(comment.join(' '));
  return {
    line: [type, base64, name].filter(Boolean).join(' '),
    kind: found.kind,
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
const kinds: Readonly<Record<string, (fields: readonly Uint8Array[]) => Found>> = {
  'ssh-ed25519': fields => (isLike(fields, [32]) ? { kind: 'ED25519' } : damaged()),
  'ssh-rsa': rsaKind,
  'ecdsa-sha2-nistp256': fields => curveKind(fields, 'nistp256', 65),
  'ecdsa-sha2-nistp384': fields => curveKind(fields, 'nistp384', 97),
  'ecdsa-sha2-nistp521': fields => curveKind(fields, 'nistp521', 133),
  'sk-ssh-ed25519@openssh.com': fields =>
    fields.length === 2 && fields[0]?.length === 32 ? { kind: 'ED25519-SK' } : damaged(),
  'sk-ecdsa-sha2-nistp256@openssh.com': fields =>
    fields.length === 3 && textOf(fields[0]) === 'nistp256' && fields[1]?.length === 65
      ? { kind: 'ECDSA-SK' }
      : damaged(),
};

function rsaKind(fields: readonly Uint8Array[]): Found {
  const [exponent, modulus] = fields;
  if (fields.length !== 2 || !exponent?.length || !modulus?.length) return damaged();
  const first = modulus.findIndex(byte => byte !== 0);
  const bits = first < 0 ? 0 : (modulus.length - first) * 8 - Math.clz32(modulus[first] ?? 0) + 24;
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

function curveKind(fields: readonly Uint8Array[], curve: string, length: number): Found {
  const isSound = fields.length === 2 && textOf(fields[0]) === curve && fields[1]?.length === length;
  return isSound ? { kind: `ECDSA ${curve.replace('nistp', '')}` } : damaged();
}

function isLike(fields: readonly Uint8Array[], lengths: readonly number[]): boolean {
  return fields.length === lengths.length && fields.every((field, at) => field.length === lengths[at]);
}

/** Undefined where it is not base64, or has more bits than bytes. */
function bytesOf(base64: string): Uint8Array | undefined {
  const digits = base64.replace(/={0,2}$/, '');
  try {
    const text = atob(digits);
    return btoa(text).replace(/=+$/, '') === digits
      ? Uint8Array.from(text, letter => letter.charCodeAt(0))
      : undefined;
  } catch {
    return undefined;
  }
}

/** RFC 4251 strings to the very end, or undefined. */
function fieldsOf(blob: Uint8Array | undefined): Uint8Array[] | undefined {
  if (!blob) return undefined;
  const view = new DataView(blob.buffer);
  const fields: Uint8Array[] = [];
  for (let at = 0; at < blob.length; ) {
    if (at + 4 > blob.length) return undefined;
    const end = at + 4 + view.getUint32(at);
    if (end > blob.length) return undefined;
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

function textOf(field: Uint8Array | undefined): string {
  return String.fromCharCode(...(field ?? []));
}

/** One line without anything that hides or turns text round. */
export function cleanComment(comment: string): string {
  return comment
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, commentLimit);
}
