/** What an API server's refusals mean, as one table of sentences that name the setting in question. Pure. */
import * as l10n from '@vscode/l10n';
import type { ErrorCode } from '../../workspace/error.ts';
import type { KubeStatusError } from './status.ts';

export interface Fault {
  readonly code: ErrorCode;
  /** What is wrong and what to do, one or two sentences. */
  readonly words: string;
}

/** The first line of the table that fits the server's words, or undefined. Any text will do, hostile ones too. */
export function faultOf({ code, reason, message }: KubeStatusError): Fault | undefined {
  for (const rule of table) {
    const match = rule.pattern.exec(message);
    if (match) return { code: rule.code, words: rule.say(match, message) };
  }
  if (code === 403 || reason === 'Forbidden') {
    return { code: 'failed', words: l10n.t('the cluster forbids it: {0}', message) };
  }
  return undefined;
}

interface Rule {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly say: (match: RegExpExecArray, message: string) => string;
}

const table: readonly Rule[] = [];
