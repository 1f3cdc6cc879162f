/** Podman's API on a socket of our own, for the tests that run the same cases against it as against Docker. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exists } from './cache.ts';
import { Background, findProgram } from './command.ts';
import { engineAnswers } from './dockerd.ts';

export interface PodmanService {
  readonly socketPath: string;
  stop(): Promise<void>;
}

/** Started in under a second; images and containers are those of the machine's own Podman. */
export async function startPodman(): Promise<PodmanService> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-podman-'));
  const socketPath = join(folder, 'podman.sock');
  const config = join(folder, 'containers.conf');
  await writeFile(config, await containersConf());
  const service = new Background('podman', ['system', 'service', '--time=0', `unix://${socketPath}`], {
    env: { ...process.env, CONTAINERS_CONF: config },
  });
  const stop = async () => {
    await service.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await service.until(() => engineAnswers(socketPath), 'Podman answered on its socket');
  } catch (error) {
    await stop();
    throw error;
  }
  return { socketPath, stop };
}

/**
 * Small machines withhold the right to raise limits above their own, and have no systemd; crun refuses the hybrid of
 * both cgroup versions, runc takes it.
 */
async function containersConf(): Promise<string> {
  const isHybrid = await exists('/sys/fs/cgroup/unified');
  const runtime = isHybrid && (await findProgram('runc')) !== undefined ? ['runtime = "runc"'] : [];
  return [
    '[containers]',
    'default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]',
    '[engine]',
    'cgroup_manager = "cgroupfs"',
    'events_logger = "file"',
    ...runtime,
    '',
  ].join('\n');
}
