/** The programs that a cluster is made of, built from test/cluster/ once and kept in the cache. */
import { createHash } from 'node:crypto';
import { access, chmod, glob, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cached } from '../cache.ts';
import { findProgram, run } from '../command.ts';
import { projectRoot } from '../vsix.ts';

/** Absolute folders. */
export interface Programs {
  /** etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kubectl. */
  readonly kubernetes: string;
  /** csi-provisioner, csi-resizer, driver, metrics-server, and pause.tar, an image. */
  readonly addons: string;
}

const kubernetesVersion = '1.34.4';
/** What holds a pod's namespaces open, under the name that containerd is told. */
export const pauseImage = 'berth.test/pause:1';

const sources = join(projectRoot, 'test', 'cluster');
const buildTimeoutMs = 1_800_000;

/** Takes some ten minutes on two cores the first time. Needs Go, and its module proxy within reach. */
export async function ensurePrograms(say: (line: string) => void): Promise<Programs> {
  const kubernetes = await cached(`kubernetes-${kubernetesVersion}-${await keyOf('kubernetes')}`, path =>
    buildKubernetes(path, say),
  );
  const addons = await cached(`cluster-addons-${await keyOf('addons')}`, path => buildAddons(path, say));
  return { kubernetes, addons };
}

async function buildKubernetes(folder: string, say: (line: string) => void): Promise<void> {
  const go = await findGo();
  say(`Building Kubernetes ${kubernetesVersion} (once; about four minutes on two idle cores)`);
  const [major = '', minor = ''] = kubernetesVersion.split('.');
  const version = Object.entries({ gitVersion: `v${kubernetesVersion}`, gitMajor: major, gitMinor: minor });
  const flags = version.map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
  await build(go, 'kubernetes', folder, ['tool'], flags);
  await rename(join(folder, 'server'), join(folder, 'etcd'));
}

async function buildAddons(folder: string, say: (line: string) => void): Promise<void> {
  const go = await findGo();
  say('Building the storage driver, its controllers and the metrics server (once; some minutes)');
  await build(go, 'addons', folder, ['tool', './...'], []);
  await packPause(join(folder, 'pause'), join(folder, 'pause.tar'));
}

/** In the background as far as the machine is concerned: other tests run meanwhile. */
async function build(
  go: string,
  module: string,
  folder: string,
  packages: readonly string[],
  linkerFlags: readonly string[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const ldflags = ['-s', '-w', ...linkerFlags].join(' ');
  const args = ['build', '-trimpath', '-buildvcs=false', '-p=2', '-ldflags', ldflags, '-o', `${folder}/`];
  await run('nice', ['-n', '19', go, ...args, ...packages], {
    cwd: join(sources, module),
    env: { CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off', GOTOOLCHAIN: 'auto' },
    timeoutMs: buildTimeoutMs,
  });
}

/** The folder's name in the cache: another source or another dependency is another build. */
async function keyOf(module: string): Promise<string> {
  const hash = createHash('sha256');
  const names: string[] = [];
  for await (const name of glob('**/*', { cwd: join(sources, module) })) names.push(name);
  for (const name of names.filter(name => /\.(go|mod|sum)$/.test(name)).sort()) {
    hash.update(`${name}\n`).update(await readFile(join(sources, module, name)));
  }
  return hash.digest('hex').slice(0, 12);
}

/** 1.24 reads the `tool` lines of our go.mod; where a module asks for a newer one, that fetches it by itself. */
async function findGo(): Promise<string> {
  const usual = '/usr/local/go/bin/go';
  const isThere = await access(usual).then(
    () => true,
    () => false,
  );
  const go = (await findProgram('go')) ?? (isThere ? usual : undefined);
  const told = go === undefined ? '' : (await run(go, ['env', 'GOVERSION'], { cwd: tmpdir() })).stdout.trim();
  const [, major = 0, minor = 0] = (/^go(\d+)\.(\d+)/.exec(told) ?? []).map(Number);
  if (go === undefined || major < 1 || (major === 1 && minor < 24)) {
    const found = go === undefined ? 'there is none' : `${go} is ${told}`;
    throw new Error(
      `Go 1.24 or newer is needed to build Kubernetes for the tests (${found}). Install it from https://go.dev/dl/, or install kind, or point BERTH_TEST_KUBECONFIG to a cluster for tests, and run this again.`,
    );
  }
  return go;
}

/** `docker save`'s format, which containerd imports: one layer with one file. */
async function packPause(program: string, tar: string): Promise<void> {
  const folder = `${tar}.parts`;
  await mkdir(folder, { recursive: true });
  await chmod(program, 0o755);
  await run('tar', ['-C', join(program, '..'), '-cf', join(folder, 'layer.tar'), 'pause']);
  const layer = createHash('sha256')
    .update(await readFile(join(folder, 'layer.tar')))
    .digest('hex');
  const config = {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: { Entrypoint: ['/pause'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
  };
  const manifest = [{ Config: 'config.json', RepoTags: [pauseImage], Layers: ['layer.tar'] }];
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
  await run('tar', ['-C', folder, '-cf', tar, 'manifest.json', 'config.json', 'layer.tar']);
  await run('rm', ['-rf', folder]);
}
