/** What a template would run, open, mount or let in: said before one of somebody else is used. Pure; derived from the schema's marks. */
import * as l10n from '@vscode/l10n';
import { defaultOf, type FormKey, formFields } from '../workspace/draft.ts';
import { grantsOf } from '../workspace/grants.ts';
import type { GrantLevel } from '../workspace/grantWords.ts';
import { valueWords } from '../workspace/review.ts';
import type { TemplateSettings } from './template.ts';

const longestValue = 300;
const levels: readonly GrantLevel[] = ['blocked', 'warned', 'shown', 'safe'];

/** A line for each, such as `Init script: curl …`. */
export function reachLines(settings: TemplateSettings): readonly string[] {
  const values = new Map<string, unknown>(Object.entries(settings));
  return [...formFields].flatMap(([key, { reaches, title }]) => {
    const value = values.get(key);
    if (!reaches || value === undefined) return [];
    if (JSON.stringify(value) === JSON.stringify(defaultOf(key, 'docker'))) return [];
    return [`${l10n.t(title)}: ${wordsOf(key, value, settings)}`];
  });
}

/** A script as it is, not as a number of lines; a command, not its label; of overrides what they mean, the worst first. */
function wordsOf(key: FormKey, value: unknown, settings: TemplateSettings): string {
  switch (key) {
    case 'apps':
      return (settings.apps ?? []).map(({ command }) => clipped(command)).join('; ');
    case 'overrides':
      return grantsOf(settings.overrides ?? {})
        .toSorted((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level))
        .map(({ words, value: shown }) => clipped(shown === '' ? words : `${words} (${shown})`))
        .join('; ');
    default:
      return clipped(typeof value === 'string' ? value : valueWords(key, settings));
  }
}

/** Each value by itself, or a long one would hide those after it. */
function clipped(words: string): string {
  const line = words.replace(/\s*\n\s*/g, ' ⏎ ').trim();
  const more = line.length - longestValue;
  return more > 0 ? l10n.t('{0}… (and {1} more characters)', line.slice(0, longestValue), more) : line;
}
