/**
 * `npm start`: the main job, for real. Makes the machine ready, creates a workspace, proves ssh into it and then
 * serves VS Code with Berth in it until Ctrl-C. With --check, or in CI, it ends after the proof. With --kubernetes the
 * workspace is on a cluster (cluster.ts says on which), which stays up; --kubernetes --down takes that one away again.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from '../../src/engine/engine.ts';
import type { SettingsInput } from '../../src/workspace/settings.ts';
import { baseImage, canMakeBaseImage, ensureBaseImage, hasImage } from './baseImage.ts';
import { Berth } from './berth.ts';
import { cacheFolder, exists } from './cache.ts';
import { type Cluster, ensureCluster, removeKeptCluster } from './cluster.ts';
import { endpointOf, imageSettings } from './clusterImage.ts';
import { CodeServer, codeServerIsInstalled, installCodeServer } from './codeServer.ts';
import { run } from './command.ts';
import { dockerSocket, engineAnswers, ensureEngine } from './dockerd.ts';
import { ensureInstalled, type NeedName } from './machine.ts';
import { packageExtension, projectRoot } from './vsix.ts';

const name = 't-start';
/** Where the engine has no image of ours and none can be made: pulled like any other. */
const publicImage = 'debian:bookworm';
const startedAt = Date.now();
const say = (line: string) =>
  console.log(`${((Date.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${line}`);
const isOnCluster = process.argv.includes('--kubernetes');
const endsAfterProof = process.argv.includes('--check') || (Boolean(process.env.CI) && !process.stdin.isTTY);

try {
  await main();
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

async function main(): Promise<void> {
  if (isOnCluster && process.argv.includes('--down')) {
    await removeKeptCluster();
    say('The cluster that npm start -- --kubernetes had made is gone');
    return;
  }
  await ensureInstalled(await needed(), say);
  const codeServer = endsAfterProof ? Promise.resolve('') : installCodeServer(say);
  const vsix = packageExtension();
  for (const pending of [codeServer, vsix]) pending.catch(() => {});
  const cluster = isOnCluster ? await ensureCluster(say, { keep: true }) : undefined;
  if (!cluster) await ensureEngine(say, { keep: true });
  await run(process.execPath, ['esbuild.mjs'], { cwd: projectRoot });
  const sshFolder = join(cacheFolder, 'start', cluster ? 'ssh-kubernetes' : 'ssh');
  await mkdir(sshFolder, { recursive: true, mode: 0o700 });
  const berth = cluster ? await openOn(cluster, sshFolder) : await Berth.open(sshFolder);
  await ensureWorkspace(berth, () => (cluster ? clusterSettings(cluster) : engineSettings()));
  await prove(berth);
  if (endsAfterProof) {
    await berth[Symbol.asyncDispose]();
    await vsix;
    return;
  }
  await codeServer;
  await serve(await vsix, sshFolder);
  await berth[Symbol.asyncDispose]();
}

/** Only what is not there in another way: an engine that answers needs no package. */
async function needed(): Promise<NeedName[]> {
  const compiler: NeedName[] = endsAfterProof || (await codeServerIsInstalled()) ? [] : ['compiler'];
  if (isOnCluster) return ['ssh', ...compiler];
  const answers = await engineAnswers();
  const image: NeedName[] =
    process.getuid?.() === 0 && (await exists('/etc/debian_version')) ? ['debootstrap'] : [];
  const hasBase = answers && (await hasImage(dockerSocket, baseImage));
  return ['ssh', ...(answers ? [] : (['docker'] as const)), ...(hasBase ? [] : image), ...compiler];
}

/** There from the last time, perhaps off; else created now. */
async function ensureWorkspace(berth: Berth, settings: () => Promise<SettingsInput>): Promise<void> {
  const found = (await berth.engine.list()).find(workspace => workspace.name === name);
  if (found) {
    say(`Workspace ${name} is there from before (${found.state.kind}); starting it where it is off`);
    await berth.engine.start(found.name, tell, AbortSignal.timeout(300_000));
    await berth.writeConfig();
    return;
  }
  const wanted = await settings();
  say(`Creating workspace ${name} from ${wanted.image}`);
  await berth.create(name, wanted, tell, AbortSignal.timeout(900_000));
}

async function engineSettings(): Promise<SettingsInput> {
  const image = (await canMakeBaseImage()) ? await ensureBaseImage(say) : publicImage;
  return { image, memoryMiB: 1024, cpus: 1 };
}

async function openOn(cluster: Cluster, sshFolder: string): Promise<Berth> {
  const endpoint = await endpointOf(cluster.userKubeconfig, cluster.namespaces.usual);
  // A cluster that was made anew has another address in its kubeconfig, which is read at each use.
  return await Berth.openCluster(sshFolder, endpoint, 'Kubernetes');
}

async function clusterSettings(cluster: Cluster): Promise<SettingsInput> {
  const image = await imageSettings(cluster, cluster.namespaces.usual);
  return { ...image, memoryMiB: 512, cpus: 0.25, cpuAllocation: 'shares', diskGiB: 1 };
}

function tell(progress: Progress): void {
  if (progress.kind === 'step') say(`  ${progress.message}`);
  if (progress.kind === 'boot' && progress.event.event === 'ok') say(`  boot: ${progress.event.stage}`);
}

async function prove(berth: Berth): Promise<void> {
  const command =
    'echo "Hello from $(hostname), $(. /etc/os-release && echo "$PRETTY_NAME"), as $(id -un) in $PWD"';
  const config = join(berth.sshFolder, 'config');
  say('Connecting through the generated ssh config:');
  console.log(`\n  $ ssh -F ${config} ${berth.alias(name)} '${command}'`);
  const { stdout } = await berth.ssh(name, command, { timeoutMs: 60_000 });
  console.log(`  ${stdout.trim()}\n`);
}

async function serve(vsix: string, sshFolder: string): Promise<void> {
  say('Starting VS Code with Berth');
  const server = await CodeServer.start({
    vsix,
    env: { BERTH_SSH_DIR: sshFolder },
    settings: { 'workbench.startupEditor': 'welcomePage' },
    say,
  });
  say('Ready. Open this in a browser and click on Berth in the bar at the left:');
  console.log(`\n  ${server.url}/\n`);
  console.log(
    'Ctrl-C ends VS Code; engine and workspace stay. To be rid of the workspace, delete it in Berth.',
  );
  await new Promise<void>(resolve => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
    void watch(server).then(resolve);
  });
  await server.stop();
}

/** Resolves when VS Code ended by itself. */
async function watch(server: CodeServer): Promise<void> {
  while (server.isRunning) await sleep(1_000, undefined, { ref: false });
  console.error(`VS Code ended by itself:\n${server.output.slice(-2_000)}`);
}
