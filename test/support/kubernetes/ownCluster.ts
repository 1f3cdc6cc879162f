/**
 * The cluster that is made on the spot: one node, this machine, with every part of Kubernetes that Berth meets. All of
 * it runs in a room of its own (enclosure.ts) on a network of its own (network.ts) and is found again by its folder.
 */
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { baseImage, baseImageTar } from '../baseImage.ts';
import { eventually, run } from '../command.ts';
import { ensureInstalled, type NeedName } from '../machine.ts';
import { makeCgroup, removeCgroup } from './cgroups.ts';
import type { ClusterRecord } from './clusterFolder.ts';
import { type ComponentName, cgroupOf, commandOf, configFiles, nodeName } from './components.ts';
import { makeCredentials } from './credentials.ts';
import {
  closeEnclosure,
  inside,
  isEnclosureOpen,
  openEnclosure,
  runInside,
  startInside,
  stopInside,
} from './enclosure.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { Kubectl } from './kubectl.ts';
import { claimNetwork, type Network, networkOf, networks, removeNetwork } from './network.ts';
import {
  commonObjects,
  localVolumeNames,
  localVolumesFolder,
  type Namespaces,
  ownObjects,
} from './objects.ts';
import { ensurePrograms } from './programs.ts';
import { layDownImage } from './registryStorage.ts';

const needs: readonly NeedName[] = [
  'containerd',
  'podNetwork',
  'network',
  'registry',
  'openssl',
  'debootstrap',
];
const gpu = 'nvidia.com/gpu';
const gpus = 2;

/** What takes long and is made once a machine. */
export async function prepareOwn(say: (line: string) => void): Promise<void> {
  await ensureInstalled(needs, say);
  await Promise.all([ensurePrograms(say), baseImageTar(say)]);
}

/** Brings it up in a folder that is there already. When it fails, `removeOwn` takes away what it has made so far. */
export async function makeOwn(
  folder: string,
  namespaces: Namespaces,
  say: (line: string) => void,
): Promise<ClusterRecord> {
  await prepareOwn(say);
  const programs = await ensurePrograms(say);
  const startedAt = Date.now();
  const network = await claimNetwork(folder);
  const server = `https://127.0.0.1:${network.ports.apiserver}`;
  const [token, registry] = await Promise.all([
    makeCredentials(folder, ['127.0.0.1', network.address]),
    makeRegistry(folder, network, say),
    writeConfigs(folder, network),
    makeCgroup(cgroupOf(network)),
    openEnclosure(folder, programs),
  ]);
  const ca = await readFile(join(folder, 'pki', 'ca.crt'), 'utf8');
  const kubeconfig = join(folder, 'admin.kubeconfig');
  await writeKubeconfig(kubeconfig, { name: 'berth-admin', server, ca, token });
  const kubectl = new Kubectl(join(programs.kubernetes, 'kubectl'), kubeconfig, folder);

  const start = (name: ComponentName) => startInside(folder, name, commandOf(name, network));
  await Promise.all((['etcd', 'apiserver', 'containerd', 'registry'] as const).map(start));
  await Promise.all([whenApiServerIsReady(kubectl), importPause(folder)]);
  await Promise.all((['controllerManager', 'scheduler', 'kubelet', 'driver', 'metrics'] as const).map(start));
  await kubectl.apply([...commonObjects(namespaces), ...ownObjects(network.ports.metrics)]);
  await Promise.all((['provisioner', 'resizer'] as const).map(start));
  await whenNodeIsReady(kubectl);
  await pretendGpus(kubectl);
  say(`Kubernetes is up in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  return {
    source: 'own',
    number: network.number,
    kubeconfig,
    kubectl: kubectl.path,
    server,
    namespaces,
    image: registry.image,
    registry,
  };
}

export function isOwnAlive(folder: string): Promise<boolean> {
  return isEnclosureOpen(folder);
}

/** Also of one that was never finished: what it made is found by its folder. */
export async function removeOwn(folder: string): Promise<void> {
  await closeEnclosure(folder);
  const network = (await networks()).get(folder);
  if (network !== undefined) {
    await removeCgroup(cgroupOf(network));
    await removeNetwork(network, folder);
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

export async function stopComponent(folder: string, name: ComponentName): Promise<void> {
  await stopInside(folder, name);
}

/** Returns when it answers again. */
export async function startComponent(
  folder: string,
  name: 'apiserver' | 'kubelet',
  { number = 0, kubectl, kubeconfig }: ClusterRecord,
): Promise<void> {
  await startInside(folder, name, commandOf(name, networkOf(number)));
  const admin = new Kubectl(kubectl, kubeconfig, folder);
  if (name === 'apiserver') await whenApiServerIsReady(admin);
  else {
    await whenNodeIsReady(admin);
    await pretendGpus(admin);
  }
}

async function writeConfigs(folder: string, network: Network): Promise<void> {
  for (const [name, text] of Object.entries(configFiles(network))) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  // The room has a /run of its own, to which the machine's file may be a link.
  await copyFile('/etc/resolv.conf', join(folder, 'resolv.conf'));
  const local = join(folder, localVolumesFolder.replace('/var/lib/', 'lib/'));
  for (const name of localVolumeNames) await mkdir(join(local, name), { recursive: true });
}

async function makeRegistry(folder: string, network: Network, say: (line: string) => void) {
  const [repository = '', tag = ''] = baseImage.split(':');
  const host = `127.0.0.1:${network.ports.registry}`;
  const user = 'berth';
  const password = randomBytes(12).toString('hex');
  const { stdout } = await run('htpasswd', ['-niB', '-C', '4', user], { input: password });
  await writeFile(join(folder, 'registry.htpasswd'), stdout, { mode: 0o600 });
  const layerTar = await baseImageTar(say);
  await layDownImage(join(folder, 'registry'), { repository, tag, layerTar });
  return { host, user, password, image: `${host}/${baseImage}` };
}

/** Before the first pod: there is no registry to pull it from. */
async function importPause(folder: string): Promise<void> {
  await eventually(
    async () => (await runInside(folder, ['ctr', 'version'], { mayFail: true })).code === 0,
    `an answer of containerd; its log is ${join(folder, 'log', 'containerd.log')}`,
    30_000,
  );
  await runInside(folder, ['ctr', '-n', 'k8s.io', 'images', 'import', `${inside.addons}/pause.tar`]);
}

async function whenApiServerIsReady(kubectl: Kubectl): Promise<void> {
  const ask = ['get', '--raw', '/readyz', '--request-timeout=3s'];
  await eventually(
    // One that is busy starting may accept a question and not answer it.
    async () => (await kubectl.run(ask, { mayFail: true }).catch(() => undefined))?.stdout === 'ok',
    `a ready apiserver; its log is ${join(dirname(kubectl.kubeconfig), 'log', 'apiserver.log')}`,
    120_000,
    200,
  );
}

/** The node stays Ready for a while after its kubelet's end: the kubelet is asked too. */
async function whenNodeIsReady(kubectl: Kubectl): Promise<void> {
  const node = `node/${nodeName}`;
  await kubectl.run(['wait', '--for=create', node, '--timeout=60s'], { timeoutMs: 70_000 });
  const health = ['get', '--raw', `/api/v1/nodes/${nodeName}/proxy/healthz`, '--request-timeout=5s'];
  await eventually(
    async () => (await kubectl.run(health, { mayFail: true }).catch(() => undefined))?.stdout === 'ok',
    'an answer of the kubelet',
    60_000,
  );
  await kubectl.run(['wait', '--for=condition=Ready', node, '--timeout=60s'], { timeoutMs: 70_000 });
}

/** No card is behind it: enough for the scheduler, and for a pod that only asks. */
async function pretendGpus(kubectl: Kubectl): Promise<void> {
  const patch = JSON.stringify({
    status: { capacity: { [gpu]: String(gpus) }, allocatable: { [gpu]: String(gpus) } },
  });
  await kubectl.run(['patch', 'node', nodeName, '--subresource=status', '--type=merge', '-p', patch]);
}

/** The end of each program's log, for the error of a cluster that did not come up. */
export async function lastWords(folder: string): Promise<string> {
  const logs = join(folder, 'log');
  const names = (await readdir(logs).catch(() => [])).filter(name => name.endsWith('.log'));
  const texts = names.map(async name => {
    const lines = (await readFile(join(logs, name), 'utf8')).trimEnd().split('\n').slice(-4);
    return `${name}:\n${lines.map(line => `  ${line.slice(0, 400)}`).join('\n')}`;
  });
  return (await Promise.all(texts)).join('\n');
}
