/** The `docker run` line that is equal to a workspace, to be read or pasted. Secret values are masked. */
import type { WorkspaceForm } from './settings.ts';

/** What stands in for a secret value. */
export const mask = '********';

type Runnable = Omit<WorkspaceForm, 'target' | 'name'> & { readonly name: string };

/** Lines joined by ` \` and a newline, so that it can be pasted into a POSIX shell. */
export function dockerRun(settings: Runnable, home = settings.home ?? '~'): string {
  const { name } = settings;
  const lines: string[][] = [
    ['--name', `berth-${name}`],
    ['--hostname', name],
    ['-v', `berth-${name}-home:${home === '~' ? '/root' : home}`],
    ['-v', `berth-${name}-record:/berth`],
    ['-p', '127.0.0.1::22'],
    settings.cpuAllocation === 'shares'
      ? ['--cpu-shares', String(Math.round(settings.cpus * 1024))]
      : ['--cpus', String(settings.cpus)],
    ['--memory', `${settings.memoryMiB}m`],
    ['--shm-size', `${settings.sharedMemoryMiB}m`],
    ['--stop-timeout', String(settings.stopGraceSeconds)],
  ];
  if (settings.gpuCount > 0) lines.push(['--gpus', String(settings.gpuCount)]);
  if (settings.runtime !== undefined) lines.push(['--runtime', settings.runtime]);
  for (const mount of settings.mounts) lines.push(mountArguments(mount));
  for (const { name, value, secret } of settings.env) {
    lines.push(['-e', `${name}=${secret ? mask : (value ?? '')}`]);
  }
  for (const { name, value } of settings.labels) lines.push(['--label', `${name}=${value}`]);
  if (settings.firstProcess === 'image') lines.push([settings.image]);
  else lines.push(['--user', '0:0', '--entrypoint', '/bin/sh', settings.image, '/berth/boot.sh']);
  return ['docker run -d', ...lines.map(words => `  ${words.map(shellQuote).join(' ')}`)].join(' \\\n');
}

function mountArguments(mount: Runnable['mounts'][number]): string[] {
  const target = mountPath(mount);
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
        option('o', [`addr=${mount.server}`, mount.options].filter(Boolean).join(',')),
      ]);
    case 'cifs': {
      const login = [
        mount.username && `username=${mount.username}`,
        mount.username && `password=${mask}`,
        mount.options,
      ].filter(Boolean);
      return volume([
        'volume-driver=local',
        option('type', 'cifs'),
        option('device', mount.source),
        option('o', login.join(',')),
      ]);
    }
    case 'driver':
      return volume([
        `volume-driver=${mount.driver}`,
        ...Object.keys(mount.options).map(name => option(name, mask)),
      ]);
  }
}

/** Where a mount appears in the workspace. */
export function mountPath(mount: { readonly path?: string | undefined; readonly name?: string | undefined }) {
  return mount.path ?? `/workspace/data/${mount.name ?? ''}`;
}

/** RFC 4180, as `--mount` reads its value. */
function csvField(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One word for a POSIX shell. */
export function shellQuote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
