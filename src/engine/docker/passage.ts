/** A container that is made, never started, and removed: the way to a volume's files, or an image's, without running any. */
import { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import type { MountSettings } from 'dockerode';
import type { WorkspaceName } from '../../workspace/name.ts';
import { partLabels } from '../labels.ts';
import { packFiles } from './archive.ts';
import { unlessSettled } from './errors.ts';

export interface PassageOptions {
  /** Default: any that the engine has, and where it has none an empty one made for the purpose. */
  readonly image?: string;
  /** The workspace that it is made for; what a dead process left is found by it. */
  readonly name: WorkspaceName;
  readonly mounts?: MountSettings[];
}

export async function withPassage<T>(
  docker: Dockerode,
  { image, name, mounts = [] }: PassageOptions,
  action: (container: Dockerode.Container) => Promise<T>,
): Promise<T> {
  const chosen = image === undefined ? await anyImage(docker) : { id: image, isOurs: false };
  try {
    const container = await docker.createContainer({
      Image: chosen.id,
      Cmd: ['never-started'],
      NetworkDisabled: true,
      Labels: partLabels(name, 'passage'),
      HostConfig: { Mounts: mounts, NetworkMode: 'none' },
    });
    try {
      return await action(container);
    } finally {
      await unlessSettled(container.remove({ force: true, v: true }));
    }
  } finally {
    if (chosen.isOurs) await unlessSettled(docker.getImage(chosen.id).remove());
  }
}

/** The smallest, since Podman looks at all of it. */
async function anyImage(docker: Dockerode): Promise<{ id: string; isOurs: boolean }> {
  const images = await docker.listImages();
  const smallest = images.sort((a, b) => a.Size - b.Size)[0];
  return smallest ? { id: smallest.Id, isOurs: false } : { id: await emptyImage(docker), isOurs: true };
}

const emptyImageName = 'localhost/berth-empty:latest';

async function emptyImage(docker: Dockerode): Promise<string> {
  const archive = await packFiles([{ path: 'berth', mode: 0o644, content: '' }]);
  const answer = await docker.importImage(Readable.from([archive]), {
    repo: 'localhost/berth-empty',
    tag: 'latest',
  });
  for await (const _ of answer);
  return emptyImageName;
}
