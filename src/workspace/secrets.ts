/**
 * Keeping secret values where they belong: taken out before settings leave the record, put back when they return.
 * Which option of a volume driver is a secret only the driver knows: all their values are treated as one.
 */
import type { Mount, WorkspaceSettings } from './settings.ts';

/** The settings as labels, trees and pages may see them: no secret value left. */
export function withoutSecrets(settings: WorkspaceSettings): WorkspaceSettings {
  const { gitToken: _, ...rest } = settings;
  return {
    ...rest,
    env: settings.env.map(variable => (variable.secret ? { name: variable.name, secret: true } : variable)),
    mounts: settings.mounts.map(withoutMountSecrets),
  };
}

/** The edited settings with every secret that was left out taken over from the record. */
export function withSecretsOf(previous: WorkspaceSettings, edited: WorkspaceSettings): WorkspaceSettings {
  const secrets = new Map(
    previous.env.filter(variable => variable.secret).map(({ name, value }) => [name, value]),
  );
  const gitToken = edited.gitToken ?? (edited.gitAccess === 'token' ? previous.gitToken : undefined);
  const { gitToken: _, ...rest } = edited;
  return {
    ...rest,
    ...(gitToken === undefined ? {} : { gitToken }),
    env: edited.env.map(variable => {
      const kept = variable.secret && variable.value === undefined ? secrets.get(variable.name) : undefined;
      return kept === undefined ? variable : { ...variable, value: kept };
    }),
    mounts: edited.mounts.map(mount => withMountSecretsOf(previous.mounts, mount)),
  };
}

function withoutMountSecrets(mount: Mount): Mount {
  switch (mount.type) {
    case 'cifs': {
      const { password: _, ...rest } = mount;
      return rest;
    }
    case 'driver':
      return { ...mount, options: withoutValues(mount.options) };
    default:
      return mount;
  }
}

function withMountSecretsOf(previous: readonly Mount[], mount: Mount): Mount {
  switch (mount.type) {
    case 'cifs': {
      if (mount.password !== undefined) return mount;
      const same = previous.find(other => other.type === 'cifs' && cifsKey(other) === cifsKey(mount));
      const password = same?.type === 'cifs' ? same.password : undefined;
      return password === undefined ? mount : { ...mount, password };
    }
    case 'driver': {
      const kept = keptOptions(previous, mount);
      const options = Object.entries(mount.options).map(([name, value]) => [
        name,
        value === '' ? (kept[name] ?? '') : value,
      ]);
      return { ...mount, options: Object.fromEntries(options) };
    }
    default:
      return mount;
  }
}

type DriverMount = Extract<Mount, { type: 'driver' }>;

/** Of the mount of that driver at the same place; of one that was moved, where the driver had no other. */
function keptOptions(previous: readonly Mount[], mount: DriverMount): DriverMount['options'] {
  const ofDriver = previous
    .filter(other => other.type === 'driver')
    .filter(({ driver }) => driver === mount.driver);
  const there = ofDriver.find(({ path, name }) => path === mount.path && name === mount.name);
  return (there ?? (ofDriver.length === 1 ? ofDriver[0] : undefined))?.options ?? {};
}

/** The options of a volume driver by name alone: an empty value stands for the one in the record. */
export function withoutValues(options: DriverMount['options']): DriverMount['options'] {
  return Object.fromEntries(Object.keys(options).map(name => [name, '']));
}

/** What a CIFS password belongs to: a form that shows no password tells by it whether one is kept. */
export function cifsKey(mount: { readonly source: string; readonly username?: string | undefined }): string {
  return `${mount.source}\n${mount.username ?? ''}`;
}
