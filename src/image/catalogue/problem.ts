/** What is wrong with a catalogue, where in its JSON, and how bad that is. */
import * as l10n from '@vscode/l10n';
import type * as z from 'zod';

export type JsonPath = readonly (string | number)[];

/** An error makes the entry (or the list) unusable; a warning was got over by a rule. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** From the root of the file. */
  readonly path: JsonPath;
  readonly message: string;
}

/** As people write it, such as `workspaces[3].run_config`; '' is the whole file. */
export function pathText(path: JsonPath): string {
  return path
    .map(step => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}

/** In words, of one value that is not as its schema wants it. */
export function wordsOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? l10n.t('it is missing')
        : l10n.t('it must be {0}', typeWords(issue.expected));
    case 'too_big':
      return l10n.t('it is larger than {0}, the most it may be', String(issue.maximum));
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? l10n.t('it is empty')
        : l10n.t('it is smaller than {0}, the least it may be', String(issue.minimum));
    case 'invalid_value':
      return l10n.t('it must be one of {0}', issue.values.map(String).join(', '));
    default:
      return l10n.t('it is not of the form that it must have');
  }
}

function typeWords(expected: string): string {
  switch (expected) {
    case 'string':
      return l10n.t('text');
    case 'number':
    case 'int':
      return l10n.t('a number');
    case 'boolean':
      return l10n.t('true or false');
    case 'array':
      return l10n.t('a list');
    default:
      return l10n.t('an object');
  }
}
