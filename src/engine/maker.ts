/** Who is at work on a workspace, as labels and annotations say it, and whether they still are. */
import { hostname } from 'node:os';
import * as z from 'zod';
import type { EngineClock } from './clock.ts';
import type { Maker } from './engine.ts';
import { isProcessAlive } from './isProcessAlive.ts';
import { type Labels, labelKeys, parseJson } from './labels.ts';

/** Who made a mark, and when. */
export interface Mark {
  readonly maker: Maker;
  /** Unix time in ms by the engine's clock. */
  readonly at: number;
  readonly token: string;
}

const MakerLabel = z.object({ identity: z.string(), host: z.string(), pid: z.int() });

/** undefined where the labels are no mark's. */
export function readMark(labels: Labels): Mark | undefined {
  const maker = parseJson(MakerLabel, labels[labelKeys.maker]);
  const at = Number(labels[labelKeys.at]);
  const token = labels[labelKeys.token];
  return maker && token !== undefined && Number.isFinite(at) ? { maker, at, token } : undefined;
}

/** As readMark reads them. */
export function makerLabels(maker: Maker, token: string, { now }: { now: number }): Record<string, string> {
  return {
    [labelKeys.maker]: JSON.stringify(maker),
    [labelKeys.at]: String(now),
    [labelKeys.token]: token,
  };
}

const minute = 60_000;
/** How long makers on other machines, whose processes we cannot see, are believed to be at work. */
const elsewhereMs = 30 * minute;
/** The same on this machine, in case that the process id was given to another since. */
const hereMs = 24 * 60 * minute;

/**
 * Pure. `here` is this machine's name, where only a process that is there counts, also after the clock was set back; a
 * mark from elsewhere that is of the future by far counts for nothing, or it would for as long.
 */
export function isMakerAlive(
  { maker, at }: Mark,
  now: number,
  here: string,
  isProcessAlive: (pid: number) => boolean,
): boolean {
  const age = now - at;
  return maker.host === here ? age < hereMs && isProcessAlive(maker.pid) : Math.abs(age) < elsewhereMs;
}

export function isMarkAlive(mark: Mark, clock: EngineClock): boolean {
  return isMakerAlive(mark, clock.now(), hostname(), isProcessAlive);
}
