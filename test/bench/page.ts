/** What a workspace's page costs while it shows the use of a workspace, once a second, with a full past to draw. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import type { Engine, Stats } from '../../src/engine/engine.ts';
import type { HostMessage } from '../../src/panels/messages.ts';
import { WorkspaceSession } from '../../src/panels/workspaceSession.ts';
import { WorkspaceName } from '../../src/workspace/name.ts';
import { pastMs } from '../../src/workspace/usage.ts';
import { baseImage, ensureBaseImage } from '../support/baseImage.ts';
import { Berth } from '../support/berth.ts';
import { startChromium } from '../support/chromium.ts';
import { ensureEngine } from '../support/dockerd.ts';
import { refOf, World, workspaceOf } from '../support/pages/fakes.ts';
import { showWorkspace } from '../support/pages/showForm.ts';
import { type Benchmark, figure } from './benchmark.ts';

/** Long enough for a look at the connections in each. */
const windowMs = 12_000;
const runs = 3;

export const pageBenchmarks: readonly Benchmark[] = [
  {
    name: 'page.live.host',
    measure: say =>
      withEngine(say, async (engine, name) => figure('% of a core', await hostCosts(engine, name))),
  },
  {
    name: 'page.live.page',
    measure: async () => {
      const browser = await startChromium();
      try {
        return figure('% of a core', await pageCosts(browser));
      } finally {
        await browser.close();
      }
    },
  },
];

/** The session behind the page, on a real engine, without anything that draws. */
async function hostCosts(engine: Engine, name: WorkspaceName): Promise<number[]> {
  const found = await engine.find(name);
  if (!found) throw new Error(`${name} is not there`);
  const world = new World();
  world.workspaces = [{ ...found, target: refOf(name).target }];
  const services = { ...world.services, fleet: { ...world.services.fleet, engine: async () => engine } };
  let points = 0;
  const post = (message: HostMessage) => {
    if (message.type === 'event' && message.event === 'usage') points++;
    JSON.stringify(message);
  };
  using session = new WorkspaceSession(services, world.desk, refOf(name), post);
  const ask = (id: number, method: string, params: unknown) =>
    session.receive({ type: 'request', id, method, params });
  await ask(0, 'open', {});
  await ask(1, 'look', { isVisible: true });
  await sleep(3000);
  const costs: number[] = [];
  for (let run = 0; run < runs; run++) {
    const pointsBefore = points;
    const before = process.cpuUsage();
    await sleep(windowMs);
    const { user, system } = process.cpuUsage(before);
    costs.push(((user + system) / 1000 / windowMs) * 100);
    if (points - pointsBefore < windowMs / 1000 / 2) throw new Error('it was not measured once a second');
  }
  return costs;
}

/** All of Chromium's processes that draw: the page's own, and the one that puts pixels together. */
async function pageCosts(browser: Browser): Promise<number[]> {
  const world = new World();
  world.workspaces = [workspaceOf('brave-otter', { kind: 'Running', reason: '' })];
  world.stats = oncePerSecond;
  await using stage = await showWorkspace(browser, world, refOf('brave-otter'));
  await stage.page.locator('.chart').first().waitFor();
  await sleep(5000);
  const devtools = await browser.newBrowserCDPSession();
  const cpuSeconds = async () => {
    const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
    return processInfo
      .filter(({ type }) => /^(renderer|gpu)/i.test(type))
      .reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  };
  const costs: number[] = [];
  for (let run = 0; run < runs; run++) {
    const before = await cpuSeconds();
    await sleep(windowMs);
    costs.push((((await cpuSeconds()) - before) * 1000 * 100) / windowMs);
  }
  return costs;
}

/** A quarter of an hour at once, then as it goes. */
async function* oncePerSecond(signal: AbortSignal): AsyncIterable<Stats> {
  for (let at = Date.now() - pastMs; ; at += 1000) {
    if (at > Date.now()) await sleep(at - Date.now(), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const noise = randomBytes(4);
    yield {
      at,
      cpus: (noise[0] ?? 0) / 128,
      memoryBytes: 2 ** 29 + (noise[1] ?? 0) * 2 ** 20,
      memoryLimitBytes: 2 ** 31,
      receivedBytes: (at % 1e9) * 100,
      sentBytes: (at % 1e9) * 50 + (noise[2] ?? 0),
      readBytes: at % 1e9,
      writtenBytes: (at % 1e9) * 7 + (noise[3] ?? 0),
    };
  }
}

async function withEngine<T>(
  say: (line: string) => void,
  work: (engine: Engine, name: WorkspaceName) => Promise<T>,
): Promise<T> {
  await ensureEngine(say, { keep: true });
  await ensureBaseImage(say);
  const folder = await mkdtemp(join(tmpdir(), 'berth-bench-'));
  const name = WorkspaceName.parse(`t-bench-${randomBytes(3).toString('hex')}`);
  try {
    await using berth = await Berth.open(folder);
    try {
      await berth.create(name, { image: baseImage, cpus: 1, memoryMiB: 256 });
      return await work(berth.engine, name);
    } finally {
      const signal = AbortSignal.timeout(60_000);
      await berth.engine.remove(name, { keepHome: false }, () => {}, signal).catch(() => {});
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
