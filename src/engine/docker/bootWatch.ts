/** Starts a container and follows what boot says until ssh is open. */
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import type Dockerode from 'dockerode';
import type { WorkspaceName } from '../../workspace/name.ts';
import { bootError, followBoot } from '../bootFollow.ts';
import type { Report } from '../engine.ts';
import { linesOf } from '../lines.ts';
import { stateError } from '../stateError.ts';
import { orAborted } from '../waiting.ts';
import { bootCommand } from './containerOptions.ts';
import { statusOf } from './inUse.ts';
import { abortable } from './observe.ts';
import { endOnAbort, textOf } from './output.ts';
import { stateNow, type Workbench } from './workbench.ts';

export interface Startable {
  readonly name: WorkspaceName;
  readonly containerId: string;
  /** The image's own entrypoint is the first process: boot is put in by exec. */
  readonly isAttached: boolean;
}

/** Returns once ssh is open. Throws what boot, or the container's state, says where it does not get there. */
export async function startAndAwait(
  bench: Workbench,
  { name, containerId, isAttached }: Startable,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  report({ kind: 'step', step: 'start', message: l10n.t('Starting {0}', name) });
  const container = bench.docker.getContainer(containerId);
  const following = new AbortController();
  const either = AbortSignal.any([signal, following.signal]);
  try {
    const output = await startWithOutput(container, either, signal);
    if (isAttached) await putBootIn(container).catch(error => unlessEnding(bench, containerId, error));
    const outcomes = [followBoot(linesOf(textOf(output)), report).catch(unlessAborted(either))];
    if (isAttached) {
      // Not every first process lets boot write to its output.
      outcomes.push(awaitReady(bench, name, either).then(() => 'ready', unlessAborted(either)));
    }
    const first = await Promise.race(outcomes);
    signal.throwIfAborted();
    if (first === 'ended') await awaitReady(bench, name, signal);
    if (typeof first === 'object') throw bootError(name, first);
    report({ kind: 'step', step: 'ready', message: l10n.t('{0} is ready', name) });
  } finally {
    following.abort();
  }
}

/** For a container that somebody else started, or whose output broke off: looks until ssh is open. */
export async function awaitReady(bench: Workbench, name: WorkspaceName, signal: AbortSignal): Promise<void> {
  for (let waitMs = 50; ; waitMs = Math.min(1000, waitMs * 1.5)) {
    const state = await stateNow(bench, name, signal);
    if (state.kind === 'Running') return;
    if (state.kind !== 'Initializing' && state.kind !== 'Building') {
      throw stateError(l10n.t('“{0}” did not get ready', name), state);
    }
    await sleep(waitMs, undefined, { signal });
  }
}

/** Puts boot into an image that keeps its own first process; a second one returns at once. */
export async function putBootIn(container: Dockerode.Container): Promise<void> {
  const exec = await container.exec({ Cmd: [...bootCommand, 'attach'], User: '0:0' });
  await exec.start({ Detach: true });
}

/** A first process that ends at once takes the exec with it, in ever other words: its state then says what happened. */
async function unlessEnding({ observer }: Workbench, containerId: string, error: unknown): Promise<void> {
  await sleep(endingMs);
  if ((await observer.container(containerId))?.status === 'running') throw error;
}
const endingMs = 500;

/**
 * Attaching first loses no line and saves a round trip. Podman prepares the container when one attaches, so that its
 * reason for a failed start is found there, and refuses for some states: then the log is followed.
 */
async function startWithOutput(
  container: Dockerode.Container,
  until: AbortSignal,
  signal: AbortSignal,
): Promise<AsyncIterable<unknown>> {
  const attached = await container
    .attach({ stream: true, stdout: true, stderr: true, ...abortable(until) })
    .then(stream => ({ stream, problem: undefined }))
    .catch((problem: unknown) => ({ stream: undefined, problem }));
  signal.throwIfAborted();
  try {
    // Not aborted itself, which would leave open whether it runs: whoever cancels looks at what became of it.
    await orAborted(container.start(), signal);
  } catch (error) {
    // Another program started it first: what boot said until now is missed, so that the state is looked at.
    if (statusOf(error) === 304) {
      if (attached.stream) endOnAbort(attached.stream as unknown as Readable, until);
      return Readable.from([]);
    }
    throw attached.problem ?? error;
  }
  signal.throwIfAborted();
  const stream = attached.stream ?? (await logOfRun(container, until));
  return endOnAbort(stream as Readable, until);
}

/** From the start on by the engine's own clock: ours may show another time. */
async function logOfRun(container: Dockerode.Container, until: AbortSignal): Promise<NodeJS.ReadableStream> {
  const { State } = await container.inspect(abortable(until));
  const since = Math.floor(Date.parse(State.StartedAt) / 1000);
  return await container.logs({ follow: true, stdout: true, stderr: true, since, ...abortable(until) });
}

/** A stream that we end ourselves, or that breaks off, is one that ended: what became of the container is looked at. */
function unlessAborted(signal: AbortSignal): (error: unknown) => 'ended' {
  return error => {
    if (signal.aborted || isBrokenOff(error)) return 'ended';
    throw error;
  };
}

function isBrokenOff(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}
