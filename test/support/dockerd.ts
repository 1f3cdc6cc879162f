/**
 * The Docker engine of this machine: the one that answers, or one that we bring up (by systemd where it runs, else by
 * hand). One that runs already is never stopped or started again, and never gets a second beside it: two in one
 * network namespace take each other's bridge away.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { cacheFolder, exists } from './cache.ts';
import { eventually, findProgram, isAlive, run } from './command.ts';
import { isRoot } from './machine.ts';

/** Where everything of ours finds the engine: DOCKER_HOST where it names a socket, else Docker's usual place. */
export const dockerSocket = (process.env.DOCKER_HOST ?? '').startsWith('unix://')
  ? (process.env.DOCKER_HOST ?? '').slice('unix://'.length)
  : '/var/run/docker.sock';

const folder = join(cacheFolder, 'dockerd');
const usersFolder = join(folder, 'users');
const pidFile = join(folder, 'pid');

/** Whether an engine answers on the socket within two seconds. */
export function engineAnswers(socketPath: string = dockerSocket): Promise<boolean> {
  return new Promise(resolve => {
    const ping = request({ socketPath, path: '/_ping', timeout: 2_000 }, answer => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    ping.on('timeout', () => ping.destroy());
    ping.on('error', () => resolve(false));
    ping.end();
  });
}

/**
 * Makes sure that an engine answers. The release ends an engine that we brought up by hand for tests, once its last
 * user is gone; with `keep` it is left running for good.
 */
export async function ensureEngine(
  say: (line: string) => void,
  { keep = false }: { keep?: boolean } = {},
): Promise<() => Promise<void>> {
  const user = join(usersFolder, keep ? 'kept' : `${process.pid}-${randomUUID()}`);
  if (!(await engineAnswers())) {
    if (await isDockerdRunning()) {
      await eventually(engineAnswers, `an answer of the running dockerd on ${dockerSocket}`, 30_000);
    } else {
      await bringUp(say);
    }
  }
  if (!(await exists(pidFile))) return async () => {};
  await mkdir(usersFolder, { recursive: true });
  await writeFile(user, '');
  return async () => {
    if (keep) return;
    await rm(user, { force: true });
    if (await hasUsers()) return;
    const pid = await ourDockerd();
    await rm(pidFile, { force: true });
    if (pid === undefined) return;
    process.kill(pid, 'SIGTERM');
    await eventually(
      async () => !(await isDockerd(String(pid))),
      'the end of the dockerd that we started',
      60_000,
    );
  };
}

async function bringUp(say: (line: string) => void): Promise<void> {
  const dockerd = await findProgram('dockerd');
  if (!isRoot() || dockerd === undefined) {
    throw new Error(
      `No Docker engine answers on ${dockerSocket}. Start Docker (Docker Desktop, colima start, systemctl start docker) or point DOCKER_HOST to one, and run this again.`,
    );
  }
  if (await exists('/run/systemd/system')) {
    say('Starting Docker by systemctl');
    await run('systemctl', ['start', 'docker'], { timeoutMs: 90_000 });
  } else {
    say('Starting dockerd');
    await mkdir(folder, { recursive: true });
    const log = await open(join(folder, 'dockerd.log'), 'a');
    const child = spawn(dockerd, [], { detached: true, stdio: ['ignore', log.fd, log.fd] });
    child.on('error', () => {});
    child.unref();
    await log.close();
    await writeFile(pidFile, String(child.pid));
  }
  await eventually(
    engineAnswers,
    `an answer of dockerd on ${dockerSocket}; its log is ${join(folder, 'dockerd.log')}`,
    60_000,
    300,
  );
  // What tests that were killed left on it would be started, too; nobody else has used it yet.
  if (await exists(pidFile)) await removeByName(name => leftover.test(name));
}

/** Names that only tests give: in any other, that of `npm start` too, there may be somebody's work. */
const leftover = /^berth-(?:t-(?:[0-9a-f]{10}|(?:ssh|e2e|soak)-[0-9a-f]+)|test-boot-[0-9a-f]{10})(?:-|$)/;

/** Containers and volumes whose names are told to go, on the machine's engine; what cannot be removed stays. */
export async function removeByName(goes: (name: string) => boolean): Promise<void> {
  const env = { DOCKER_HOST: `unix://${dockerSocket}` };
  const docker = (...args: string[]) => run('docker', args, { env, mayFail: true, timeoutMs: 120_000 });
  const names = async (...args: string[]) => (await docker(...args)).stdout.split('\n').filter(goes);
  const containers = await names('ps', '-a', '--format', '{{.Names}}');
  if (containers.length > 0) await docker('rm', '-f', '-v', ...containers);
  const volumes = await names('volume', 'ls', '-q');
  if (volumes.length > 0) await docker('volume', 'rm', '-f', ...volumes);
}

/** True where any dockerd runs, also one whose socket is elsewhere. */
async function isDockerdRunning(): Promise<boolean> {
  const processes = await readdir('/proc').catch(() => []);
  const found = await Promise.all(processes.filter(name => /^\d+$/.test(name)).map(isDockerd));
  return found.includes(true);
}

/** The pid of the dockerd that we started, as long as it is one. */
async function ourDockerd(): Promise<number | undefined> {
  const pid = (await readFile(pidFile, 'utf8').catch(() => '')).trim();
  return pid !== '' && (await isDockerd(pid)) ? Number(pid) : undefined;
}

/** One that has ended but that nobody has waited for yet (state Z) is none. */
async function isDockerd(pid: string): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return /^\d+ \(dockerd\) [^ZX]/.test(status);
}

async function hasUsers(): Promise<boolean> {
  const users = await readdir(usersFolder).catch(() => []);
  return users.some(user => user === 'kept' || isAlive(Number(user.split('-')[0])));
}
