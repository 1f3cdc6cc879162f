/** Reports and records for the tables of the Docker engine's pure parts. */

import { recordVolume } from '../../../../src/engine/docker/names.ts';
import type { ContainerReport } from '../../../../src/engine/docker/reports.ts';
import { labelKeys, workspaceLabels } from '../../../../src/engine/labels.ts';
import { WorkspaceName } from '../../../../src/workspace/name.ts';
import type { Record as WorkspaceRecord } from '../../../../src/workspace/record.ts';
import { type SettingsInput, WorkspaceSettings } from '../../../../src/workspace/settings.ts';

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

export function containerOf(more: Partial<ContainerReport> = {}): ContainerReport {
  return {
    id: 'c1',
    name: 'berth-web',
    labels: workspaceLabels(recordOf()),
    status: 'running',
    exitCode: 0,
    oomKilled: false,
    error: '',
    startedAt: '2026-01-02T03:04:05.123456789Z',
    finishedAt: undefined,
    volumes: [recordVolume(web), 'berth-web-home'],
    sshPort: 32768,
    image: 'sha256:1',
    ...more,
  };
}

export function recordVolumeOf(record = recordOf()) {
  return {
    name: recordVolume(record.name),
    labels: { ...workspaceLabels(record), [labelKeys.role]: 'record' },
  };
}
