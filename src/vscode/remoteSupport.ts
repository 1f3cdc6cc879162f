/** Which extension of this editor opens ssh folders, if any: Remote - SSH, Open Remote - SSH, or a fork's own. */
import * as vscode from 'vscode';

/** What an extension declares when it is the one that resolves `ssh-remote+…` authorities. */
const resolverEvent = 'onResolveRemoteAuthority:ssh-remote';

/** The id of the extension, or undefined. */
export function remoteSshExtension(): string | undefined {
  return vscode.extensions.all.find(({ packageJSON }) => {
    const events = (packageJSON as { activationEvents?: unknown }).activationEvents;
    return Array.isArray(events) && events.includes(resolverEvent);
  })?.id;
}

/** The one to install here: Microsoft's is licensed for Microsoft's own builds only. */
export function remoteSshToInstall(): string {
  return /^Visual Studio Code/.test(vscode.env.appName)
    ? 'ms-vscode-remote.remote-ssh'
    : 'jeanp413.open-remote-ssh';
}

/** Whether the setting `remote.SSH.<key>` exists here: writing one that nobody declared fails. */
function hasRemoteSetting(key: string): boolean {
  return vscode.workspace.getConfiguration('remote.SSH').inspect(key)?.defaultValue !== undefined;
}

/** `remote.SSH.configFile`, where it is set; `~` stands for the home. */
export function remoteConfigFile(home: string): string | undefined {
  const file = vscode.workspace.getConfiguration('remote.SSH').get<string>('configFile')?.trim();
  return file ? file.replace(/^~(?=[\\/])/, home) : undefined;
}

/** Tells Remote-SSH that the host is Linux, so that it does not ask. */
export async function setRemotePlatform(alias: string): Promise<void> {
  if (!hasRemoteSetting('remotePlatform')) return;
  const remote = vscode.workspace.getConfiguration('remote.SSH');
  const platforms = remote.inspect<Record<string, string>>('remotePlatform')?.globalValue ?? {};
  if (platforms[alias] === 'linux') return;
  await remote.update(
    'remotePlatform',
    { ...platforms, [alias]: 'linux' },
    vscode.ConfigurationTarget.Global,
  );
}

/** Seconds that Remote-SSH waits for a connection, where it says so. */
export function connectTimeout(): number | undefined {
  if (!hasRemoteSetting('connectTimeout')) return undefined;
  return vscode.workspace.getConfiguration('remote.SSH').get<number>('connectTimeout');
}

export async function raiseConnectTimeout(seconds: number): Promise<void> {
  await vscode.workspace
    .getConfiguration('remote.SSH')
    .update('connectTimeout', seconds, vscode.ConfigurationTarget.Global);
}
