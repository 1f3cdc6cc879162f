/** What was typed before, offered again by the form: of fields that are marked so in the schema. Pure. */
import * as z from 'zod';
import { fieldMeta } from './field.ts';
import { withoutLogin } from './gitAddress.ts';
import { WorkspaceSettings } from './settings.ts';

const most = 10;

/** By key of the form, newest first. */
export const RecentValues = z.record(z.string(), z.array(z.string().max(4096)).catch([])).catch({});
export type RecentValues = z.infer<typeof RecentValues>;

const recentKeys: readonly string[] = Object.entries(WorkspaceSettings.shape)
  .filter(([, schema]) => fieldMeta.get(schema)?.recent)
  .map(([key]) => key);

/** With what these settings say, each value once. The editor synchronises them: no login is kept. */
export function withRecent(recent: RecentValues, settings: Partial<WorkspaceSettings>): RecentValues {
  const given = new Map<string, unknown>(Object.entries(settings));
  return Object.fromEntries(
    recentKeys.map(key => {
      const before = recent[key] ?? [];
      const said = given.get(key);
      if (typeof said !== 'string' || said === '') return [key, before];
      const value = withoutLogin(said);
      return [key, [value, ...before.filter(other => other !== value)].slice(0, most)];
    }),
  );
}
