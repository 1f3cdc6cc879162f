/** Creating and reaching a workspace on local Docker, beside the same done by hand. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { baseImage, ensureBaseImage } from '../support/baseImage.ts';
import { Berth } from '../support/berth.ts';
import { run } from '../support/command.ts';
import { ensureEngine } from '../support/dockerd.ts';
import { type Benchmark, inTurns } from './benchmark.ts';
import { benchName, connectAbove, connectStoppedBeside, createBeside } from './besideRaw.ts';
import { download } from './download.ts';
import { directSsh, RawContainer } from './rawContainer.ts';

const settings = { image: baseImage, cpus: 1, memoryMiB: 512 };

export const dockerBenchmarks: readonly Benchmark[] = [
  {
    name: 'docker.create',
    measure: say =>
      withBerth(say, async berth => {
        await using raw = await RawContainer.prepare(baseImage);
        return await createBeside(raw, berth, settings, 9);
      }),
  },
  {
    name: 'docker.connect',
    measure: say => withWorkspace(say, (berth, name, direct) => connectAbove(berth, name, direct, 25)),
  },
  {
    name: 'docker.connectStopped',
    measure: say =>
      withWorkspace(say, async (berth, name) => {
        await using raw = await RawContainer.prepare(baseImage);
        return await connectStoppedBeside(raw, berth, name, 7);
      }),
  },
  {
    name: 'docker.throughput',
    measure: say =>
      withWorkspace(say, (berth, name, direct) =>
        inTurns(
          'MB/s',
          5,
          () => download([...berth.sshArguments, berth.alias(name)]),
          () => download(direct),
        ),
      ),
  },
];

async function withBerth<T>(say: (line: string) => void, work: (berth: Berth) => Promise<T>): Promise<T> {
  await ensureEngine(say, { keep: true });
  await ensureBaseImage(say);
  const folder = await mkdtemp(join(tmpdir(), 'berth-bench-'));
  try {
    await using berth = await Berth.open(folder);
    return await work(berth);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One running workspace, and the arguments of ssh straight to its port. */
export async function withWorkspace<T>(
  say: (line: string) => void,
  work: (berth: Berth, name: string, direct: string[]) => Promise<T>,
): Promise<T> {
  return withBerth(say, async berth => {
    const name = benchName();
    await berth.create(name, settings);
    try {
      const { stdout } = await run('docker', ['port', `berth-${name}`, '22/tcp']);
      const port = stdout.trim().split(':').at(-1) ?? '';
      return await work(berth, name, directSsh((await berth.sshHome.identity()).path, port));
    } finally {
      await berth.remove(name);
    }
  });
}
