/** Keeping secret values where they belong: taken out before settings leave the record, put back when they return. */
import type { Mount, WorkspaceSettings } from './settings.ts';

/** The settings as labels, trees and pages may see them: no secret value left. */
export function withoutSecrets(settings: WorkspaceSettings): WorkspaceSettings {
  const { gitToken: _, ...rest } = settings;
  return {
    ...rest,
    env: settings.env.map(variable => (variable.secret ? { name: variable.name, secret: true } : variable)),
    mounts: settings.mounts.map(withoutPassword),
  };
}

/** The edited settings with every secret that was left out taken over from the record. */
export function withSecretsOf(previous: WorkspaceSettings, edited: WorkspaceSettings): WorkspaceSettings {
  const secrets = new Map(
    previous.env.filter(variable => variable.secret).map(({ name, value }) => [name, value]),
  );
  const passwords = new Map(previous.mounts.map(mount => [mountKey(mount), passwordOf(mount)]));
  const gitToken = edited.gitToken ?? (edited.gitAccess === 'token' ? previous.gitToken : undefined);
  const { gitToken: _, ...rest } = edited;
  return {
    ...rest,
    ...(gitToken === undefined ? {} : { gitToken }),
    env: edited.env.map(variable => {
      const kept = variable.secret && variable.value === undefined ? secrets.get(variable.name) : undefined;
      return kept === undefined ? variable : { ...variable, value: kept };
    }),
    mounts: edited.mounts.map(mount => {
      const kept =
        mount.type === 'cifs' && mount.password === undefined ? passwords.get(mountKey(mount)) : undefined;
      return kept === undefined ? mount : ({ ...mount, password: kept } as Mount);
    }),
  };
}

function withoutPassword(mount: Mount): Mount {
  if (mount.type !== 'cifs') return mount;
  const { password: _, ...rest } = mount;
  return rest;
}

function passwordOf(mount: Mount): string | undefined {
  return mount.type === 'cifs' ? mount.password : undefined;
}

function mountKey(mount: Mount): string {
  return mount.type === 'cifs' ? cifsKey(mount) : '';
}

/** What a CIFS password belongs to: a form that shows no password tells by it whether one is kept. */
export function cifsKey(mount: { readonly source: string; readonly username?: string | undefined }): string {
  return `${mount.source}\n${mount.username ?? ''}`;
}
