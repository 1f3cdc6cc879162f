/** Real registries on loopback (Debian's docker-registry), with and without a login. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Dockerode from 'dockerode';
import { Background, findProgram, freePort, run } from '../../../support/command.ts';
import type { Scene } from './folder.ts';

export interface Registry {
  /** Such as '127.0.0.1:34567': engines speak plain HTTP to loopback. */
  readonly host: string;
  readonly port: number;
}
export const login = { username: 'berth', password: 'correct horse' };

export interface RegistrySetup {
  readonly withLogin?: boolean;
  /** Serve TLS with that certificate of the scene (makeCertificates). */
  readonly certificate?: string;
  /** Wants tokens of that server, as distribution's configuration says it. */
  readonly token?: {
    readonly realm: string;
    readonly service: string;
    readonly issuer: string;
    readonly rootcertbundle: string;
  };
  /** Show what that one has. */
  readonly sameAs?: Registry;
}

export async function startRegistry(scene: Scene, options: RegistrySetup = {}): Promise<Registry> {
  const port = await freePort();
  const passwords = scene.path(`htpasswd-${port}`);
  if (options.withLogin) {
    const { stdout } = await run('htpasswd', ['-niB', login.username], { input: login.password });
    await writeFile(passwords, stdout);
  }
  const config = {
    version: 0.1,
    storage: { filesystem: { rootdirectory: scene.path(`registry-${options.sameAs?.port ?? port}`) } },
    http: {
      addr: `127.0.0.1:${port}`,
      ...(options.certificate !== undefined && {
        tls: {
          certificate: scene.path(`${options.certificate}.pem`),
          key: scene.path(`${options.certificate}.key`),
        },
      }),
    },
    ...(options.withLogin && { auth: { htpasswd: { realm: 'berth', path: passwords } } }),
    ...(options.token && { auth: { token: options.token } }),
  };
  const file = scene.path(`registry-${port}.yml`);
  await writeFile(file, JSON.stringify(config));
  const program = (await findProgram('docker-registry')) ?? 'docker-registry';
  const server = new Background(program, ['serve', file]);
  scene.later(() => server.stop());
  // One that speaks TLS answers 400 to this.
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/v2/`).then(
      ({ status }) => status < 500,
      () => false,
    );
  await server.until(answers, 'the registry answered');
  return { host: `127.0.0.1:${port}`, port };
}

/** Makes an image of one file with random content in the engine. */
export async function makeImage(
  scene: Scene,
  docker: Dockerode,
  reference: string,
  { bytes = 100_000, platform }: { bytes?: number; platform?: string } = {},
): Promise<void> {
  const name = `image-${Math.random().toString(36).slice(2)}`;
  await mkdir(scene.path(name));
  await writeFile(scene.path(`${name}/content`), randomBytes(bytes));
  await run('tar', ['-C', scene.path(name), '-cf', scene.path(`${name}/layer.tar`), 'content']);
  if (platform !== undefined) {
    await loadForeign(scene, docker, reference, name, platform);
    return;
  }
  const at = reference.lastIndexOf(':');
  const query = { fromSrc: '-', repo: reference.slice(0, at), tag: reference.slice(at + 1) };
  await finished(await docker.importImage(scene.path(`${name}/layer.tar`), query));
}

/** Docker 20.10 takes no platform for an import: so it is loaded as `docker save` would have written it. */
async function loadForeign(
  scene: Scene,
  docker: Dockerode,
  reference: string,
  name: string,
  platform: string,
): Promise<void> {
  const folder = scene.path(name);
  const layer = await readFile(join(folder, 'layer.tar'));
  const [os, architecture] = platform.split('/');
  const digest = createHash('sha256').update(layer).digest('hex');
  const config = { os, architecture, config: {}, rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] } };
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  const manifest = [{ Config: 'config.json', RepoTags: [reference], Layers: ['layer.tar'] }];
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
  await run('tar', [
    '-C',
    folder,
    '-cf',
    scene.path(`${name}.tar`),
    'manifest.json',
    'config.json',
    'layer.tar',
  ]);
  await finished(await docker.loadImage(scene.path(`${name}.tar`), {}));
}

/** Pushes it, and takes its name off the engine again. */
export async function push(docker: Dockerode, reference: string, authconfig?: object): Promise<void> {
  const image = docker.getImage(reference);
  await finished(await image.push({ authconfig: authconfig ?? { username: '', password: '' } }));
  // Whoever passes through any image of the engine may hold this one for a moment.
  await image.remove({ force: true });
}

async function finished(stream: NodeJS.ReadableStream): Promise<void> {
  let text = '';
  for await (const chunk of stream) text += chunk;
  if (/"error"/.test(text)) throw new Error(text);
}
