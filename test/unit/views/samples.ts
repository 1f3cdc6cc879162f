/** Workspaces and targets for the tests of what is made of them. */
import type { FleetTarget } from '../../../src/engine/fleetMember.ts';
import { TargetId, WorkspaceName } from '../../../src/workspace/name.ts';
import { type SettingsInput, WorkspaceSettings } from '../../../src/workspace/settings.ts';
import type { Workspace } from '../../../src/workspace/workspace.ts';

export const local = TargetId.parse('local');

export function sampleWorkspace(name: string, changes: Partial<Workspace> = {}): Workspace {
  return {
    target: local,
    name: WorkspaceName.parse(name),
    state: { kind: 'Off', reason: 'stopped by a person', cause: 'person' },
    createdBy: 'dev@example.org',
    createdAt: '2026-01-01T00:00:00Z',
    settings: sampleSettings(),
    image: 'debian:bookworm',
    hostKey: undefined,
    login: { name: 'dev', uid: 1000, gid: 1000, home: '/home/dev' },
    ...changes,
  };
}

export function sampleSettings(input: Partial<SettingsInput> = {}): WorkspaceSettings {
  return WorkspaceSettings.parse({ image: 'debian:bookworm', ...input });
}

export function sampleTarget(changes: Partial<FleetTarget> = {}): FleetTarget {
  return {
    target: {
      kind: 'docker',
      id: local,
      title: 'This machine',
      endpoint: { type: 'unix', path: '/var/run/docker.sock' },
      origin: 'socket of this machine',
    },
    health: 'up',
    problem: undefined,
    facts: undefined,
    workspaces: [],
    ...changes,
  };
}
