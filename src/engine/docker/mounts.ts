/** What a workspace mounts beside its home and record, as Docker takes it. Pure. */
import { createHash } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import type { MountSettings, VolumeCreateOptions } from 'dockerode';
import { BerthError } from '../../workspace/error.ts';
import { mountTarget } from '../../workspace/mountTarget.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { Mount } from '../../workspace/settings.ts';
import { partLabels } from '../labels.ts';
import { dataVolume } from './names.ts';

export interface MountPlan {
  readonly mounts: readonly MountSettings[];
  /** Volumes with a driver of their own, to be made before the container. */
  readonly volumes: readonly VolumeCreateOptions[];
}

export function mountPlan(name: WorkspaceName, mounts: readonly Mount[]): MountPlan {
  const plans = mounts.map(mount => planOf(name, mount));
  return {
    mounts: plans.map(plan => plan.mount),
    volumes: plans.flatMap(plan => (plan.volume ? [plan.volume] : [])),
  };
}

function planOf(name: WorkspaceName, mount: Mount): { mount: MountSettings; volume?: VolumeCreateOptions } {
  const common = { Target: mountTarget(mount), ReadOnly: mount.readOnly };
  if (mount.type === 'bind') return { mount: { ...common, Type: 'bind', Source: mount.source } };
  if (mount.type === 'configMap' || mount.type === 'secret') {
    throw new BerthError(
      l10n.t('Docker has no ConfigMaps and no Secrets to mount: take “{0}” out.', mount.source),
      {
        code: 'unsupported',
      },
    );
  }
  if (mount.type === 'volume') return { mount: { ...common, Type: 'volume', Source: mount.source } };
  const volume = volumeOf(name, mount);
  return { mount: { ...common, Type: 'volume', Source: volume.Name }, volume };
}

type DriverMount = Extract<Mount, { type: 'nfs' | 'cifs' | 'driver' }>;

function volumeOf(name: WorkspaceName, mount: DriverMount): VolumeCreateOptions & { Name: string } {
  const { driver, options } = driverOf(mount);
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([driver, Object.entries(options).sort()]))
    .digest('hex')
    .slice(0, 12);
  return {
    Name: dataVolume(name, fingerprint),
    Driver: driver,
    DriverOpts: { ...options },
    Labels: partLabels(name, 'data'),
  };
}

/** NFS and CIFS are mount(8) types of Docker's local driver. */
function driverOf(mount: DriverMount): { driver: string; options: Readonly<Record<string, string>> } {
  switch (mount.type) {
    case 'nfs':
      return {
        driver: 'local',
        options: {
          type: 'nfs',
          device: `:${mount.source}`,
          o: optionList(`addr=${mount.server}`, mount.readOnly && 'ro', mount.options),
        },
      };
    case 'cifs':
      return {
        driver: 'local',
        options: {
          type: 'cifs',
          device: mount.source,
          o: optionList(
            `addr=${mount.source.split('/')[2] ?? ''}`,
            mount.username !== undefined && `username=${mount.username}`,
            mount.password !== undefined && `password=${mount.password}`,
            mount.readOnly && 'ro',
            mount.options,
          ),
        },
      };
    case 'driver':
      return { driver: mount.driver, options: mount.options };
  }
}

function optionList(...options: readonly (string | false)[]): string {
  return options.filter(Boolean).join(',');
}
