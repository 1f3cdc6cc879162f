/**
 * A Kubernetes cluster for tests, in this order: the one whose kubeconfig BERTH_TEST_KUBECONFIG names (never a person's
 * default context), one of kind's or minikube's where they are installed, else one made here (kubernetes/ownCluster.ts).
 * Test files that run under one runner share its cluster; BERTH_TEST_CLUSTER, which the runner sets, names its folder.
 */
import { mkdir, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CommandOptions, type CommandResult, eventually } from './command.ts';
import {
  addUser,
  type ClusterRecord,
  clustersFolder,
  hasUsers,
  isClusterFolder,
  isKept,
  keep,
  keptFolder,
  listFolders,
  newFolderName,
  readRecord,
  removeUser,
  takeFolder,
  writeRecord,
} from './kubernetes/clusterFolder.ts';
import { writeKubeconfig } from './kubernetes/kubeconfig.ts';
import { Kubectl } from './kubernetes/kubectl.ts';
import { networks } from './kubernetes/network.ts';
import {
  type KubernetesObject,
  type Namespaces,
  namespacesOf,
  roleBinding,
  userName,
} from './kubernetes/objects.ts';
import { findOther, makeOther, removeOther } from './kubernetes/otherCluster.ts';
import {
  isOwnAlive,
  makeOwn,
  prepareOwn,
  removeOwn,
  startComponent,
  stopComponent,
} from './kubernetes/ownCluster.ts';
import { isRoot } from './machine.ts';

export { storageClasses } from './kubernetes/objects.ts';

type Say = (line: string) => void;

/** Set by a runner for the test files that it runs. */
export const clusterVariable = 'BERTH_TEST_CLUSTER';

export class Cluster implements AsyncDisposable {
  readonly #record: ClusterRecord;
  readonly #folder: string;
  readonly #user: string;
  readonly #admin: Kubectl;
  readonly #ordinary: Kubectl;

  constructor(folder: string, record: ClusterRecord, user: string) {
    this.#folder = folder;
    this.#record = record;
    this.#user = user;
    this.#admin = new Kubectl(record.kubectl, record.kubeconfig, folder);
    this.#ordinary = new Kubectl(record.kubectl, userKubeconfigOf(folder), folder);
  }

  /** For the environment of processes that are to share this cluster: see clusterVariable. */
  get folder(): string {
    return this.#folder;
  }

  get source(): ClusterRecord['source'] {
    return this.#record.source;
  }

  /** Path of the administrator's kubeconfig (system:masters where the cluster is made here). */
  get kubeconfig(): string {
    return this.#record.kubeconfig;
  }

  /** Path of the ordinary user's: rights in the four namespaces and nowhere else; `usual` is its default. */
  get userKubeconfig(): string {
    return this.#ordinary.kubeconfig;
  }

  /** https://…, with a certificate that both kubeconfigs know. */
  get server(): string {
    return this.#record.server;
  }

  get namespaces(): Namespaces {
    return this.#record.namespaces;
  }

  /** What a pod can be made from in any namespace; needs the registry's login where there is a registry. */
  get image(): string {
    return this.#record.image;
  }

  /** A private registry that the nodes and this machine reach under one name; only of a cluster made here. */
  get registry(): ClusterRecord['registry'] {
    return this.#record.registry;
  }

  /** The program, to be run by hand or measured. */
  get kubectlPath(): string {
    return this.#record.kubectl;
  }

  /** As the administrator. */
  kubectl(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    return this.#admin.run(args, options);
  }

  /** As the ordinary user, whose default namespace is `usual`. */
  userKubectl(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    return this.#ordinary.run(args, options);
  }

  /**
   * Takes the ordinary user's rights in a namespace away and gives those of that Role instead: an object, or YAML or
   * JSON. Without one the broad rights of the beginning come back.
   */
  async bindRole(namespace: string, role?: string | KubernetesObject): Promise<void> {
    let name: string | undefined;
    if (role !== undefined) {
      const input = typeof role === 'string' ? role : JSON.stringify(role);
      const applied = await this.#admin.run(['apply', '-n', namespace, '-f', '-', '-o', 'name'], { input });
      name = /^role\.rbac\.authorization\.k8s\.io\/(\S+)$/m.exec(applied.stdout)?.[1];
      if (name === undefined) throw new Error(`Not one Role: ${applied.stdout}`);
    }
    // A binding's role cannot be changed.
    await this.#admin.run(['delete', 'rolebinding', userName, '-n', namespace, '--ignore-not-found']);
    await this.#admin.apply([
      roleBinding(this.namespaces, namespace, name === undefined ? undefined : { kind: 'Role', name }),
    ]);
  }

  /** Pods run on, nobody answers; only on a cluster made here, and for the tests of one file at a time. */
  async stopApiServer(): Promise<void> {
    await stopComponent(this.#own(), 'apiserver');
  }

  async startApiServer(): Promise<void> {
    await startComponent(this.#own(), 'apiserver', this.#record);
  }

  /** Pods run on, but none starts or ends; no log, exec or port-forward. */
  async stopKubelet(): Promise<void> {
    await stopComponent(this.#own(), 'kubelet');
  }

  async startKubelet(): Promise<void> {
    await startComponent(this.#own(), 'kubelet', this.#record);
  }

  /** Where the programs of a cluster made here write, NAME.log each. */
  get logFolder(): string {
    return join(this.#own(), 'log');
  }

  #own(): string {
    if (this.source !== 'own') throw new Error('Only the programs of a cluster made here can be stopped');
    return this.#folder;
  }

  /** The last one out takes the cluster away, unless it is kept. */
  async [Symbol.asyncDispose](): Promise<void> {
    await removeUser(this.#folder, this.#user);
    if (!(await hasUsers(this.#folder)) && !(await isKept(this.#folder))) await remove(this.#folder);
  }
}

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
    await remove(folder).catch(() => {});
    throw error;
  }
}

/** Returns when the user may do its work: the controllers take a moment to put `edit` together. */
async function addOrdinaryUser(folder: string, record: ClusterRecord): Promise<void> {
  const admin = new Kubectl(record.kubectl, record.kubeconfig, folder);
  const { usual } = record.namespaces;
  const { stdout: token } = await admin.run(['create', 'token', userName, '-n', usual, '--duration=8760h']);
  const view = ['config', 'view', '--raw', '--flatten', '--minify', '-o'];
  const authority = 'jsonpath={.clusters[0].cluster.certificate-authority-data}';
  const { stdout: ca } = await admin.run([...view, authority]);
  await writeKubeconfig(userKubeconfigOf(folder), {
    name: userName,
    server: record.server,
    ...(ca === '' ? {} : { ca: Buffer.from(ca, 'base64').toString() }),
    token: token.trim(),
    namespace: usual,
  });
  const user = new Kubectl(record.kubectl, userKubeconfigOf(folder), folder);
  await eventually(
    async () => (await user.run(['auth', 'can-i', 'create', 'jobs.batch'], { mayFail: true })).code === 0,
    'the rights of the ordinary user',
    30_000,
  );
  // Pods are refused until their namespace has it.
  for (const namespace of Object.values(record.namespaces))
    await admin.run(['wait', '--for=create', 'serviceaccount/default', '-n', namespace, '--timeout=30s']);
}

function userKubeconfigOf(folder: string): string {
  return join(folder, 'user.kubeconfig');
}

/** Removes what runs that were killed have left, of this cache or another on the same machine. One at a time. */
async function sweep(say: Say): Promise<void> {
  const lock = join(clustersFolder, '.sweep');
  await mkdir(clustersFolder, { recursive: true });
  const held = await stat(lock).catch(() => undefined);
  if (held && Date.now() - held.mtimeMs > 120_000) await rmdir(lock).catch(() => {});
  if (
    !(await mkdir(lock)
      .catch(() => true)
      .then(taken => taken === undefined))
  )
    return;
  try {
    const folders = new Set([...(await listFolders()), ...(await networks()).keys()]);
    for (const folder of folders) {
      if (!isClusterFolder(folder) || (await isAlive(folder))) continue;
      say(`Removing what a dead run left: ${folder}`);
      await remove(folder);
    }
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

async function isAlive(folder: string): Promise<boolean> {
  if (await hasUsers(folder)) return true;
  const record = await readRecord(folder);
  if (record === undefined || !(await isKept(folder))) return false;
  return record.source === 'own' ? isOwnAlive(folder) : true;
}

async function remove(folder: string): Promise<void> {
  const record = await readRecord(folder).catch(() => undefined);
  if (record === undefined || record.source === 'own') await removeOwn(folder);
  else await removeOther(folder, record);
}

function assertCanMakeOwn(): void {
  if (process.platform === 'linux' && isRoot()) return;
  throw new Error(
    'There is no Kubernetes for the tests. Install kubectl and kind (https://kind.sigs.k8s.io, needs Docker) or minikube, or point BERTH_TEST_KUBECONFIG to the kubeconfig of a cluster for tests, or run this as root on a Debian 12 machine, and run it again.',
  );
}
