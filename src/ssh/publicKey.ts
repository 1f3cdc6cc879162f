/** Public keys as people hand them over: pasted, in a file, or from a forge. Line by line (keyLine.ts). */
import { createHash } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { BerthError } from '../workspace/error.ts';
import { cleanComment, type KeyLine, readKeyLine } from '../workspace/keyLine.ts';

export interface OfferedKey extends KeyLine {
  /** `SHA256:…`, as ssh and ssh-keygen print it. */
  readonly fingerprint: string;
}

export interface OfferedKeys {
  readonly keys: readonly OfferedKey[];
  /** Lines that are no key, or none that may enter; counted from 1. */
  readonly refused: readonly { readonly line: number; readonly why: string }[];
}

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
    const key = readKeyLine(trimmed);
    if (typeof key === 'string') {
      refused.push({ line: index + 1, why: key });
      continue;
    }
    const fingerprint = fingerprintOf(key.line);
    if (!keys.has(fingerprint)) keys.set(fingerprint, { ...key, fingerprint });
  }
  return { keys: [...keys.values()], refused };
}

/** `SHA256:…` of the key in a public line. */
export function fingerprintOf(line: string): string {
  const blob = Buffer.from(line.trim().split(/\s+/)[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** Whether two public lines are the same key, whatever their comments. */
export function isSameKey(a: string, b: string): boolean {
  return withComment(a, '') === withComment(b, '');
}

/** The same key under another name; '' takes the name away. */
export function withComment(line: string, comment: string): string {
  return [...line.trim().split(/\s+/).slice(0, 2), cleanComment(comment)].filter(Boolean).join(' ');
}
