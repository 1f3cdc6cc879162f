/** Homes on a real cluster, as an ordinary user of one namespace. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { CreateRequest, Progress } from '../../../src/engine/engine.ts';
import { homesOf } from '../../../src/engine/homeSources.ts';
import { ensureBaseImage } from '../../support/baseImage.ts';
import { storageClasses } from '../../support/cluster.ts';
import { dockerSocket, ensureEngine } from '../../support/dockerd.ts';
import { EngineBench, failure, never } from '../engineBench.ts';
import { homeContract } from '../homeContract.ts';
import { makeTree, shell, sumOfTree } from '../homeTree.ts';
import { type KubeBench, openKubeBench } from './kubeBench.ts';

homeContract('Kubernetes', async () => {
  const { cluster, bench, leftovers } = await openKubeBench();
  const place = [cluster.userKubeconfig, cluster.namespaces.usual];
  // On another's cluster it is not known which storage clones.
  const copied = cluster.source === 'own' ? { storageClass: storageClasses.fixed } : {};
  return { bench, place, copied, leftovers, stop: () => cluster[Symbol.asyncDispose]() };
});

describe('a home on Kubernetes', () => {
  let under: KubeBench;
  before(async () => {
    // Five of them stand at once.
    under = await openKubeBench('usual', 'user', { cpus: 0.1 });
  });
  after(async () => {
    await under?.bench[Symbol.asyncDispose]();
    await under?.cluster[Symbol.asyncDispose]();
  });

  const told = () => {
    let text = '';
    const report = (progress: Progress) => {
      if (progress.kind === 'output') text += progress.text;
    };
    return { report, text: () => text };
  };

  /** A clone that is cancelled once its claim is there, at the latest when its home is filled: nothing of it is left. */
  async function cancelWithItsClaim(request: CreateRequest): Promise<void> {
    const { bench, leftovers } = under;
    const cancel = new AbortController();
    let isFilling = false;
    const report = (progress: Progress) => {
      if (progress.kind === 'step' && progress.step === 'home') isFilling = true;
      else if (isFilling && ['step', 'boot'].includes(progress.kind)) cancel.abort();
    };
    const watching = (async () => {
      while (!cancel.signal.aborted) {
        const left = await leftovers(request.name);
        if (left.some(object => object.startsWith('persistentvolumeclaim/'))) cancel.abort();
      }
    })();
    try {
      await failure(bench.engine.create(request, report, cancel.signal), 'cancelled');
    } finally {
      cancel.abort();
      await watching;
    }
    assert.deepEqual(await leftovers(request.name), []);
  }

  it('is cloned by its storage where that can, and copied by a pod where it cannot', async context => {
    const { bench, cluster } = under;
    if (cluster.source !== 'own') return context.skip('the cluster is another’s');
    for (const storageClass of [storageClasses.usual, storageClasses.fixed]) {
      const name = await bench.create({ storageClass });
      await shell(bench.engine, name, 'mkdir ~/tree; echo one > ~/tree/plain');
      const clone = bench.newName();
      const { report, text } = told();
      const request = {
        ...bench.request(clone, { storageClass }),
        home: { kind: 'workspace', name },
      } as const;
      await cancelWithItsClaim(request);
      assert.equal(await shell(bench.engine, name, 'cat ~/tree/plain'), 'one');
      await bench.engine.create(request, report, never);
      assert.equal(await shell(bench.engine, clone, 'cat ~/tree/plain; test ! -e ~/.berth-swap'), 'one');
      const path = ['get', 'pvc', `berth-${clone}-home`, '-n', cluster.namespaces.usual];
      const { stdout } = await cluster.kubectl([...path, '-o', 'jsonpath={.spec.dataSource.name}']);
      const isCloned = storageClass === storageClasses.usual;
      assert.equal(stdout, isCloned ? `berth-${name}-home` : '');
      assert.equal(/does not clone/.test(text()), !isCloned);
    }
  });

  it('comes from a workspace on Docker, with the files of its user made those of the user here', async () => {
    const release = await ensureEngine(() => {});
    try {
      await ensureBaseImage(() => {});
      await using docker = await EngineBench.on(dockerSocket);
      const from = await docker.create({ user: 'ann' });
      await makeTree(docker.engine, from);
      const own = await shell(docker.engine, from, 'id -u');
      assert.notEqual(own, '0');
      const moved = under.bench.newName();
      const source = { open: (signal: AbortSignal) => homesOf(docker.engine).read(from, signal) };
      const request = { ...under.bench.request(moved), home: { kind: 'tar', source } } as const;
      await under.bench.engine.create(request, () => {}, never);
      const owners = await shell(under.bench.engine, moved, "find ~/tree -printf '%U:%G\\n' | sort -u");
      assert.equal(owners, '0:0');
      const sums = 'cd ~/tree && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum';
      assert.equal(await shell(under.bench.engine, moved, sums), await shell(docker.engine, from, sums));
    } finally {
      await release();
    }
  });
});

describe('a home under Pod Security `restricted`', () => {
  it('is cloned, backed up and restored by who logs in', async () => {
    const { cluster, bench } = await openKubeBench('restricted');
    try {
      const name = await bench.create({ storageClass: undefined });
      assert.notEqual(await shell(bench.engine, name, 'id -u'), '0');
      await makeTree(bench.engine, name);
      const sum = await sumOfTree(bench.engine, name);
      const { engine } = bench;
      const copies = [
        { kind: 'workspace', name },
        { kind: 'tar', source: { open: (signal: AbortSignal) => homesOf(engine).read(name, signal) } },
      ] as const;
      for (const home of copies) {
        const copy = bench.newName();
        await engine.create({ ...bench.request(copy), home }, () => {}, never);
        assert.equal(await sumOfTree(engine, copy), sum, home.kind);
      }
    } finally {
      await bench[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
    }
  });
});
