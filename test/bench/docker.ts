/** Creating and reaching a workspace on local Docker, beside the same done by hand. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkspaceName } from '../../src/workspace/name.ts';
import { baseImage, ensureBaseImage } from '../support/baseImage.ts';
import { Berth } from '../support/berth.ts';
import { run } from '../support/command.ts';
import { ensureEngine } from '../support/dockerd.ts';
import { type Benchmark, figure, inTurns, timed } from './benchmark.ts';
import { download } from './download.ts';
import { directSsh, RawContainer } from './rawContainer.ts';

const settings = { image: baseImage, cpus: 1, memoryMiB: 512 };

export const dockerBenchmarks: readonly Benchmark[] = [
  {
    name: 'docker.create',
    measure: say =>
      withBerth(say, async berth => {
        await using raw = await RawContainer.prepare(baseImage);
        const name = benchName();
        const create = async () => {
          await berth.create(name, settings);
          await berth.ssh(name, 'true');
        };
        return await inTurns(
          'ms',
          9,
          async () => {
            const ms = await timed(create);
            await berth.remove(name);
            return ms;
          },
          async () => {
            const ms = await timed(() => raw.createUntilAnswered());
            await raw.remove();
            return ms;
          },
        );
      }),
  },
  {
    /** The value is what Berth's way costs above ssh straight to the port, per connection. */
    name: 'docker.connect',
    measure: say =>
      withWorkspace(say, async (berth, name, direct) => {
        const extra: number[] = [];
        for (let round = 0; round < 25; round++) {
          const floor = await timed(() => run('ssh', [...direct, 'true']));
          extra.push((await timed(() => berth.ssh(name, 'true'))) - floor);
        }
        return figure('ms', extra);
      }),
  },
  {
    name: 'docker.connectStopped',
    measure: say =>
      withWorkspace(say, async (berth, name) => {
        await using raw = await RawContainer.prepare(baseImage);
        await raw.createUntilAnswered();
        return await inTurns(
          'ms',
          7,
          async () => {
            await berth.engine.stop(
              WorkspaceName.parse(name),
              { force: false },
              () => {},
              AbortSignal.timeout(60_000),
            );
            await berth.sshHome.markWanted(berth.alias(name));
            return await timed(() => berth.ssh(name, 'true'));
          },
          async () => {
            await raw.stop();
            return await timed(() => raw.startUntilAnswered());
          },
        );
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
async function withWorkspace<T>(
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

function benchName(): string {
  return `t-bench-${randomBytes(3).toString('hex')}`;
}
