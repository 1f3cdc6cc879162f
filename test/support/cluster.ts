/**
 * A Kubernetes cluster for tests, in this order: the one whose kubeconfig BERTH_TEST_KUBECONFIG names (never a person's
 * default context), one of kind's or minikube's where they are installed, else one made here (kubernetes/ownCluster.ts).
 * Test files that run under one runner share its cluster; BERTH_TEST_CLUSTER, which the runner sets, names its folder.
 */
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  addUser,
  type ClusterRecord,
  keep,
  keptFolder,
  newFolderName,
  readRecord,
  takeFolder,
  writeRecord,
} from './kubernetes/clusterFolder.ts';
import { namespacesOf } from './kubernetes/objects.ts';
import { addOrdinaryUser } from './kubernetes/ordinaryUser.ts';
import { findOther, makeOther } from './kubernetes/otherCluster.ts';
import { lastWords, makeOwn, prepareOwn } from './kubernetes/ownCluster.ts';
import { remove, sweep } from './kubernetes/removal.ts';
import { Cluster } from './kubernetes/runningCluster.ts';
import { isRoot } from './machine.ts';

export { storageClasses } from './kubernetes/objects.ts';
export type { Cluster } from './kubernetes/runningCluster.ts';

type Say = (line: string) => void;

/** Set by a runner for the test files that it runs. */
export const clusterVariable = 'BERTH_TEST_CLUSTER';

/**
 * The first time on a machine it builds Kubernetes; from then on a cluster is up in some 15 s. With `keep` it stays up
 * for good and the next call with `keep` returns the same one; removeKeptCluster ends it.
 */
export async function ensureCluster(say: Say, { keep = false }: { keep?: boolean } = {}): Promise<Cluster> {
  const shared = process.env[clusterVariable];
  if (shared && !keep) return attach(shared);
  await sweep(say);
  const other = await findOther();
  if (other === undefined) {
    assertCanMakeOwn();
    // Before a folder is taken: it may take long.
    await prepareOwn(say);
  }
  if (keep) return ensureKept(say);
  const folder = newFolderName();
  const user = await takeFolder(folder);
  if (user === undefined) throw new Error(`${folder} is taken`);
  return new Cluster(folder, await fill(folder, say), user);
}

/** Builds what takes long, so that a runner can begin with it early. */
export async function prepareCluster(say: Say): Promise<void> {
  if (process.env[clusterVariable] || (await findOther()) !== undefined) return;
  assertCanMakeOwn();
  await prepareOwn(say);
}

/** Ends the cluster that `keep` left running, if there is one. */
export async function removeKeptCluster(): Promise<void> {
  if (await stat(keptFolder).catch(() => undefined)) await remove(keptFolder);
}

async function ensureKept(say: Say): Promise<Cluster> {
  const deadline = Date.now() + 300_000;
  while (!(await readRecord(keptFolder))) {
    const user = await takeFolder(keptFolder);
    if (user !== undefined) {
      const record = await fill(keptFolder, say);
      await keep(keptFolder);
      return new Cluster(keptFolder, record, user);
    }
    if (user === undefined) {
      if (Date.now() > deadline)
        throw new Error(`Another process has been making ${keptFolder} for too long`);
      await sleep(500);
      await sweep(say);
    }
  }
  return attach(keptFolder);
}

async function attach(folder: string): Promise<Cluster> {
  const record = await readRecord(folder);
  if (record === undefined) throw new Error(`There is no cluster in ${folder}`);
  return new Cluster(folder, record, await addUser(folder));
}

/** Makes a cluster in a folder that is ours; nothing of it stays when that fails. */
async function fill(folder: string, say: Say): Promise<ClusterRecord> {
  try {
    const other = await findOther();
    const record =
      other === undefined
        ? await makeOwn(folder, namespacesOf('berth'), say)
        : await makeOther(other, folder, namespacesOf(`berth-${process.pid}`), say);
    await addOrdinaryUser(folder, record);
    await writeRecord(folder, record);
    return record;
  } catch (error) {
    const words = await lastWords(folder);
    await remove(folder).catch(() => {});
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`No cluster came up: ${message}\n${words}`, { cause: error });
  }
}

function assertCanMakeOwn(): void {
  if (process.platform === 'linux' && isRoot()) return;
  throw new Error(
    'There is no Kubernetes for the tests. Install kubectl and kind (https://kind.sigs.k8s.io, needs Docker) or minikube, or point BERTH_TEST_KUBECONFIG to the kubeconfig of a cluster for tests, or run this as root on a Debian 12 machine, and run it again.',
  );
}
