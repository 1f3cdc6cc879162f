/** The `docker run` line that is equal to a workspace, to be read or pasted. Secret values are masked. */
import * as l10n from '@vscode/l10n';
import { mountTarget } from './mountTarget.ts';
import { overrideFlags } from './overrideFlags.ts';
import type { Overrides } from './overrides.ts';
import { inFolder, withOverrides } from './ownImage.ts';
import type { WorkspaceForm } from './settings.ts';
import { shellWord } from './shell.ts';
import { ownCommand, withToolPort } from './studio.ts';

/** What stands in for a secret value. */
export const mask = '********';

type Runnable = Omit<WorkspaceForm, 'target' | 'name'> & { readonly name: string };

/** As much of the image as is known: who it runs as, and what. */
export interface RunImage {
  readonly user?: string | undefined;
  readonly entrypoint?: readonly string[] | undefined;
  readonly command?: readonly string[] | undefined;
}

/** Lines joined by ` \` and a newline, so that it can be pasted into a POSIX shell. */
export function dockerRun(settings: Runnable, image: RunImage = {}): string {
  const { name, overrides = {} } = settings;
  const lines: string[][] = [
    ['--name', `berth-${name}`],
    ...(overrides.uts === 'host' ? [] : [['--hostname', overrides.hostname ?? name]]),
    ['-v', `berth-${name}-home:${settings.home ?? homeOf(settings.user ?? image.user ?? '')}`],
    ['-v', `berth-${name}-record:/berth`],
    ['-p', '127.0.0.1::22'],
    settings.cpuAllocation === 'shares'
      ? ['--cpu-shares', String(Math.max(2, Math.round(settings.cpus * 1024)))]
      : ['--cpus', String(settings.cpus)],
    ['--memory', `${settings.memoryMiB}m`],
    ['--shm-size', `${settings.sharedMemoryMiB}m`],
    ...(overrides.healthcheck ? [] : [['--no-healthcheck']]),
    ['--stop-timeout', String(settings.stopGraceSeconds)],
  ];
  if (settings.gpuCount > 0 && !overrides.gpus) lines.push(['--gpus', String(settings.gpuCount)]);
  if (settings.runtime !== undefined && overrides.runtime === undefined)
    lines.push(['--runtime', settings.runtime]);
  for (const mount of settings.mounts) lines.push(mountArguments(mount));
  for (const { name, value, secret } of withToolPort(settings).env) {
    lines.push(['-e', `${name}=${secret ? mask : (value ?? '')}`]);
  }
  for (const { name, value } of settings.labels) lines.push(['--label', `${name}=${value}`]);
  lines.push(...overrideFlags(overrides));
  if (settings.firstProcess === 'image') lines.push(ownFirst(settings.image, overrides));
  else {
    const boot = ['--user', '0:0', '--stop-signal', 'SIGTERM', '--entrypoint', '/bin/sh', settings.image];
    lines.push([
      ...boot,
      '/berth/boot.sh',
      ...(settings.firstProcess === 'beside' ? besideOf(image, overrides) : []),
    ]);
  }
  return ['docker run -d', ...lines.map(words => `  ${words.map(shellWord).join(' ')}`)].join(' \\\n');
}

/** Where useradd(8) puts it: what the image's own passwd says may differ. */
function homeOf(imageUser: string): string {
  const user = imageUser.split(':')[0] ?? '';
  if (user === '' || user === 'root' || user === '0') return '/root';
  return `/home/${/^\d+$/.test(user) ? `user${user}` : user}`;
}

/** The image, with what overrides have it run instead. */
function ownFirst(image: string, { user, entrypoint, command = [] }: Overrides): string[] {
  const [program, ...words] = entrypoint ?? [];
  return [
    ...(user === undefined ? [] : ['--user', user]),
    ...(program === undefined ? [] : ['--entrypoint', program]),
    image,
    ...words,
    ...command,
  ];
}

function besideOf({ user = '', entrypoint, command }: RunImage, overrides: Overrides): string[] {
  const unknown = [l10n.t('<the image’s own command>')];
  const known = withOverrides({ user, entrypoint: entrypoint ?? [], command: command ?? unknown }, overrides);
  return ['beside', known.user, ...inFolder(ownCommand(known), overrides.folder)];
}

function mountArguments(mount: Runnable['mounts'][number]): string[] {
  const target = mountTarget(mount);
  const end = mount.readOnly ? ['readonly'] : [];
  const option = (name: string, value: string) => `volume-opt=${name}=${value}`;
  const volume = (fields: readonly string[]) => [
    '--mount',
    [...['type=volume', `target=${target}`], ...fields, ...end].map(csvField).join(','),
  ];
  switch (mount.type) {
    case 'bind':
      return [
        '--mount',
        [`type=bind`, `source=${mount.source}`, `target=${target}`, ...end].map(csvField).join(','),
      ];
    case 'volume':
      return volume([`source=${mount.source}`]);
    case 'nfs':
      return volume([
        'volume-driver=local',
        option('type', 'nfs'),
        option('device', `:${mount.source}`),
        option(
          'o',
          [`addr=${mount.server}`, mount.readOnly && 'ro', mount.options].filter(Boolean).join(','),
        ),
      ]);
    case 'cifs': {
      const login = [
        `addr=${mount.source.split('/')[2] ?? ''}`,
        mount.username && `username=${mount.username}`,
        mount.username && `password=${mask}`,
        mount.readOnly && 'ro',
        mount.options,
      ].filter(Boolean);
      return volume([
        'volume-driver=local',
        option('type', 'cifs'),
        option('device', mount.source),
        option('o', login.join(',')),
      ]);
    }
    // Kubernetes only: conflicts.ts says so.
    case 'configMap':
    case 'secret':
      return [];
    case 'driver':
      return volume([
        `volume-driver=${mount.driver}`,
        ...Object.keys(mount.options).map(name => option(name, mask)),
      ]);
  }
}

/** RFC 4180, as `--mount` reads its value. */
function csvField(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
