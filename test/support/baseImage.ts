/** The Debian image that everything is tried on, made without a registry: debootstrap, kept as a tar, imported. */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cached } from './cache.ts';
import { findProgram, run } from './command.ts';
import { dockerSocket } from './dockerd.ts';
import { isRoot } from './machine.ts';

export const baseImage = 'berth-test/debian:1';
const packages = 'openssh-server,ca-certificates,git,curl,procps,sudo';

/** Makes sure that an engine has the image; the first time on a machine takes about a minute. */
export async function ensureBaseImage(
  say: (line: string) => void,
  socketPath: string = dockerSocket,
): Promise<string> {
  if (await hasImage(socketPath, baseImage)) return baseImage;
  await importTar(socketPath, await baseImageTar(say), baseImage);
  return baseImage;
}

/** Its root file system, as a file in the cache. */
export function baseImageTar(say: (line: string) => void): Promise<string> {
  return cached('debian-1.tar', async path => {
    say(`Making the image ${baseImage} with debootstrap`);
    await debootstrap(path);
  });
}

/** Whether the image can be made here: debootstrap needs root. */
export async function canMakeBaseImage(): Promise<boolean> {
  return isRoot() && (await findProgram('debootstrap')) !== undefined;
}

async function debootstrap(tar: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-debian-'));
  try {
    await run('debootstrap', ['--variant=minbase', `--include=${packages}`, 'bookworm', folder], {
      timeoutMs: 600_000,
    });
    await run('rm', ['-rf', join(folder, 'var/cache/apt/archives'), join(folder, 'var/lib/apt/lists')]);
    await run('mkdir', [
      '-p',
      join(folder, 'var/cache/apt/archives/partial'),
      join(folder, 'var/lib/apt/lists'),
    ]);
    await run('tar', ['-C', folder, '-cf', tar, '.'], { timeoutMs: 120_000 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether an engine has an image of that name. */
export async function hasImage(socketPath: string, reference: string): Promise<boolean> {
  return (await call(socketPath, 'GET', `/images/${reference}/json`)).status === 200;
}

/** `docker import`: a tar of a root file system becomes an image of one layer. */
export async function importTar(socketPath: string, tar: string, reference: string): Promise<void> {
  // Podman heeds the tag only as part of the name.
  const path = `/images/create?fromSrc=-&repo=${encodeURIComponent(reference)}`;
  const answer = await call(socketPath, 'POST', path, tar);
  if (answer.status !== 200 || answer.body.includes('"error"')) {
    throw new Error(`The engine did not import ${reference}: ${answer.status} ${answer.body.slice(0, 500)}`);
  }
}

async function call(
  socketPath: string,
  method: string,
  path: string,
  bodyFile?: string,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method, path, timeout: 120_000 }, answer => {
      let body = '';
      answer.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`No answer to ${method} ${path}`)));
    outgoing.on('error', reject);
    if (bodyFile === undefined) outgoing.end();
    else {
      outgoing.setHeader('content-type', 'application/x-tar');
      pipeline(createReadStream(bodyFile), outgoing).catch(reject);
    }
  });
}
