/** A home into a file and back, beside tar in a container by Docker's own client. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openBackup } from '../../src/backup/backupReader.ts';
import { writeBackup } from '../../src/backup/backupWriter.ts';
import { backupSource, homesOf } from '../../src/engine/homeSources.ts';
import { WorkspaceName } from '../../src/workspace/name.ts';
import { manifestOf } from '../support/backups.ts';
import { baseImage } from '../support/baseImage.ts';
import type { Berth } from '../support/berth.ts';
import { dockerSocket } from '../support/dockerd.ts';
import { type Benchmark, inTurns, timed } from './benchmark.ts';
import { withWorkspace } from './docker.ts';

const megabytes = 400;
const rounds = 3;

/** Half of it random, half of it text, as homes are. */
const fill = `mkdir -p ~/data && cd ~/data && head -c ${megabytes / 2}M /dev/urandom > random
for i in 1 2 3 4 5 6 7 8 9 10; do head -c ${megabytes / 20}M /dev/urandom | od -x | head -c ${megabytes / 20}M > text$i; done`;

export const backupBenchmarks: readonly Benchmark[] = [
  {
    name: 'backup.throughput',
    measure: say =>
      withFilled(say, (berth, name, path) =>
        inTurns(
          'MB/s',
          rounds,
          () => perSecond(() => backUp(berth, name, path)),
          () => perSecond(() => rawBackUp(name, path)),
        ),
      ),
  },
  {
    name: 'backup.restoreThroughput',
    measure: say =>
      withFilled(say, async (berth, name, path) => {
        await backUp(berth, name, path);
        const raw = `${path}.raw`;
        await rawBackUp(name, raw);
        const signal = AbortSignal.timeout(60_000);
        await berth.engine.stop(WorkspaceName.parse(name), { force: true }, () => {}, signal);
        return await inTurns(
          'MB/s',
          rounds,
          () => perSecond(() => restore(berth, name, path)),
          () => perSecond(() => rawRestore(name, raw)),
        );
      }),
  },
];

async function withFilled<T>(
  say: (line: string) => void,
  work: (berth: Berth, name: string, path: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-bench-'));
  try {
    return await withWorkspace(say, async (berth, name) => {
      await berth.ssh(name, fill);
      return await work(berth, name, join(folder, 'home.tar'));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function perSecond(work: () => Promise<void>): Promise<number> {
  return megabytes / ((await timed(work)) / 1000);
}

async function backUp({ engine }: Berth, workspace: string, path: string): Promise<void> {
  const name = WorkspaceName.parse(workspace);
  const manifest = manifestOf(await engine.record(name));
  const signal = AbortSignal.timeout(300_000);
  const { tar } = await homesOf(engine).read(name, signal);
  await writeBackup(path, manifest, tar, { signal });
}

async function restore({ engine }: Berth, name: string, path: string): Promise<void> {
  const source = backupSource(await openBackup(path));
  await homesOf(engine).replace(WorkspaceName.parse(name), source, () => {}, AbortSignal.timeout(300_000));
}

/** Neither compressed nor checked: what the engine and the disk do at most. */
async function rawBackUp(name: string, path: string): Promise<void> {
  const tar = docker(name, ['tar', '-C', '/home-of', '-cf', '-', '.']);
  const ended = once(tar, 'exit');
  tar.stdin.end();
  await pipeline(tar.stdout, createWriteStream(path));
  await ended;
}

async function rawRestore(name: string, path: string): Promise<void> {
  const tar = docker(name, [
    'sh',
    '-c',
    'rm -rf /home-of/new && mkdir /home-of/new && tar -C /home-of/new -xf -',
  ]);
  const ended = once(tar, 'exit');
  await pipeline(createReadStream(path), tar.stdin);
  await ended;
}

function docker(name: string, argv: readonly string[]) {
  const args = ['-H', `unix://${dockerSocket}`, 'run', '--rm', '-i', '--network', 'none'];
  return spawn('docker', [...args, '-v', `berth-${name}-home:/home-of`, baseImage, ...argv], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}
