/** Settings and records for the tables of the engines' pure parts. */
import { WorkspaceName } from '../../../src/workspace/name.ts';
import type { Record as WorkspaceRecord } from '../../../src/workspace/record.ts';
import { type SettingsInput, WorkspaceSettings } from '../../../src/workspace/settings.ts';

export const web = WorkspaceName.parse('web');
export const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPJp3HyDw0f5GcL0nF3mRmOvE6lkyR1DSVnFaKcHZWtq';

export function settingsOf(settings: Partial<SettingsInput> = {}): WorkspaceSettings {
  return WorkspaceSettings.parse({ image: 'debian:bookworm', ...settings });
}

export function recordOf(
  settings: Partial<SettingsInput> = {},
  more: Partial<WorkspaceRecord> = {},
): WorkspaceRecord {
  return {
    schema: 1,
    revision: 3,
    name: web,
    createdBy: 'ann@example.org',
    createdAt: '2026-01-02T03:04:05.000Z',
    settings: settingsOf(settings),
    hostKey: { privateKey: 'PRIVATE', publicKey },
    authorizedKeys: [],
    image: { reference: 'debian:bookworm', digest: '' },
    login: { name: 'dev', uid: 1000, gid: 1000, home: '/home/dev' },
    ...more,
  };
}
