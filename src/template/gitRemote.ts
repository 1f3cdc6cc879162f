/** Where a folder's repository comes from, out of git's own files (gitrepository-layout(5), git-config(1)); no git is run. Pure. */
import { withoutLogin } from '../workspace/gitAddress.ts';
import { WorkspaceSettings } from '../workspace/settings.ts';

/** The address of `origin`, else of the first remote, as a workspace can clone it: without a login. Undefined where there is none. */
export function remoteIn(config: string): string | undefined {
  const remotes = new Map<string, string>();
  let remote: string | undefined;
  for (const line of config.slice(0, 1024 * 1024).split(/\r?\n/)) {
    const section = /^\s*\[([^\]]*)\]/.exec(line)?.[1];
    if (section !== undefined) remote = /^remote\s+"(.+)"\s*$/.exec(section)?.[1];
    const url = /^\s*url\s*=\s*"?([^"]*?)"?\s*$/.exec(line)?.[1];
    if (remote !== undefined && url && !remotes.has(remote)) remotes.set(remote, url);
  }
  const found = remotes.get('origin') ?? [...remotes.values()][0];
  return found === undefined ? undefined : cloneable(found);
}

/** A token or password in it is this person's; and a path of this machine means nothing elsewhere. */
function cloneable(url: string): string | undefined {
  const bare = withoutLogin(url);
  const isElsewhere = !bare.startsWith('file:') && bare !== '';
  return isElsewhere && WorkspaceSettings.shape.repository.safeParse(bare).success ? bare : undefined;
}

/** Where a forge gives out a file of the repository's default branch; undefined for a forge that is not known. */
export function rawFileAddress(remote: string, path: string): string | undefined {
  const [, host = '', repository = ''] =
    /^(?:(?:https?|ssh|git):\/\/(?:[^/@]*@)?|[^/@]+@)([^/:]+)(?::\d+)?[:/](.+?)(?:\.git)?\/?$/.exec(remote) ??
    [];
  const file = path.split('/').map(encodeURIComponent).join('/');
  switch (host) {
    case 'github.com':
      return `https://raw.githubusercontent.com/${repository}/HEAD/${file}`;
    case 'gitlab.com':
      return `https://gitlab.com/${repository}/-/raw/HEAD/${file}`;
    default:
      return undefined;
  }
}
