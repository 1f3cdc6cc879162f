/**
 * A room of its own on this machine for the programs of one cluster: namespaces for processes and mounts, the
 * machine's own network. What they put below /run, /tmp, /var/lib and /var/log lands in the cluster's folder, and when
 * the first process of the room is killed, the kernel ends all others and takes every mount away.
 */
import { spawn } from 'node:child_process';
import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from '../cache.ts';
import { type CommandOptions, type CommandResult, eventually, run } from '../command.ts';
import type { Programs } from './programs.ts';

/** Where the room's programs see the cluster's folder, Kubernetes and what goes with it. */
export const inside = { folder: '/run/berth', kubernetes: '/run/kubernetes', addons: '/run/addons' } as const;

/**
 * The first process: furnishes the room, then buries orphans for as long as it lasts. The kubelet sets some kernel
 * parameters, which are the whole machine's: it gets copies to write to.
 */
const furnish = `
folder=$1 kubernetes=$2 addons=$3
mount --make-rshared /
cd "$folder" && mkdir -p run log lib tmp pids && chmod 1777 tmp
mount -t tmpfs -o mode=755,size=256m tmpfs run
mkdir run/berth run/kubernetes run/addons run/netns run/lock run/sysctl
mount --bind "$folder" run/berth
mount --bind "$kubernetes" run/kubernetes
mount --bind "$addons" run/addons
cd / && mount --rbind "$folder/run" /run
mount --bind /run/berth/log /var/log
mount --bind /run/berth/lib /var/lib
mount --bind /run/berth/tmp /tmp
for name in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
  [ -e /proc/sys/$name ] || continue
  copy=/run/sysctl/$(echo $name | tr / .)
  cat /proc/sys/$name >$copy && mount --bind $copy /proc/sys/$name
done
: >/run/berth/furnished
while :; do sleep 3600 & wait $!; done`;

const firstName = 'berth-cluster';

/** Ends with the room's first process; it outlives us. */
export async function openEnclosure(folder: string, programs: Programs): Promise<void> {
  const log = await open(join(folder, 'enclosure.log'), 'a');
  const room = [
    '--pid',
    '--fork',
    '--kill-child=KILL',
    '--mount',
    '--mount-proc',
    '--propagation',
    'private',
  ];
  const first = ['/bin/sh', '-ec', furnish, firstName, folder, programs.kubernetes, programs.addons];
  const child = spawn('unshare', [...room, ...first], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  child.on('error', () => {});
  child.unref();
  await log.close();
  await eventually(
    async () => {
      if (child.exitCode !== null)
        throw new Error(`No room for a cluster: ${await readFile(join(folder, 'enclosure.log'), 'utf8')}`);
      return exists(join(folder, 'furnished'));
    },
    'a room of its own for the cluster',
    10_000,
    20,
  );
}

export async function isEnclosureOpen(folder: string): Promise<boolean> {
  return (await firstProcess(folder)) !== undefined;
}

/** Everything in it is gone when this returns: its maker waits for the first process, and that one for all others. */
export async function closeEnclosure(folder: string): Promise<void> {
  const { first, maker } = await processes(folder);
  if (first !== undefined) kill(first);
  else if (maker !== undefined) kill(maker);
  await eventually(
    async () => {
      const left = await processes(folder);
      return left.first === undefined && left.maker === undefined;
    },
    'the end of the cluster’s processes',
    20_000,
    20,
  );
}

/** Runs a command in the room to its end. */
export async function runInside(
  folder: string,
  argv: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return run('nsenter', [...(await entrance(folder)), ...argv], options);
}

/** Starts a program in the room that stays when we end; its output is in `log/NAME.log`. */
export async function startInside(folder: string, name: string, argv: readonly string[]): Promise<void> {
  await mkdir(join(folder, 'log'), { recursive: true });
  const log = await open(join(folder, 'log', `${name}.log`), 'a');
  const announced = ['/bin/sh', '-c', `echo $$ >${inside.folder}/pids/${name} && exec "$@"`, name, ...argv];
  const child = spawn('nsenter', [...(await entrance(folder)), ...announced], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  child.on('error', () => {});
  child.unref();
  await log.close();
}

/** TERM, and KILL after a second: an apiserver takes a minute to say goodbye. */
export async function stopInside(folder: string, name: string): Promise<void> {
  const script = `
pid=$(cat ${inside.folder}/pids/${name}) && kill -TERM $pid 2>/dev/null || exit 0
n=0
while kill -0 $pid 2>/dev/null; do
  n=$((n + 1))
  [ $n -ne 20 ] || kill -KILL $pid
  [ $n -lt 200 ] || exit 1
  sleep 0.05
done`;
  await runInside(folder, ['/bin/sh', '-c', script]);
}

async function entrance(folder: string): Promise<string[]> {
  const first = await firstProcess(folder);
  if (first === undefined) throw new Error(`The cluster in ${folder} runs no more`);
  return ['--target', String(first), '--mount', '--pid', '--'];
}

async function firstProcess(folder: string): Promise<number | undefined> {
  return (await processes(folder)).first;
}

/** Found by their command lines, which name the folder: no note of ours can be stale or missing. */
async function processes(folder: string): Promise<{ first?: number; maker?: number }> {
  const found: { first?: number; maker?: number } = {};
  for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
    const line = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
    const name = line.indexOf(firstName);
    if (name === -1 || line[name + 1] !== folder) continue;
    found[line[0] === 'unshare' ? 'maker' : 'first'] = Number(pid);
  }
  return found;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
