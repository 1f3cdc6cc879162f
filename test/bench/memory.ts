/** What the extension host of a real VS Code keeps once a person has looked at a large registry and a large catalogue. */
import { readdir, readFile } from 'node:fs/promises';
import { Session } from '../e2e/session.ts';
import { Scene } from '../integration/targets/support/folder.ts';
import { ensureEngine } from '../support/dockerd.ts';
import { type Benchmark, type Figure, figure } from './benchmark.ts';
import { makeCatalogueOf500 } from './gallery.ts';
import { startRegistryOf10000 } from './registryTree.ts';

export const memoryBenchmarks: readonly Benchmark[] = [
  /** More than after the start of the window, with the views in sight. */
  { name: 'images.memory', measure: measureMemory },
];

async function measureMemory(say: (line: string) => void): Promise<Figure> {
  const release = await ensureEngine(say);
  try {
    await using scene = await Scene.make();
    await using catalogue = await makeCatalogueOf500();
    const host = await startRegistryOf10000(scene);
    await using session = await Session.start({
      name: 'bench-memory',
      settings: {
        'berth.registries': [{ host, http: true }],
        'berth.catalogues': [{ url: catalogue.address }],
      },
    });
    const window = await session.window();
    await window.showOnly('Images');
    await window.row('Images', 'Registries').waitFor();
    await window.page.waitForTimeout(5_000);
    const pid = await extensionHostOf(session.server.dataFolder);
    const before = await residentMB(pid);
    await window.row('Images', host).click();
    await window.row('Images', 'team-0/image-0').waitFor();
    await window.runCommand('Berth: Open Catalogues');
    await window.webview().locator('.card').nth(499).waitFor({ state: 'attached' });
    await window.page.waitForTimeout(5_000);
    return figure('MB', [(await residentMB(pid)) - before]);
  } finally {
    await release();
  }
}

/** The process in which the extensions of the server with that data folder run: a child of its, by the environment. */
async function extensionHostOf(dataFolder: string): Promise<string> {
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (!words.includes('--type=extensionHost')) continue;
    const parents = await argumentsAbove(pid);
    if (parents.some(line => line.includes(dataFolder))) return pid;
  }
  throw new Error('the extension host was not found');
}

/** The command lines of a process's parents, the nearest first. */
async function argumentsAbove(pid: string): Promise<string[]> {
  const lines: string[] = [];
  for (let at = pid; at !== '0' && at !== '1' && lines.length < 10; ) {
    const status = await readFile(`/proc/${at}/status`, 'utf8').catch(() => '');
    at = /^PPid:\t(\d+)$/m.exec(status)?.[1] ?? '0';
    lines.push(await readFile(`/proc/${at}/cmdline`, 'utf8').catch(() => ''));
  }
  return lines;
}

async function residentMB(pid: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
