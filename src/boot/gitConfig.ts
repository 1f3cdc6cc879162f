/** Git inside a workspace: a config file beside the record, which the system's gitconfig includes. */
import type { WorkspaceSettings } from '../workspace/settings.ts';
import { recordFolder } from './bootFiles.ts';

type GitSettings = Pick<
  WorkspaceSettings,
  'gitUserName' | 'gitUserEmail' | 'gitAccess' | 'gitToken' | 'repository' | 'dotfiles'
>;

/** Forges where a token may be meant for, when no repository says which. */
const commonForges = ['github.com', 'gitlab.com', 'bitbucket.org', 'codeberg.org'];

/** The whole text; the person's own ~/.gitconfig wins over it, as it is read later. */
export function gitConfig(settings: GitSettings): string {
  const identity = [
    ...(settings.gitUserName ? [`\tname = ${quoted(settings.gitUserName)}`] : []),
    ...(settings.gitUserEmail ? [`\temail = ${quoted(settings.gitUserEmail)}`] : []),
  ];
  return [
    ...(identity.length > 0 ? ['[user]', ...identity] : []),
    '[core]',
    `\tsshCommand = ${quoted(gitSsh(settings))}`,
    ...(settings.gitAccess === 'token' && settings.gitToken ? tokenHosts(settings).flatMap(credential) : []),
    '',
  ].join('\n');
}

/** The ssh command that git is to use: Berth's key where there is one, and the known hosts of the common forges. */
export function gitSsh({ gitAccess }: Pick<GitSettings, 'gitAccess'>): string {
  const key = gitAccess === 'key' ? ` -i ${recordFolder}/git_key` : '';
  return `ssh${key} -o GlobalKnownHostsFile='/etc/ssh/ssh_known_hosts ${recordFolder}/git_known_hosts'`;
}

/** The folder that a clone makes in the home, as `git clone` would name it. */
export function repositoryFolder(url: string): string {
  const [last = ''] = url.replace(/\/+$/, '').split(/[/:]/).slice(-1);
  const name = last.replace(/\.git$/, '').replace(/[^A-Za-z0-9._-]/g, '-');
  return /^[.-]*$/.test(name) ? 'project' : name;
}

/** The hosts that are given the token: those of the https repositories named in the settings, no other. */
export function tokenHosts(settings: Pick<GitSettings, 'repository' | 'dotfiles'>): readonly string[] {
  const named = [settings.repository, settings.dotfiles].flatMap(url => {
    if (!url.startsWith('https://') || !URL.canParse(url)) return [];
    return [new URL(url).host];
  });
  return named.length > 0 ? [...new Set(named)] : commonForges;
}

/** gitcredentials(7): the helper prints the password, the name beside it is what the forge wants with a token. */
function credential(host: string): string[] {
  return [
    `[credential ${quoted(`https://${host}`)}]`,
    `\tusername = ${tokenUser(host)}`,
    `\thelper = "!/bin/sh ${recordFolder}/boot.sh git-credential"`,
  ];
}

function tokenUser(host: string): string {
  if (host === 'bitbucket.org') return 'x-token-auth';
  return host.includes('gitlab') ? 'oauth2' : 'x-access-token';
}

/** git-config(1), 'Syntax': a quoted value, with backslash and quote escaped. */
function quoted(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&')}"`;
}

/** Host keys of the common forges, as they publish them; the file for ssh's GlobalKnownHostsFile. */
export const knownForges = `\
github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl
[ssh.github.com]:443 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl
gitlab.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAfuCHKVTjquxvt6CM6tdG4SLp1Btn/nOeHHE5UOzRdf
bitbucket.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIazEu89wgQZ4bqs3d63QSMzYVa0MuJ2e2gKTKqu+UUO
codeberg.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIVIC02vnjFyL+I4RHfvIGNtOgJMe769VTF1VR4EB3ZB
git.sr.ht ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMZvRd4EtM7R+IHVMWmDkVU3VLQTSwQDSAvW0t2Tkj60
ssh.dev.azure.com ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7Hr1oTWqNqOlzGJOfGJ4NakVyIzf1rXYd4d7wo6jBlkLvCA4odBlL0mDUyZ0/QUfTTqeu+tm22gOsv+VrVTMk6vwRU75gY/y9ut5Mb3bR5BV58dKXyq9A9UeB5Cakehn5Zgm6x1mKoVyf+FFn26iYqXJRgzIZZcZ5V6hrE0Qg39kZm4az48o0AUbf6Sp4SLdvnuMa2sVNwHBboS7EJkm57XQPVU3/QpyNLHbWDdzwtrlS+ez30S3AdYhLKEOxAG8weOnyrtLJAUen9mTkol8oII1edf7mWWbWVf0nBmly21+nZcmCTISQBtdcyPaEno7fFQMDD26/s0lfKob4Kw8H
`;
