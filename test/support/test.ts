/**
 * `npm test [-- SUITE…]`: makes the machine ready, runs the suites side by side as far as the cores allow, each bounded
 * in time, and ends with one plain line: `N passed, N failed`.
 *
 * A file of the slow suites that failed is run once more, when all else is done. Where it passes then, it counts as passed,
 * and is named in the last lines: such a test is unsteady, which is a defect of the test or of what it tests. No more
 * than `mostUnsteady` files of a whole run are given that chance.
 */
import { createWriteStream } from 'node:fs';
import { glob, mkdir, readFile, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ensureBaseImage } from './baseImage.ts';
import { clusterVariable, ensureCluster, prepareCluster } from './cluster.ts';
import { installCodeServer } from './codeServer.ts';
import { Background, run } from './command.ts';
import { ensureEngine } from './dockerd.ts';
import { allNeeds, ensureInstalled } from './machine.ts';
import type { Outcome, Totals } from './report.ts';
import { type Preparation, type Suite, suites } from './suites.ts';
import { outputFolder, packageExtension, projectRoot } from './vsix.ts';

const say = (line: string) => console.log(`- ${line}`);
const running = new Set<Background>();
const nothing: Outcome = { passed: 0, failed: 0, skipped: 0, failedFiles: [], failures: [] };
const mostUnsteady = 8;
const unsteady: string[] = [];
const failures: string[] = [];
const again: { readonly suite: Suite; readonly failed: Totals; readonly files: readonly string[] }[] = [];
let releaseEngine = async () => {};
let releaseCluster = async () => {};

const chosen = choose(process.argv.slice(2));
process.once('SIGINT', () => void interrupted(130));
process.once('SIGTERM', () => void interrupted(143));
await mkdir(join(outputFolder, 'logs'), { recursive: true });
const total = await main();
await releaseAll();
const isCi = Boolean(process.env.CI);
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
if (failures.length > 0) console.log(`\nWhat failed, the first time included:\n- ${failures.join('\n- ')}`);
if (unsteady.length > 0) console.log(`\nUnsteady, passed at the second time only: ${unsteady.join(', ')}`);
if (isCi && total.skipped > 0) console.log('Nothing may be skipped in CI.');
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
process.exit(total.failed > 0 || total.passed === 0 || (isCi && total.skipped > 0) ? 1 : 0);

function choose(names: readonly string[]): readonly Suite[] {
  const unknown = names.filter(name => !suites.some(suite => suite.name === name));
  if (unknown.length > 0) {
    console.error(
      `Unknown: ${unknown.join(', ')}. The suites are ${suites.map(({ name }) => name).join(', ')}.`,
    );
    process.exit(2);
  }
  return names.length === 0 ? suites : suites.filter(({ name }) => names.includes(name));
}

async function main(): Promise<Totals> {
  const preparations = new Map<Preparation, Promise<void>>();
  const prepared = (what: Preparation): Promise<void> => {
    const known = preparations.get(what);
    if (known !== undefined) return known;
    const made = prepare(what);
    made.catch(() => {});
    preparations.set(what, made);
    return made;
  };
  const needsNoMachine = (need: Preparation) => need === 'build' || need === 'package';
  if (!chosen.every(({ needs }) => needs.every(needsNoMachine))) await prepared('machine');
  // The longest preparations begin at once, whichever suite waits for them.
  if (chosen.some(({ needs }) => needs.includes('codeServer'))) void prepared('codeServer').catch(() => {});
  if (chosen.some(({ needs }) => needs.includes('cluster'))) void prepareCluster(say).catch(() => {});

  const waiting = chosen.filter(({ isAlone }) => !isAlone);
  const results: Totals[] = [];
  const lane = async () => {
    for (let suite = waiting.shift(); suite; suite = waiting.shift())
      results.push(await runSuite(suite, prepared));
  };
  await Promise.all(Array.from({ length: Math.min(3, Math.max(1, availableParallelism())) }, lane));
  for (const suite of chosen) if (suite.isAlone) results.push(await runSuite(suite, prepared));
  const files = again.flatMap(each => each.files);
  for (const each of again) results.push(files.length > mostUnsteady ? each.failed : await runAgain(each));
  return results.reduce((a, b) => ({
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  }));
}

async function runAgain({ suite, failed, files }: (typeof again)[number]): Promise<Totals> {
  say(`once more, because of a failure: ${files.join(', ')}`);
  const { totals, output } = await execute({ ...suite, name: `${suite.name}.again` }, files);
  // What failed has to pass, not to be gone.
  if (totals.failed > 0 || totals.passed < failed.failed) {
    console.log(`\n${output}`);
    return failed;
  }
  unsteady.push(...files);
  return { passed: failed.failed, failed: 0, skipped: totals.skipped };
}

async function prepare(what: Preparation): Promise<void> {
  switch (what) {
    case 'build':
      await run(process.execPath, ['esbuild.mjs'], { cwd: projectRoot, timeoutMs: 120_000 });
      return;
    case 'machine':
      await ensureInstalled(allNeeds, say);
      return;
    case 'engine':
      releaseEngine = await ensureEngine(say);
      await ensureBaseImage(say);
      return;
    case 'cluster': {
      const cluster = await ensureCluster(say);
      releaseCluster = () => cluster[Symbol.asyncDispose]();
      // The test files share it.
      process.env[clusterVariable] = cluster.folder;
      return;
    }
    case 'codeServer':
      await installCodeServer(say);
      return;
    case 'package':
      await packageExtension();
  }
}

async function runSuite(suite: Suite, prepared: (what: Preparation) => Promise<void>): Promise<Totals> {
  const startedAt = Date.now();
  try {
    await Promise.all(suite.needs.map(prepared));
    if (suite.files && (await isEmpty(suite.files))) throw new Error(`there is no test at ${suite.files}`);
    const { totals, output } = await execute(suite);
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    if (totals.failed > 0) console.log(`\n${output}`);
    const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
    say(`${suite.name}: ${totals.passed} passed, ${totals.failed} failed${skipped} in ${seconds} s`);
    const mayBeUnsteady = suite.concurrency > 0 && totals.failedFiles.length > 0;
    if (totals.failed === 0 || !mayBeUnsteady) return totals;
    // What passed counts now, what failed when it was run again.
    again.push({
      suite,
      failed: { passed: 0, failed: totals.failed, skipped: 0 },
      files: totals.failedFiles,
    });
    return { ...totals, failed: 0 };
  } catch (error) {
    console.log(`\n${suite.name} could not run: ${error instanceof Error ? error.message : String(error)}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** Runs a suite, or those files of it only. */
async function execute(
  suite: Suite,
  files: readonly string[] = [suite.files ?? ''],
): Promise<{ totals: Outcome; output: string }> {
  const totalsFile = join(outputFolder, 'logs', `${suite.name}.${process.pid}.json`);
  const background = suite.script
    ? new Background('npm', ['run', '--silent', suite.script], { cwd: projectRoot })
    : new Background(process.execPath, testArguments(suite, files, totalsFile), {
        cwd: projectRoot,
        env: {
          ...process.env,
          FORCE_COLOR: process.stdout.isTTY ? '1' : '0',
          // ssh starts proxies by it: bash would read this machine's ~/.bashrc each time, and twenty at once.
          SHELL: '/bin/sh',
        },
      });
  running.add(background);
  // As it comes, so that one can look where it is.
  const log = createWriteStream(join(outputFolder, 'logs', `${suite.name}.log`));
  for (const stream of [background.child.stdout, background.child.stderr]) stream?.pipe(log, { end: false });
  const end = await background.ended(suite.timeoutMs);
  running.delete(background);
  await background.stop();
  // What still comes must not be written after the end.
  for (const stream of [background.child.stdout, background.child.stderr]) stream?.unpipe(log);
  log.end();
  const late = end === undefined ? `\nIt took longer than ${suite.timeoutMs / 1000} s and was ended.` : '';
  const output = background.output + late;
  if (suite.script) {
    const isGood = end === 0;
    return { totals: { ...nothing, passed: isGood ? 1 : 0, failed: isGood ? 0 : 1 }, output };
  }
  const counted = await readFile(totalsFile, 'utf8').catch(() => '');
  await rm(totalsFile, { force: true });
  const totals: Outcome = counted ? JSON.parse(counted) : nothing;
  failures.push(...totals.failures);
  // A crash or a timeout has no totals, or totals without a failure.
  const isGood = end === 0 && totals.passed + totals.skipped > 0;
  return { totals: isGood || totals.failed > 0 ? totals : { ...totals, failed: 1 }, output };
}

function testArguments(
  { concurrency, testTimeoutMs }: Suite,
  files: readonly string[],
  totalsFile: string,
): string[] {
  return [
    '--test',
    concurrency === 0 ? '--test-isolation=none' : `--test-concurrency=${concurrency}`,
    `--test-timeout=${testTimeoutMs}`,
    ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
    ...['--test-reporter=./test/support/report.ts', `--test-reporter-destination=${totalsFile}`],
    ...files,
  ];
}

async function isEmpty(pattern: string): Promise<boolean> {
  for await (const _ of glob(pattern, { cwd: projectRoot })) return false;
  return true;
}

async function releaseAll(): Promise<void> {
  await Promise.all([...running].map(background => background.stop()));
  await Promise.all([releaseCluster(), releaseEngine()]);
}

async function interrupted(code: number): Promise<void> {
  await releaseAll();
  process.exit(code);
}
