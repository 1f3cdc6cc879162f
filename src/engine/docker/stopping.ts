/** Stops a workspace so that it is known why it stopped. */
import * as l10n from '@vscode/l10n';
import type Dockerode from 'dockerode';
import { bootOutputs, recordFolder } from '../../boot/bootFiles.ts';
import type { StopReason } from '../../boot/stopReason.ts';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import { stopCodes } from '../../workspace/stopCodes.ts';
import type { Report, StopOptions } from '../engine.ts';
import { orAborted } from '../waiting.ts';
import { whileActive } from '../whileActive.ts';
import { packFiles } from './archive.ts';
import { bootCommand } from './containerOptions.ts';
import { unlessEnded, unlessSettled } from './errors.ts';
import { execToEnd } from './exec.ts';
import { factsOf, type Parts } from './parts.ts';
import { existing, type Workbench } from './workbench.ts';

const byPerson: StopReason = { cause: 'person', words: stopCodes.person };
const defaultGraceSeconds = 10;
/** What dies by SIGKILL is gone in a moment, unless the kernel holds it. */
const killMs = 10_000;
/** For boot to write down why, in a workspace that may be out of breath. */
const tellMs = 5_000;

/** Cancelled, it returns at once, and the engine goes on stopping it: there is no way to take that back. */
export async function stopWorkspace(
  bench: Workbench,
  name: WorkspaceName,
  { force, why = byPerson }: StopOptions,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  report({ kind: 'step', step: 'stop', message: l10n.t('Stopping {0}', name) });
  const parts = await existing(bench, name, signal);
  signal.throwIfAborted();
  const stopping = whileActive(bench, name, 'stopping', () =>
    force ? forceOff(bench, name, stopCodes.forced) : stopGently(bench.docker, parts, why),
  );
  await orAborted(stopping, signal);
}

/** Programs get the stop grace to end; boot, which is told first that a person asks, keeps that as the reason. */
export async function stopGently(docker: Dockerode, parts: Parts, why: StopReason = byPerson): Promise<void> {
  const { container: report } = parts;
  if (!report || !isUp(report.status)) return;
  const { settings } = factsOf(parts);
  const container = docker.getContainer(report.id);
  if (report.status === 'paused') await unlessSettled(container.unpause());
  if (settings?.firstProcess === 'image' || why !== byPerson) await tellBoot(container, why);
  else await unlessEnded(container.kill({ signal: 'SIGUSR1' }));
  await unlessEnded(container.stop({ t: settings?.stopGraceSeconds ?? defaultGraceSeconds }));
}

/** Kills it at once. Nobody inside can write down why (see stopCodes.ts), so it is put in from outside. */
export async function forceOff(
  { docker, observer, clock }: Workbench,
  name: WorkspaceName,
  why: string,
): Promise<void> {
  const { container: report } = await observer.one(name);
  if (!report || !isUp(report.status)) return;
  const container = docker.getContainer(report.id);
  const reason = {
    path: bootOutputs.stopReason,
    mode: 0o644,
    content: `person ${why}\n`,
    // Older than the container's start it would be of a run before.
    modified: new Date(clock.now()),
  };
  // Boot may not have made the folder yet; without the reason the kill still counts.
  await container.putArchive(await packFiles([reason]), { path: recordFolder }).catch(() => undefined);
  if (report.status === 'paused') await unlessEnded(container.unpause());
  await unlessEnded(container.kill({ signal: 'SIGKILL' }));
  await orAborted(container.wait(), AbortSignal.timeout(killMs)).catch(cause => {
    throw cause instanceof Error && cause.name === 'TimeoutError' ? stillUp(name, cause) : cause;
  });
}

function stillUp(name: WorkspaceName, cause: unknown): BerthError {
  return new BerthError(
    l10n.t(
      'The engine has not ended “{0}” {1} s after it was killed: a program of it may hang in the kernel.',
      name,
      killMs / 1000,
    ),
    { cause },
  );
}

function isUp(status: string): boolean {
  return status === 'running' || status === 'paused' || status === 'restarting';
}

/** USR1 would mean something else to the image's own first process. Waited for: what comes next ends the writer, too. */
async function tellBoot(container: Dockerode.Container, { cause, words }: StopReason): Promise<void> {
  const argv = [...bootCommand, 'stopping', cause, words];
  const telling = execToEnd(container, { argv, user: '0:0' }, AbortSignal.timeout(tellMs));
  // Without the reason the stop still counts.
  await telling.catch(() => undefined);
}
