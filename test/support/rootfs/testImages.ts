/**
 * Images of every shape that boot must live with, made from Debian's packages, without a registry:
 *
 *     const image = await testImage('busybox');            // 'berth-test/busybox:1', made on first use
 *     const images = await testImages();                   // all of them: images.debian, images.userName, …
 *
 * Both take `{ socketPath, say }` for another engine than the default one. Everything starts from the base image
 * (baseImage.ts); a shape is a script that runs in it, then `docker commit`, or a folder of it that is imported alone.
 * The builder container's name is the lock: whoever comes second waits for the image.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureBaseImage, hasImage } from '../baseImage.ts';
import { findProgram, run } from '../command.ts';
import { dockerSocket } from '../dockerd.ts';
import { type ImageName, type Shape, shapes } from './shapes.ts';

export type { ImageName } from './shapes.ts';

export interface TestImageOptions {
  readonly socketPath?: string;
  readonly say?: (line: string) => void;
}

/** The image's reference, once the engine has it. */
export async function testImage(name: ImageName, options: TestImageOptions = {}): Promise<string> {
  const { socketPath = dockerSocket, say = () => {} } = options;
  const base = await ensureBaseImage(say, socketPath);
  const shape: Shape = shapes[name];
  if (shape.from === undefined) return base;
  const reference = `berth-test/${shape.tag}`;
  if (await hasImage(socketPath, reference)) return reference;
  const from = await testImage(shape.from, options);
  const docker = dockerOn(socketPath);
  const builder = `berth-test-build-${shape.tag.replace(/[:/]/g, '-')}`;
  const deadline = Date.now() + 600_000;
  while (!(await hasImage(socketPath, reference))) {
    if (Date.now() > deadline) throw new Error(`${reference} was not made within ten minutes`);
    const made = await docker(
      ['create', '-i', `--name=${builder}`, '--entrypoint=/bin/sh', '--user=0', from, '-ec', shape.script],
      true,
    );
    if (made.code !== 0) {
      if (!/already in use|is in use/.test(made.stderr)) throw new Error(made.stderr);
      await sleep(500);
      await dropStale(docker, builder);
      continue;
    }
    try {
      if (await hasImage(socketPath, reference)) break;
      say(`Making the image ${reference}`);
      await docker(['start', '-a', '-i', builder], false, shape.needsBusybox ? await busybox() : '');
      if (shape.folder === undefined) await docker(['commit', ...changes(shape), builder, reference]);
      else await importFolder(socketPath, builder, shape, reference);
    } finally {
      await docker(['rm', '-f', '-v', builder], true);
    }
  }
  return reference;
}

/** All of them by name. */
export async function testImages(options: TestImageOptions = {}): Promise<Record<ImageName, string>> {
  const made: [string, string][] = [];
  for (const name of Object.keys(shapes) as ImageName[]) made.push([name, await testImage(name, options)]);
  return Object.fromEntries(made) as Record<ImageName, string>;
}

type Docker = (
  args: readonly string[],
  mayFail?: boolean,
  input?: string | Uint8Array,
) => ReturnType<typeof run>;

function dockerOn(socketPath: string): Docker {
  return (args, mayFail = false, input = '') =>
    run('docker', ['-H', `unix://${socketPath}`, ...args], { timeoutMs: 400_000, mayFail, input });
}

function changes({ changes = [] }: Shape): string[] {
  // A committed image inherits the builder's own command line: each shape starts with none.
  return ['ENTRYPOINT []', 'CMD ["/bin/sh"]', ...changes].flatMap(change => ['--change', change]);
}

async function importFolder(
  socketPath: string,
  builder: string,
  shape: Shape,
  reference: string,
): Promise<void> {
  const options = (shape.changes ?? []).map(change => `--change '${change}'`).join(' ');
  const host = `-H 'unix://${socketPath}'`;
  await run(
    '/bin/sh',
    [
      '-ec',
      `docker ${host} cp '${builder}:${shape.folder}/.' - | docker ${host} import ${options} - '${reference}' >&2`,
    ],
    { timeoutMs: 120_000 },
  );
}

/** This machine's busybox, which is static where it comes from busybox-static. */
async function busybox(): Promise<Uint8Array> {
  const path = await findProgram('busybox');
  if (path === undefined) throw new Error('busybox is missing: install busybox-static');
  return readFile(path);
}

/** A builder whose maker was killed would be in the way for good. */
async function dropStale(docker: Docker, builder: string): Promise<void> {
  const { stdout } = await docker(['inspect', '-f', '{{.Created}}', builder], true);
  const age = Date.now() - Date.parse(stdout.trim());
  if (age > 300_000) await docker(['rm', '-f', '-v', builder], true);
}
