/** Images of a few files, made on the spot. */
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import tar from 'tar-stream';

/** Returns its name; whoever asks for it removes it. `architecture` in Docker's words; default: this machine's. */
export async function importFiles(
  docker: Dockerode,
  files: Readonly<Record<string, string>>,
  architecture?: string,
): Promise<string> {
  const name = `berth-test/made-${randomBytes(4).toString('hex')}:1`;
  const layer = await packed(files);
  // Only an archive of `docker save` can say what the image is made for.
  const config = {
    architecture: architecture ?? (process.arch === 'x64' ? 'amd64' : process.arch),
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [`sha256:${createHash('sha256').update(layer).digest('hex')}`] },
  };
  const manifest = [{ Config: 'config.json', RepoTags: [name], Layers: ['layer.tar'] }];
  const archive = await packed({
    'layer.tar': layer,
    'config.json': JSON.stringify(config),
    'manifest.json': JSON.stringify(manifest),
  });
  for await (const _ of await docker.loadImage(Readable.from([archive])));
  return name;
}

async function packed(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const pack = tar.pack();
  for (const [name, content] of Object.entries(files)) pack.entry({ name }, content);
  pack.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of pack) chunks.push(chunk);
  return Buffer.concat(chunks);
}
