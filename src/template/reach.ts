/** What a template would run, open, mount or let in: said before one of somebody else is used. Pure; derived from the schema's marks. */
import * as l10n from '@vscode/l10n';
import { defaultOf, formFields } from '../workspace/draft.ts';
import { valueWords } from '../workspace/review.ts';
import type { TemplateSettings } from './template.ts';

const longestValue = 300;

/** A line for each, such as `Init script: curl …`. */
export function reachLines(settings: TemplateSettings): readonly string[] {
  const values = new Map<string, unknown>(Object.entries(settings));
  return [...formFields].flatMap(([key, { reaches, title }]) => {
    const value = values.get(key);
    if (!reaches || value === undefined) return [];
    if (JSON.stringify(value) === JSON.stringify(defaultOf(key, 'docker'))) return [];
    // A script is shown as it is, not as a number of lines; a command, not its label.
    const words =
      key === 'apps'
        ? (settings.apps ?? []).map(({ command }) => command).join('; ')
        : typeof value === 'string'
          ? value
          : valueWords(key, settings);
    return [`${l10n.t(title)}: ${clipped(words)}`];
  });
}

function clipped(words: string): string {
  const line = words.replace(/\s*\n\s*/g, ' ⏎ ').trim();
  return line.length > longestValue ? `${line.slice(0, longestValue)}…` : line;
}
