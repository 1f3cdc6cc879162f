/** Podman's API on a socket of our own, for the tests that run the same cases against it as against Docker. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Background } from './command.ts';
import { engineAnswers } from './dockerd.ts';

export interface PodmanService {
  readonly socketPath: string;
  stop(): Promise<void>;
}

/** Started in under a second; images and containers are those of the machine's own Podman. */
export async function startPodman(): Promise<PodmanService> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-podman-'));
  const socketPath = join(folder, 'podman.sock');
  const service = new Background('podman', ['system', 'service', '--time=0', `unix://${socketPath}`]);
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
