/** Images for single tests, put into the registry of a cluster that was made here. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tar from 'tar-stream';
import { baseImageTar } from '../baseImage.ts';
import type { Cluster } from '../cluster.ts';
import { layDownImage } from './registryStorage.ts';

/** Its name. `files` alone are all that is in it; without them it is the base image with another config. */
export async function makeImage(
  cluster: Cluster,
  { files, config }: { readonly files?: Readonly<Record<string, string>>; readonly config?: object },
): Promise<string> {
  const { registry } = cluster;
  if (!registry) throw new Error('The cluster has no registry of its own');
  const repository = `berth-test/made-${randomBytes(4).toString('hex')}`;
  const folder = await mkdtemp(join(tmpdir(), 'berth-image-'));
  try {
    const layerTar = files ? await packed(join(folder, 'layer.tar'), files) : await baseImageTar(() => {});
    await layDownImage(join(cluster.folder, 'registry'), {
      repository,
      tag: '1',
      layerTar,
      ...(config && { config }),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return `${registry.host}/${repository}:1`;
}

async function packed(path: string, files: Readonly<Record<string, string>>): Promise<string> {
  const pack = tar.pack();
  for (const [name, content] of Object.entries(files)) pack.entry({ name }, content);
  pack.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of pack) chunks.push(chunk);
  await writeFile(path, Buffer.concat(chunks));
  return path;
}
