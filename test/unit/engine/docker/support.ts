/** Reports and records for the tables of the Docker engine's pure parts. */

import { recordVolume } from '../../../../src/engine/docker/names.ts';
import type { ContainerReport } from '../../../../src/engine/docker/reports.ts';
import { labelKeys, workspaceLabels } from '../../../../src/engine/labels.ts';
import { recordOf, web } from '../records.ts';

export { publicKey, recordOf, settingsOf, web } from '../records.ts';

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
