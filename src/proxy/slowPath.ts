/**
 * The proxy when there is more to do than to join: finds the workspace on whatever engine, starts it if it may, waits
 * for boot, pins the host key, and joins. A bundle of its own, loaded only when it is needed. Ends in an exit code;
 * every failure is one line on stderr.
 */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import * as l10n from '@vscode/l10n';
import type { Adopted } from '../adopt/adopted.ts';
import { AdoptedStore } from '../adopt/store.ts';
import type { Engine } from '../engine/engine.ts';
import { askTime, helpToEnd } from '../engine/lateStop.ts';
import { openEngine } from '../engine/load.ts';
import { type Target, TargetsFile } from '../engine/target.ts';
import { machinePolicyFile } from '../policy/machineFile.ts';
import type { BerthFolder } from '../ssh/folder.ts';
import { hasCode } from '../ssh/ioError.ts';
import { mayStart, type StartDecision } from '../ssh/mayStart.ts';
import { type ProxySettings, parseProxySettings } from '../ssh/settingsFile.ts';
import { BerthError } from '../workspace/error.ts';
import { type Alias, aliasOf, parseAlias, type WorkspaceName } from '../workspace/name.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { joinAdopted } from './joinAdopted.ts';
import { joinWorkspace } from './joinWorkspace.ts';
import { nextStep } from './nextStep.ts';
import { Voice } from './voice.ts';
import { failureOf, refusalOf } from './words.ts';

const pollMs = 150;
const findTimeoutMs = 10_000;
const giveUpCancellingMs = 10_000;
/** How often a workspace that is being waited for is asked whether it hangs in its stop. */
const helpMs = 10_000;

/** One connection on its way. */
interface Visit {
  readonly folder: BerthFolder;
  readonly alias: Alias;
  readonly name: WorkspaceName;
  readonly target: Target;
  readonly engine: Engine;
  readonly settings: ProxySettings;
  readonly voice: Voice;
  readonly signal: AbortSignal;
}

export async function slowPath(folder: BerthFolder, argument: string, programs: string): Promise<number> {
  const voice = new Voice(process.stderr);
  const interrupted = new AbortController();
  process.once('SIGINT', () => {
    // The person at the terminal gives up: the engine undoes the start that it is at.
    interrupted.abort();
    setTimeout(() => process.exit(130), giveUpCancellingMs).unref();
  });
  // ssh is gone, by its own timeout perhaps: what is starting goes on, so that the next try finds it.
  process.on('SIGHUP', () => {});
  try {
    return await visit(folder, argument, programs, voice, interrupted.signal);
  } catch (error) {
    if (interrupted.signal.aborted) return 130;
    voice.fail(error);
    return 1;
  }
}

async function visit(
  folder: BerthFolder,
  argument: string,
  programs: string,
  voice: Voice,
  signal: AbortSignal,
): Promise<number> {
  const parts = parseAlias(argument);
  if (!parts) throw new BerthError(l10n.t('“{0}” is not the ssh name of a workspace', argument));
  const target = await targetOf(folder, parts.target);
  const settings = parseProxySettings(await readText(folder.settings));
  // Never disposed, which would cancel a start that is to go on: the process ends instead.
  const engine = await openEngine(target, {
    bootScript: await readFile(joinPath(programs, 'boot.sh'), 'utf8'),
    connect: () => settings.kubernetesConnect,
    log: () => {},
  });
  const alias = aliasOf(parts.name, parts.target);
  const limit = timeLimit(settings, parts.name);
  try {
    const visit = { folder, alias, name: parts.name, target, engine, settings, voice, signal };
    const adopted = await adoptedAs(visit);
    const begun = adopted
      ? joinAdopted({ folder, adopted, engine, voice, signal })
      : ensureRunning(visit).then(workspace =>
          joinWorkspace({ folder, alias, workspace, target, engine, voice, signal }),
        );
    const join = await Promise.race([begun, limit.exceeded]);
    limit.clear();
    // From here on ssh may end us as it likes.
    process.removeAllListeners('SIGHUP').removeAllListeners('SIGINT');
    return await join();
  } finally {
    limit.clear();
  }
}

/** A list that cannot be read is in the way of what may stand in it alone: there is a workspace of any other name. */
async function adoptedAs(visit: Visit): Promise<Adopted | undefined> {
  const { folder, name, target } = visit;
  try {
    return await new AdoptedStore(folder.adopted).find({ name, target: target.id });
  } catch (error) {
    if (await find(visit)) return undefined;
    throw error;
  }
}

/** Nobody may look at it but who comes by ssh. What fails here only means that it is waited for. */
async function helpIfStuck({ engine, signal }: Visit, workspace: Workspace): Promise<void> {
  try {
    await helpToEnd(engine, workspace, await askTime(engine, workspace.name, signal), signal);
  } catch {
    // It is gone, most of the time: the next look shows it.
  }
}

async function ensureRunning(visit: Visit): Promise<Workspace> {
  let helpedAt = -Infinity;
  for (;;) {
    const workspace = await find(visit);
    const step = nextStep({
      state: workspace?.state,
      decision: await decide(visit, workspace),
    });
    switch (step.do) {
      case 'dial':
        if (workspace) return workspace;
        break;
      case 'start':
      case 'await':
        visit.voice.note(
          step.do === 'start'
            ? l10n.t('starting {0}', visit.name)
            : l10n.t('waiting until {0} is ready', visit.name),
        );
        if (step.do === 'start') await heedPolicies(visit);
        await visit.engine.start(visit.name, progress => visit.voice.progress(progress), visit.signal);
        // Ready: nothing that joining asks for has changed since.
        if (workspace) return workspace;
        break;
      case 'wait':
        visit.voice.waiting(step.for, visit.name);
        if (step.for === 'stop' && workspace && performance.now() - helpedAt >= helpMs) {
          helpedAt = performance.now();
          void helpIfStuck(visit, workspace);
        }
        await new Promise(resolve => setTimeout(resolve, pollMs));
        visit.signal.throwIfAborted();
        break;
      case 'refuse':
        await touch(visit, 'refused');
        throw new BerthError(refusalOf(step.because, visit.name, workspace?.state));
      case 'fail':
        throw new BerthError(failureOf(step.because, visit.name, visit.target.title, workspace?.state));
    }
  }
}

/** What is starting already goes on. Where no policy is, or ever was, nothing is loaded for it. */
async function heedPolicies({ engine, folder }: Visit): Promise<void> {
  const file = machinePolicyFile(process.platform, process.env);
  const [own, seen] = await Promise.all([mayBeThere(file), mayBeThere(folder.policies)]);
  if (!engine.policy && !own && !seen) return;
  const { underPolicies } = await import('./startPolicy.ts');
  underPolicies(engine, folder, file);
}

/** False only where it certainly is not. */
async function mayBeThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    error => !hasCode(error, 'ENOENT', 'ENOTDIR'),
  );
}

async function find({ engine, target, name, signal }: Visit): Promise<Workspace | undefined> {
  const limit = AbortSignal.timeout(findTimeoutMs);
  try {
    return await engine.find(name, AbortSignal.any([signal, limit]));
  } catch (cause) {
    if (!limit.aborted || signal.aborted) throw cause;
    throw new BerthError(l10n.t('{0} does not answer: is its engine well?', target.title), {
      code: 'unreachable',
      cause,
    });
  }
}

async function decide(visit: Visit, workspace: Workspace | undefined): Promise<StartDecision> {
  const stoppedAt = Date.parse(workspace?.stoppedAt ?? '');
  return mayStart({
    setting: visit.settings.startOnConnect,
    wantedAge: await ageOf(visit.folder.mark(visit.alias, 'wanted')),
    refusedAge: await ageOf(visit.folder.mark(visit.alias, 'refused')),
    atTerminal: process.stderr.isTTY === true,
    stopAge: Number.isNaN(stoppedAt) ? undefined : Date.now() - stoppedAt,
  });
}

/** Ends the wait, not the start: that goes on inside the workspace, and the next try finds it. */
function timeLimit({ startTimeoutSeconds }: ProxySettings, name: WorkspaceName) {
  let timer: NodeJS.Timeout | undefined;
  const exceeded = new Promise<never>((_, reject) => {
    const message = l10n.t(
      '{0} was not ready within {1} s. It may still be starting: see its log in Berth, and try again',
      name,
      startTimeoutSeconds,
    );
    timer = setTimeout(() => reject(new BerthError(message)), startTimeoutSeconds * 1000);
  });
  exceeded.catch(() => {});
  return { exceeded, clear: () => clearTimeout(timer) };
}

async function targetOf(folder: BerthFolder, id: string): Promise<Target> {
  const text = await readText(folder.targets);
  let json: unknown;
  try {
    json = JSON.parse(text ?? '{"version":1,"targets":[]}');
  } catch (cause) {
    throw new BerthError(l10n.t('The list of targets, {0}, cannot be read', folder.targets), { cause });
  }
  const file = TargetsFile.safeParse(json);
  if (!file.success) {
    throw new BerthError(l10n.t('The list of targets, {0}, cannot be read', folder.targets), {
      cause: file.error,
    });
  }
  const target = file.data.targets.find(target => target.id === id);
  if (!target) throw new BerthError(l10n.t('There is no target “{0}” any more: add it in Berth again', id));
  return target;
}

async function touch({ folder, alias }: Visit, kind: 'refused'): Promise<void> {
  await mkdir(folder.marks, { recursive: true, mode: 0o700 });
  await writeFile(folder.mark(alias, kind), '', { mode: 0o600 });
}

/** Milliseconds since the file was last written; undefined where there is none. */
async function ageOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    found => Date.now() - found.mtimeMs,
    error => {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    },
  );
}

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(error => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
}
