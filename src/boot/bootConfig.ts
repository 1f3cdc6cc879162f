/** What boot is told: from a workspace's record to the files that an engine writes into /berth. Pure. */
import type { Record as WorkspaceRecord } from '../workspace/record.ts';
import type { App, WorkspaceSettings } from '../workspace/settings.ts';
import { withToolPort } from '../workspace/studio.ts';
import { timeLimits } from '../workspace/timeLimits.ts';
import { bootInputs, bootOutputs, recordFolder } from './bootFiles.ts';
import { exportLines, type SplitEnvironment, setEnvArguments, splitEnvironment } from './environment.ts';
import { gitConfig, gitSsh, knownForges, repositoryFolder } from './gitConfig.ts';
import { assignments } from './shell.ts';

const commandFolder = `${recordFolder}/${bootOutputs.command.replace(/\/[^/]+$/, '')}`;

/** A file of the record folder, as an engine's archive carries it; owner is root. */
export interface BootFile {
  /** Relative to the record folder. */
  readonly path: string;
  readonly mode: number;
  readonly content: string;
}

const secret = (path: string, content: string): BootFile => ({ path, mode: 0o600, content });
const open = (path: string, content: string): BootFile => ({ path, mode: 0o644, content });

/**
 * Every file that boot reads but boot.sh and record.json; what is not wanted is written empty, so that none stays. `now` in
 * Unix time, ms.
 */
export function bootFilesOf(record: WorkspaceRecord, now = Date.now()): readonly BootFile[] {
  const { settings } = record;
  return [
    secret(bootInputs.config, bootConfig(record)),
    secret(bootInputs.env, exportLines(environmentOf(record))),
    limitsFile(record, now),
    open(bootInputs.authorizedKeys, authorizedKeys(record)),
    secret(bootInputs.hostKey, withFinalNewline(record.hostKey.privateKey)),
    { path: bootInputs.init, mode: 0o700, content: settings.initScript.replaceAll('\r\n', '\n') },
    open(bootInputs.gitConfig, gitConfig(settings)),
    open(bootInputs.gitKnownHosts, knownForges),
    secret(
      bootInputs.gitKey,
      settings.gitAccess === 'key' && record.gitKey ? withFinalNewline(record.gitKey.privateKey) : '',
    ),
    secret(bootInputs.gitToken, settings.gitAccess === 'token' ? (settings.gitToken ?? '') : ''),
  ];
}

/** What the watchdog goes by. Written anew at each start where a daily stop is set: it has the days that are to come. */
export function limitsFile(
  { settings, capHours }: Pick<WorkspaceRecord, 'settings' | 'capHours'>,
  now: number,
): BootFile {
  const limits = timeLimits(settings, now, capHours);
  const text = assignments({
    berth_lifespan: limits.lifespan,
    berth_idle: limits.idle,
    berth_warning: limits.warning,
    berth_daily: limits.daily.join(' '),
    berth_daily_words: limits.dailyWords,
    berth_longest: limits.longest,
    berth_inside: limits.inside,
    berth_login_line: limits.loginLine ? 1 : '',
    // As /proc/net/tcp has them.
    berth_ports: limits.ports.map(port => port.toString(16).toUpperCase().padStart(4, '0')).join(' '),
  });
  return open(bootInputs.limits, text);
}

/** The text of /berth/config: assignments of `berth_*`, sourced by boot.sh. */
export function bootConfig(record: WorkspaceRecord): string {
  const { settings, login } = record;
  const environment = environmentOf(record);
  return (
    assignments({
      berth_name: record.name,
      berth_user: login.name,
      berth_uid: login.uid,
      berth_gid: login.gid,
      berth_home: login.home,
      berth_grace: settings.stopGraceSeconds,
      berth_repository: settings.repository,
      berth_repository_folder: repositoryFolder(settings.repository),
      berth_branch: settings.repositoryBranch,
      berth_git_ssh: `${gitSsh(settings)} -o BatchMode=yes -o StrictHostKeyChecking=accept-new`,
      berth_dotfiles: settings.dotfiles,
      berth_setenv: setEnvArguments(environment),
      berth_env_names: environment.kept.map(({ name }) => name).join(' '),
      berth_env_left_out: environment.leftOut.join(' '),
      berth_env_many_lines: environment.manyLines.join(' '),
      berth_path: environment.kept.find(({ name }) => name === 'PATH')?.value ?? '',
      berth_app_count: settings.apps.length,
    }) + settings.apps.map((app, index) => appConfig(app, index + 1, settings)).join('')
  );
}

/** A PATH of the person's own finds the command berth too. */
function environmentOf({ settings }: WorkspaceRecord): SplitEnvironment {
  const env = withToolPort(settings).env.map(variable =>
    variable.name === 'PATH' && variable.value
      ? { ...variable, value: `${variable.value}:${commandFolder}` }
      : variable,
  );
  return splitEnvironment(env);
}

function appConfig(app: App, number: number, settings: WorkspaceSettings): string {
  const protocol = settings.ports.find(({ port }) => port === app.port)?.protocol ?? 'http';
  const values = {
    id: app.id,
    command: app.command,
    user: app.user ?? '',
    folder: app.folder ?? '',
    port: app.port ?? '',
    start: app.start,
    ready: app.readyPath,
    scheme: protocol === 'https' ? 'https' : 'http',
    restart: app.restart ? 1 : 0,
  };
  return assignments(
    Object.fromEntries(Object.entries(values).map(([key, value]) => [`berth_app_${number}_${key}`, value])),
  );
}

function authorizedKeys({ authorizedKeys, settings }: WorkspaceRecord): string {
  const lines = [...authorizedKeys.map(({ key }) => key), ...settings.publicKeys];
  return [...new Set(lines)].map(line => `${line}\n`).join('');
}

function withFinalNewline(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
