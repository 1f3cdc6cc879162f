/**
 * Who is connected to a workspace, and what its GPUs do: one small program run inside, and how its answer is read.
 * Pure; nothing is read but what every user inside may read (proc(5)).
 */

import * as l10n from '@vscode/l10n';

/** More nobody reads; whoever may run programs inside can make up any number of them. */
const maxSessions = 200;
const maxGpus = 64;

export interface SshSession {
  /** Of the process that is the session, inside: digits. */
  readonly pid: string;
  readonly user: string;
  /** Terminals, such as 'pts/0'; none: an editor, a program or a forward. */
  readonly terminals: readonly string[];
  /** For how long, in seconds. */
  readonly seconds: number;
  /** With which key, as keyBody has it; undefined where no program of it tells: a bare forward, sftp. */
  readonly key?: string | undefined;
}

export interface Connections {
  readonly ssh: readonly SshSession[];
  /** Established connections to the ports that were asked for; those without are left out. */
  readonly ports: readonly { readonly port: number; readonly count: number }[];
}

export interface Gpu {
  readonly name: string;
  /** 0 to 1; undefined where the card does not tell. */
  readonly busy?: number | undefined;
  readonly memoryBytes?: number | undefined;
  readonly memoryTotalBytes?: number | undefined;
}

export interface Look {
  readonly connections: Connections;
  readonly gpus: readonly Gpu[];
}

/**
 * sshd names itself after its sessions: `sshd: user@pts/0`, since 9.8 `sshd-session: …`; ticks are hundredths (proc(5)).
 * What a session runs is told in its environment where the key stands (sshd_config(5), ExposeAuthInfo).
 */
const sessionScript = `
for each in /proc/[0-9]*/stat; do
  read -r stat 2>/dev/null <"$each" || continue
  pid=\${each#/proc/} pid=\${pid%/stat}
  set -- \${stat##*) }
  case $stat in
    *'(sshd)'* | *'(sshd-session)'*)
      title=$(tr '\\0\\n' '  ' 2>/dev/null <"/proc/$pid/cmdline")
      echo "session $pid $2 \${20} $title"
      continue
      ;;
  esac
  parent=$2
  read -r stat 2>/dev/null <"/proc/$parent/stat" || continue
  case $stat in *'(sshd)'* | *'(sshd-session)'*) ;; *) continue ;; esac
  auth=$(tr '\\0' '\\n' 2>/dev/null <"/proc/$pid/environ" | sed -n 's/^SSH_USER_AUTH=//p')
  [ -f "$auth" ] && read -r way key 2>/dev/null <"$auth" && [ "$way" = publickey ] && echo "key $parent $key"
done
`;

const script = `
read -r up _ </proc/uptime && echo "up $up"
${sessionScript}
for table in /proc/net/tcp /proc/net/tcp6; do
  [ -r "$table" ] || continue
  while read -r _ from _ state _; do
    [ "$state" = 01 ] || continue
    case " $BERTH_PORTS " in *" \${from##*:} "*) echo "port \${from##*:}" ;; esac
  done <"$table"
done
! command -v nvidia-smi >/dev/null 2>&1 ||
  nvidia-smi --query-gpu=name,utilization.gpu,memory.used,memory.total --format=csv,noheader,nounits 2>/dev/null |
  while IFS= read -r line; do echo "gpu $line"; done
`;

/** Who is there, in a few words: names where they are known, counted where they are not. */
export function connectedWords(
  sessions: readonly (Pick<SshSession, 'user'> & { readonly name?: string | undefined })[],
): string {
  const known = new Map<string, number>();
  for (const { name } of sessions) if (name !== undefined) known.set(name, (known.get(name) ?? 0) + 1);
  const others = sessions.filter(({ name }) => name === undefined).length;
  const names = [...known].map(([name, count]) => (count === 1 ? name : `${name} (${count})`));
  if (others === 0) return names.join(', ');
  const rest =
    others === 1 ? l10n.t('1 connection without a name') : l10n.t('{0} connections without a name', others);
  return [...names, rest].join(', ');
}

/** The program, and the ports that it counts connections to. */
export function lookArgv(ports: readonly number[]): string[] {
  const hex = ports.map(port => port.toString(16).toUpperCase().padStart(4, '0')).join(' ');
  return ['/bin/sh', '-c', `BERTH_PORTS='${hex}'${script}`];
}

/** What it printed. Lines that are not its own are passed over. */
export function parseLook(text: string): Look {
  const sessions: Process[] = [];
  const counts = new Map<number, number>();
  const gpus: Gpu[] = [];
  const keys = new Map<string, string>();
  let up = 0;
  for (const line of text.split('\n')) {
    const [word = '', ...rest] = line.split(' ');
    if (word === 'up') up = Number(rest[0]) || 0;
    else if (word === 'session') sessions.push(...processOf(rest));
    else if (word === 'key') {
      const [pid = '', type = '', base64 = ''] = rest;
      if (isKey(type, base64)) keys.set(pid, `${type} ${base64}`);
    } else if (word === 'port' && /^[0-9A-F]{4}$/.test(rest[0] ?? '')) {
      const port = Number.parseInt(rest[0] ?? '', 16);
      counts.set(port, (counts.get(port) ?? 0) + 1);
    } else if (word === 'gpu') gpus.push(...gpuOf(rest.join(' ')));
  }
  const ports = [...counts].map(([port, count]) => ({ port, count })).sort((a, b) => a.port - b.port);
  return { connections: { ssh: sessionsOf(sessions, keys, up), ports }, gpus: gpus.slice(0, maxGpus) };
}

interface Process {
  readonly pid: string;
  readonly parent: string;
  readonly startedTicks: number;
  readonly user: string;
  readonly terminals: readonly string[];
}

function processOf([pid = '', parent = '', ticks = '', ...title]: readonly string[]): Process[] {
  const [, user, at] =
    /^sshd(?:-session)?: ([^@\s[\]]+)(?:@(\S+)| \[priv\])?\s*$/.exec(title.join(' ')) ?? [];
  if (user === undefined || user === 'unknown' || !/^\d{1,10}$/.test(pid)) return [];
  const terminals = (at ?? '').split(',').filter(name => name !== '' && name !== 'notty');
  return [{ pid, parent, startedTicks: Number(ticks) || 0, user, terminals }];
}

/** Of one connection there may be a process of root's and, its child, one of the user's: the child says more. */
function sessionsOf(
  processes: readonly Process[],
  keys: ReadonlyMap<string, string>,
  up: number,
): SshSession[] {
  const parents = new Set(processes.map(({ parent }) => parent));
  return processes
    .filter(({ pid }) => !parents.has(pid))
    .map(({ pid, user, terminals, startedTicks }) => ({
      pid,
      user,
      terminals,
      seconds: Math.max(0, Math.round(up - startedTicks / 100)),
      ...(keys.has(pid) && { key: keys.get(pid) }),
    }))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, maxSessions);
}

function isKey(type: string, base64: string): boolean {
  return /^[a-z0-9@.-]{1,64}$/.test(type) && /^[A-Za-z0-9+/=]{1,8192}$/.test(base64);
}

/** `name, %, MiB, MiB`; what a card does not have it says in words, such as '[N/A]'. */
function gpuOf(line: string): Gpu[] {
  const cells = line.split(',').map(cell => cell.trim());
  if (cells.length < 4) return [];
  const [busy, used, total] = cells.slice(-3).map(cell => (/^\d+$/.test(cell) ? Number(cell) : undefined));
  const bytes = (mebibytes: number | undefined) =>
    mebibytes === undefined ? undefined : mebibytes * 1024 ** 2;
  return [
    {
      name: cells.slice(0, -3).join(', ').slice(0, 100),
      busy: busy === undefined ? undefined : Math.min(1, busy / 100),
      memoryBytes: bytes(used),
      memoryTotalBytes: bytes(total),
    },
  ];
}
