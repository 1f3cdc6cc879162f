/** What holds and who says so, as a page of Markdown. Pure. */
import * as l10n from '@vscode/l10n';
import { boundWords } from '../workspace/policy/apply.ts';
import type { Bounds, Said } from '../workspace/policy/bounds.ts';
import { shown } from '../workspace/policy/check.ts';
import { settingFields } from '../workspace/policy/rules.ts';
import type { Held, Reading } from './policies.ts';

export interface TargetHeld {
  readonly title: string;
  readonly held: Held;
}

export function policyReport(everywhere: Held, targets: readonly TargetHeld[]): string {
  const own = targets.filter(({ held }) => held.readings.length > everywhere.readings.length);
  return [
    `# ${l10n.t('What organisations allow')}`,
    '',
    ...part(l10n.t('On every target'), everywhere),
    ...own.flatMap(({ title, held }) => part(l10n.t('On {0}, with what holds everywhere', title), held)),
    l10n.t(
      'Policies come from {0}, the setting berth.policy, and the ConfigMap berth-policy of a namespace. The strictest counts.',
      '`/etc/berth/policy.json` (Windows: `%ProgramData%\\berth\\policy.json`)',
    ),
    '',
  ].join('\n');
}

function part(title: string, { bounds, readings, own, refusal }: Held): string[] {
  const rules = ruleLines(bounds);
  return [
    `## ${title}`,
    '',
    ...(refusal ? [`> **${inline(refusal.message)}**`, ''] : []),
    ...[...readings.map(readingWords), ...own.map(({ name }) => l10n.t('The setting {0}', name))].map(
      line => `- ${inline(line)}`,
    ),
    '',
    ...(rules.length === 0
      ? [l10n.t('Everything is allowed.')]
      : [`| ${l10n.t('What')} | ${l10n.t('Rule')} |`, '| --- | --- |', ...rules]),
    '',
  ];
}

function readingWords(reading: Reading): string {
  switch (reading.kind) {
    case 'none':
      return l10n.t('{0}: there is none', reading.address);
    case 'good':
      return l10n.t('{0}: {1}', reading.address, reading.policy.name);
    case 'broken': {
      const { address, reason, last, wasSeen } = reading;
      if (!wasSeen) return l10n.t('{0}: cannot be read, and never was: {1}', address, reason);
      return last
        ? l10n.t('{0}: cannot be read: {1} As of {2}: {3}', address, reason, time(last.at), last.policy.name)
        : l10n.t('{0}: cannot be read: {1}', address, reason);
    }
  }
}

function time(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}

function ruleLines(bounds: Bounds): string[] {
  const settings = [...settingFields].flatMap(([key, meta]) => {
    const limits = bounds.settings[key];
    if (!limits) return [];
    const words = [
      ...limits.fixed.map(({ value, by }) => l10n.t('It has to be {0}: set by {1}.', shown(value, meta), by)),
      ...(limits.forbidden ? [l10n.t('It may not be set: {0} forbids it.', limits.forbidden.by)] : []),
      boundWords(key, limits),
      ...(limits.default
        ? [l10n.t('At first {0}, says {1}.', shown(limits.default.value, meta), limits.default.by)]
        : []),
      ...(limits.hidden ? [l10n.t('Not shown in the form, says {0}.', limits.hidden.by)] : []),
    ];
    return [row(l10n.t(meta.title), words)];
  });
  const one = (title: string, said: Said<unknown> | undefined) =>
    said ? [row(title, [`${String(said.value)} (${said.by})`])] : [];
  return [
    ...settings,
    ...lists(l10n.t('Images'), bounds.images),
    ...lists(l10n.t('Registries'), bounds.registries),
    ...lists(l10n.t('Catalogues'), bounds.catalogues),
    ...one(l10n.t('Workspaces per person'), bounds.workspacesPerPerson),
    ...one(l10n.t('Hours of a session, extensions included'), bounds.sessionHours),
    ...bounds.trust.map(({ value, by }) =>
      row(l10n.t('Entries of catalogues'), [l10n.t('Never {0}: forbidden by {1}.', value, by)]),
    ),
  ];
}

function lists(title: string, { allow, forbid }: Bounds['images']): string[] {
  const all = [
    ...allow.map(({ value, by }) => l10n.t('Only {0}, says {1}.', value.join(', '), by)),
    ...forbid.map(({ value, by }) => l10n.t('Not {0}, says {1}.', value.join(', '), by)),
  ];
  return all.length === 0 ? [] : [row(title, all)];
}

function row(what: string, rules: readonly string[]): string {
  const words = rules.filter(Boolean).map(inline).join('<br>');
  return `| ${inline(what)} | ${words} |`;
}

/** Text of others, as text: no link, no picture, no end of the cell. */
function inline(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>#|!]/g, letter => `\\${letter}`);
}
