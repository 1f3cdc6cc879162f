/** An image that is larger than what the engine's disk has free: refused, or taken back in the middle of its pull. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import Dockerode from 'dockerode';
import { Background } from '../../support/command.ts';
import { engineAnswers } from '../../support/dockerd.ts';
import { EngineBench, failure, never, recorder } from '../engineBench.ts';
import { type HugeRegistry, hugeRegistry } from './hugeRegistry.ts';
import { leftoversOf } from './leftovers.ts';
import { SmallDisk } from './smallDisk.ts';

const gibibyte = 1024 ** 3;

describe('an image of 2 GiB on an engine whose disk has 1.2', () => {
  let folder = '';
  let disk: SmallDisk;
  let registry: HugeRegistry;
  let podman: Background;
  let bench: EngineBench;
  let docker: Dockerode;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'berth-huge-'));
    disk = await SmallDisk.make('1300M');
    registry = await hugeRegistry(2 * gibibyte);
    const registries = join(folder, 'registries.conf');
    await writeFile(registries, `[[registry]]\nlocation = "${registry.host}"\ninsecure = true\n`);
    const socketPath = join(folder, 'podman.sock');
    podman = new Background(
      'podman',
      [
        ...[
          '--root',
          join(disk.path, 'root'),
          '--runroot',
          join(folder, 'run'),
          '--tmpdir',
          join(folder, 'tmp'),
        ],
        ...['--storage-driver', 'vfs', 'system', 'service', '--time=0', `unix://${socketPath}`],
      ],
      { env: { ...process.env, CONTAINERS_REGISTRIES_CONF: registries, TMPDIR: folder } },
    );
    await podman.until(() => engineAnswers(socketPath), 'Podman answered');
    bench = await EngineBench.on(socketPath);
    docker = new Dockerode({ socketPath });
  });
  after(async () => {
    await bench?.[Symbol.asyncDispose]();
    await podman?.stop();
    await registry?.[Symbol.asyncDispose]();
    await disk?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const freeBytes = async () => {
    const { bavail, bsize } = await statfs(disk.path);
    return bavail * bsize;
  };

  it('a home that does not fit either is refused before anything is asked of the registry', async () => {
    const name = bench.newName();
    const request = bench.request(name, { image: registry.image, diskGiB: 2 });
    const { message } = await failure(
      bench.engine.create(request, () => {}, never),
      'no-capacity',
    );
    assert.match(message, /The target has 1 GiB of disk free, 2 GiB are asked for/);
    assert.deepEqual(registry.asked, []);
    assert.deepEqual(await leftoversOf(docker, name), []);
  });

  it('is no space in the middle of the pull, said so; nothing is left, and the disk is as free as before', async () => {
    const name = bench.newName();
    const before = await freeBytes();
    assert.ok(before > gibibyte);
    const { report, seen } = recorder();
    const creation = failure(
      bench.engine.create(bench.request(name, { image: registry.image }), report, never),
      'no-space',
    );
    let least = before;
    const watching = setInterval(() => void freeBytes().then(free => (least = Math.min(least, free))), 100);
    const { message } = await creation;
    clearInterval(watching);
    assert.match(message, /disk of the target is full/);
    assert.ok(message.includes(registry.image));
    assert.ok(least < before / 4, `it was unpacked until ${least} bytes were left`);
    assert.ok(seen.some(progress => progress.kind === 'step' && progress.step === 'pull'));
    assert.deepEqual(await leftoversOf(docker, name), []);
    assert.equal(await bench.find(name), undefined);
    assert.deepEqual(
      (await bench.engine.images?.list())?.filter(({ reference }) => /huge/.test(reference)),
      [],
    );
    const after = await freeBytes();
    assert.ok(before - after < 50 << 20, `${before - after} bytes are missing`);
  });
});
