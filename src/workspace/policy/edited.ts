/** What of an edit policies have a say in: what was there before an edit is not its doing. Pure. */
import type { WorkspaceSettings } from '../settings.ts';
import { type Bounds, type Limits, textOf } from './bounds.ts';
import { type SettingKey, settingFields, type Values } from './rules.ts';

/** The settings that an edit changes, but for lists that only lose what no policy demands: what is forbidden can be taken away. */
export function answerable(
  before: Partial<WorkspaceSettings>,
  after: Partial<WorkspaceSettings>,
  { settings }: Pick<Bounds, 'settings'>,
): ReadonlySet<SettingKey> {
  const [old, now]: [Values, Values] = [before, after];
  return new Set(
    [...settingFields.keys()].filter(
      key => textOf(old[key]) !== textOf(now[key]) && !onlyLoses(old[key], now[key], settings[key]),
    ),
  );
}

function onlyLoses(before: unknown, after: unknown, limits: Limits | undefined): boolean {
  if (!Array.isArray(before) || !Array.isArray(after)) return false;
  const had = new Set(before.map(textOf));
  const has = new Set(after.map(textOf));
  const demanded = (limits?.fixed ?? []).flatMap(({ value }) => value).map(textOf);
  return (
    [...has].every(entry => had.has(entry)) && demanded.every(entry => !had.has(entry) || has.has(entry))
  );
}
