/** A workspace's settings as a template, and a template as what the form begins with. Pure. */
import { doorVariable } from '../workspace/appSignIn.ts';
import { defaultOf, draftValue, type FormKey, formFields } from '../workspace/draft.ts';
import { appliesTo, type EngineKind } from '../workspace/field.ts';
import { withoutLogin } from '../workspace/gitAddress.ts';
import type { InheritedValues } from '../workspace/inherited.ts';
import type { KindDefaults } from '../workspace/kindDefaults.ts';
import { withoutSecrets } from '../workspace/secrets.ts';
import type { WorkspaceSettings } from '../workspace/settings.ts';
import { readTemplate, type Template } from './template.ts';

/** What is the person's or the target's own, and comes to every workspace anyway. */
export interface OwnValues {
  readonly engine: EngineKind;
  readonly inherited: InheritedValues;
  readonly identity: { readonly name: string; readonly email: string };
}

/** What an image would change if the template did not say it. */
const ofImage: ReadonlySet<string> = new Set<'kind' | 'diskGiB' | keyof KindDefaults>([
  'kind',
  'diskGiB',
  'apps',
  'ports',
  'firstProcess',
]);

/**
 * What differs from the defaults, what an image or a preset would set, and the few settings that everybody looks at. No
 * secret is in it: a secret variable keeps its name, so that the form asks for its value.
 */
export function templateOf(
  head: Pick<Template, 'name' | 'description'>,
  settings: WorkspaceSettings,
  own: OwnValues,
): Template {
  const shared = withoutOwn(withoutSecrets(settings), own);
  const values = new Map<string, unknown>(Object.entries(shared));
  const kept = [...formFields].flatMap(([key, meta]) => {
    const value = values.get(key);
    if (value === undefined || !appliesTo(meta, own.engine)) return [];
    const isSaid = meta.common || ofImage.has(key) || !same(value, defaultOf(key, own.engine));
    return isSaid ? [[key, value] as const] : [];
  });
  return readTemplate({ ...head, settings: Object.fromEntries(kept) }, head.name).template;
}

/** Without what the next workspace gets anyway: inherited entries, this machine's git identity, passwords that are made anew. */
function withoutOwn(settings: WorkspaceSettings, { inherited, identity }: OwnValues): WorkspaceSettings {
  const door = doorVariable(settings);
  const isInherited = (part: 'env' | 'labels', name: string, value: string | undefined) =>
    inherited[part].some(entry => entry.name === name && entry.value === value);
  return {
    ...settings,
    env: settings.env.filter(({ name, value }) => name !== door && !isInherited('env', name, value)),
    labels: settings.labels.filter(({ name, value }) => !isInherited('labels', name, value)),
    repository: withoutLogin(settings.repository),
    dotfiles: withoutLogin(settings.dotfiles),
    gitUserName: settings.gitUserName === identity.name ? '' : settings.gitUserName,
    gitUserEmail: settings.gitUserEmail === identity.email ? '' : settings.gitUserEmail,
  };
}

/** By key of the form, as its rows show them. */
export function formValues({ settings }: Pick<Template, 'settings'>): Partial<Record<FormKey, unknown>> {
  return { ...settings, ...(settings.mounts && { mounts: draftValue('mounts', settings.mounts) }) };
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
