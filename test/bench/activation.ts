/** What Berth's activation takes in VS Code's own extension host, as it says itself in its log. */
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChromium } from '../support/chromium.ts';
import { CodeServer } from '../support/codeServer.ts';
import { ensureInstalled } from '../support/machine.ts';
import { packageExtension } from '../support/vsix.ts';
import { type Benchmark, figure } from './benchmark.ts';

const windows = 7;

export const activationBenchmarks: readonly Benchmark[] = [
  {
    name: 'activate',
    measure: async say => {
      await ensureInstalled(['chromium', 'compiler'], say);
      const server = await CodeServer.start({ vsix: await packageExtension(), say });
      const browser = await startChromium();
      try {
        // Every window has an extension host of its own.
        for (let count = 1; count <= windows; count++) {
          const page = await browser.newPage();
          await page.goto(server.url);
          await untilSaid(server, count);
          await page.close();
        }
        return figure('ms', await activationTimes(server));
      } finally {
        await browser.close();
        await server.stop();
      }
    },
  },
];

async function untilSaid(server: CodeServer, count: number): Promise<void> {
  const deadline = Date.now() + 60_000;
  while ((await activationTimes(server)).length < count) {
    if (Date.now() > deadline) throw new Error(`only ${count - 1} windows activated Berth`);
    await sleep(200);
  }
}

async function activationTimes(server: CodeServer): Promise<number[]> {
  const times: number[] = [];
  const cwd = join(server.dataFolder, 'data', 'logs');
  for await (const path of glob('**/*erth*.log', { cwd })) {
    const text = await readFile(join(cwd, path), 'utf8');
    for (const [, ms] of text.matchAll(/Activated in ([\d.]+) ms/g)) times.push(Number(ms));
  }
  return times;
}
