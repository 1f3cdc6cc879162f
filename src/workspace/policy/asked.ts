/** What settings come to with what a catalogue's entry asks of the engine by itself. Pure. */
import { Overrides } from '../overrides.ts';
import type { WorkspaceSettings } from '../settings.ts';
import { type SettingKey, settingFields, type Values } from './rules.ts';

/** An override of the same name means the same thing: an engine adds it to the setting's list, or takes it in its place. */
const shared = [...settingFields.keys()].filter((key): key is SettingKey & keyof Overrides =>
  Object.hasOwn(Overrides.shape, key),
);

/** Those settings alone that overrides touch. Only GPUs go by another name there. */
export function askedFor({ overrides = {}, ...settings }: Partial<WorkspaceSettings>): Values {
  const touched = shared.filter(key => overrides[key] !== undefined);
  const { gpus } = overrides;
  return {
    ...Object.fromEntries(touched.map(key => [key, joined(settings[key], overrides[key])])),
    ...(gpus && { gpuCount: gpus.ids.length || (gpus.count === -1 ? Infinity : gpus.count) }),
  };
}

function joined(own: unknown, asked: unknown): unknown {
  return Array.isArray(own) && Array.isArray(asked) ? [...own, ...asked] : asked;
}
