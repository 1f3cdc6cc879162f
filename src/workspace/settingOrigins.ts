/** Where the values of a workspace's settings came from, as far as they tell: what equals a known source is taken for it. */
import { defaultOf, type FormKey, formFields, type Origin } from './draft.ts';
import type { EngineKind } from './field.ts';
import type { InheritedValues } from './inherited.ts';
import { kindDefaults } from './kindDefaults.ts';
import type { Preset } from './presets.ts';
import type { WorkspaceSettings } from './settings.ts';

export interface SettingOrigin {
  readonly origin: Origin;
  /** Which one: the preset's name, or the names of what is inherited. */
  readonly detail?: string | undefined;
}

/** What values may have come from. */
export interface KnownSources {
  readonly engine: EngineKind;
  readonly presets: readonly Preset[];
  readonly inherited: InheritedValues;
  readonly defaultImage: string;
  readonly identity?: { readonly name: string; readonly email: string } | undefined;
}

/** By key of the form. */
export function settingOrigins(
  settings: WorkspaceSettings,
  known: KnownSources,
): Partial<Record<FormKey, SettingOrigin>> {
  const keys = [...formFields.keys()].filter(key => key in settings);
  return Object.fromEntries(keys.map(key => [key, originOf(key, settings, known)]));
}

function originOf(key: FormKey, settings: WorkspaceSettings, known: KnownSources): SettingOrigin {
  const value: unknown = { ...settings }[key as keyof WorkspaceSettings];
  const byDefault = same(value ?? '', defaultOf(key, known.engine));
  switch (key) {
    case 'kind':
      return { origin: 'image' };
    case 'image':
      return { origin: value === known.defaultImage ? 'configuration' : 'typed' };
    case 'cpus':
    case 'memoryMiB': {
      const preset = known.presets.find(
        ({ cpus, memoryGiB }) => cpus === settings.cpus && memoryGiB * 1024 === settings.memoryMiB,
      );
      if (preset) return { origin: 'preset', detail: preset.name };
      break;
    }
    case 'apps':
    case 'ports':
    case 'firstProcess':
      if (!byDefault && same(value, kindDefaults(settings.kind)[key])) return { origin: 'image' };
      break;
    case 'env':
    case 'labels': {
      const own = settings[key];
      const taken = known.inherited[key].filter(({ name, value }) =>
        own.some(each => each.name === name && each.value === value),
      );
      if (taken.length > 0)
        return {
          origin: taken.length === own.length ? 'target' : 'typed',
          detail: taken.length === own.length ? undefined : taken.map(({ name }) => name).join(', '),
        };
      break;
    }
    case 'gitUserName':
    case 'gitUserEmail': {
      const ours = key === 'gitUserName' ? known.identity?.name : known.identity?.email;
      if (!byDefault && value === ours) return { origin: 'machine' };
    }
  }
  return { origin: byDefault ? 'default' : 'typed' };
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
