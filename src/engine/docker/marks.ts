/**
 * Marks: tiny volumes whose labels say that somebody is at work on a workspace, and who. `volume create` on a name that
 * is taken answers as if it had worked, so the random token in the labels says whose the volume is: a lock that every
 * window sees and that needs no database.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import type Dockerode from 'dockerode';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { EngineClock } from '../clock.ts';
import type { Maker } from '../engine.ts';
import { labelKeys, partLabels } from '../labels.ts';
import { isMarkAlive, type Mark, makerLabels, readMark } from '../maker.ts';
import { unlessSettled } from './errors.ts';
import { type MarkKind, markVolume } from './names.ts';
import { createVolume } from './rawApi.ts';

/** A record is written in a fraction of a second. */
const writingMs = 30_000;

/** Where marks are made: an engine that has answered before, so that its clock is known. */
interface Place {
  readonly docker: Dockerode;
  readonly clock: EngineClock;
}

/** Makes the mark, or returns the one of somebody else that stands there. */
export async function placeMark(
  { docker, clock }: Place,
  name: WorkspaceName,
  what: MarkKind,
  maker: Maker,
): Promise<{ readonly token: string } | { readonly takenBy: Mark | undefined }> {
  const token = randomBytes(8).toString('hex');
  const labels = partLabels(name, 'mark', makerLabels(maker, token, { now: clock.now() }));
  const found = await createVolume(docker, { Name: markVolume(name, what), Labels: labels });
  return found.labels[labelKeys.token] === token ? { token } : { takenBy: readMark(found.labels) };
}

export async function removeMark(docker: Dockerode, name: WorkspaceName, what: MarkKind): Promise<void> {
  await unlessSettled(docker.getVolume(markVolume(name, what)).remove());
}

/** Runs `action` while nobody else writes the workspace's record. What a dead writer left is cleared away. */
export async function whileWriting<T>(
  place: Place,
  name: WorkspaceName,
  maker: Maker,
  signal: AbortSignal,
  action: () => Promise<T>,
): Promise<T> {
  const { docker, clock } = place;
  const deadline = performance.now() + 2 * writingMs;
  for (;;) {
    signal.throwIfAborted();
    const placed = await placeMark(place, name, 'writing', maker);
    if ('token' in placed) break;
    if (isWriterGone(placed.takenBy, clock)) {
      await removeMark(docker, name, 'writing');
    } else if (performance.now() > deadline) {
      throw new BerthError(l10n.t('Cannot change “{0}”: somebody else is changing it. Try again.', name), {
        code: 'conflict',
      });
    }
    // Also after clearing away: who else saw the dead mark may do the same.
    await sleep(20 + Math.random() * 60, undefined, { signal });
  }
  try {
    return await action();
  } finally {
    await removeMark(docker, name, 'writing');
  }
}

function isWriterGone(mark: Mark | undefined, clock: EngineClock): boolean {
  return mark === undefined || Math.abs(clock.now() - mark.at) > writingMs || !isMarkAlive(mark, clock);
}
