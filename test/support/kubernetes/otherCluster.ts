/** Clusters that are there or that another program makes: the person's own for tests, kind's, minikube's. */
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { exists } from '../cache.ts';
import { findProgram, run } from '../command.ts';
import type { ClusterRecord } from './clusterFolder.ts';
import { Kubectl } from './kubectl.ts';
import { commonObjects, type Namespaces } from './objects.ts';

/** What every cluster can pull that reaches a registry at all. */
const publicImage = 'debian:bookworm';
/** Written before anything is made. */
const sourceFile = 'source';

type OtherSource = Exclude<ClusterRecord['source'], 'own'>;

/** The first that can be had here, or undefined. */
export async function findOther(): Promise<OtherSource | undefined> {
  if (process.env.BERTH_TEST_KUBECONFIG) return 'given';
  if ((await findProgram('kubectl')) === undefined) return undefined;
  for (const source of ['kind', 'minikube'] as const)
    if ((await findProgram(source)) !== undefined) return source;
  return undefined;
}

export async function makeOther(
  source: OtherSource,
  folder: string,
  namespaces: Namespaces,
  say: (line: string) => void,
): Promise<ClusterRecord> {
  const program = await findProgram('kubectl');
  if (program === undefined) throw new Error('kubectl is needed for a cluster that is there already');
  const kubeconfig = join(folder, 'admin.kubeconfig');
  const name = nameOf(folder);
  await writeFile(join(folder, sourceFile), source);
  if (source === 'given') await copyGiven(kubeconfig);
  else {
    say(`Making a cluster with ${source}: ${name}`);
    await run(source, [...makeArguments[source](name)], {
      env: { KUBECONFIG: kubeconfig },
      timeoutMs: 600_000,
    });
  }
  const kubectl = new Kubectl(program, kubeconfig, folder);
  await kubectl.apply(commonObjects(namespaces));
  const { stdout: server } = await kubectl.run([
    ...['config', 'view', '--minify', '-o', 'jsonpath={.clusters[0].cluster.server}'],
  ]);
  return { source, kubeconfig, kubectl: program, server, namespaces, image: publicImage };
}

const makeArguments = {
  kind: (name: string) => ['create', 'cluster', '--name', name, '--wait', '180s'],
  minikube: (name: string) => ['start', '--profile', name, '--wait', 'all'],
} as const;

async function copyGiven(kubeconfig: string): Promise<void> {
  const given = resolve(process.env.BERTH_TEST_KUBECONFIG ?? '');
  if (!(await exists(given))) throw new Error(`BERTH_TEST_KUBECONFIG names ${given}, which is not there`);
  await copyFile(given, kubeconfig);
}

/** Whose the cluster of a folder is, also when it was never finished; undefined for one made here. */
export async function otherSourceOf(folder: string): Promise<string | undefined> {
  return readFile(join(folder, sourceFile), 'utf8').catch(() => undefined);
}

/** Of one that is given, only the namespaces that we made. */
export async function removeOther(folder: string, source: string, record?: ClusterRecord): Promise<void> {
  const kubeconfig = join(folder, 'admin.kubeconfig');
  const options = { env: { KUBECONFIG: kubeconfig }, timeoutMs: 180_000, mayFail: true };
  if (source === 'kind') await run('kind', ['delete', 'cluster', '--name', nameOf(folder)], options);
  if (source === 'minikube') await run('minikube', ['delete', '--profile', nameOf(folder)], options);
  if (source === 'given' && record !== undefined) {
    const admin = new Kubectl(record.kubectl, kubeconfig, folder);
    const names = Object.values(record.namespaces);
    await admin.run(['delete', 'namespace', '--ignore-not-found', ...names], options);
  }
  await rm(folder, { recursive: true, force: true });
}

function nameOf(folder: string): string {
  return `berth-test-${basename(folder)}`;
}
