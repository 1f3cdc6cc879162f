/** Sizes to choose from; a person edits the list in `berth.presets`. Units are binary. */
import * as z from 'zod';
import { type Room, shortagesOf } from './capacity.ts';

export const Preset = z.object({
  name: z.string().min(1).max(60),
  cpus: z.number().min(0.1).max(1024),
  memoryGiB: z.number().min(0.0625).max(16384),
});
export type Preset = z.infer<typeof Preset>;

/** The preset that 'choose the smallest that fits' starts with. */
export function smallestPreset(presets: readonly Preset[]): Preset | undefined {
  return [...presets].sort((a, b) => a.cpus - b.cpus || a.memoryGiB - b.memoryGiB)[0];
}

interface Size {
  readonly cpus: number;
  readonly memoryMiB: number;
}

/** As an image advises it (image/kind.ts). */
export interface AdvisedSize {
  readonly cpus?: number | undefined;
  readonly memoryMiB?: number | undefined;
}

/**
 * The smallest preset that is enough for the advice, else the advice itself, else the smallest preset: the first of them
 * that the target has room for. Undefined where there is no preset, and no advice or no room for it.
 */
export function sizeFor(presets: readonly Preset[], advised: AdvisedSize, room: Room): Size | undefined {
  const { cpus = 0, memoryMiB = 0 } = advised;
  const smallest = sizeOf(smallestPreset(presets));
  const enough = smallestPreset(
    presets.filter(preset => preset.cpus >= cpus && sizeOf(preset).memoryMiB >= memoryMiB),
  );
  const exact = {
    cpus: Math.max(cpus, smallest?.cpus ?? 0.1),
    memoryMiB: Math.ceil(Math.max(memoryMiB, smallest?.memoryMiB ?? 64)),
  };
  const hasAdvice = advised.cpus !== undefined || advised.memoryMiB !== undefined;
  const candidates = [sizeOf(enough), hasAdvice ? exact : undefined];
  return candidates.find(size => size && shortagesOf(size, room).length === 0) ?? smallest;
}

function sizeOf(preset: Preset): Size;
function sizeOf(preset: Preset | undefined): Size | undefined;
function sizeOf(preset: Preset | undefined): Size | undefined {
  return preset && { cpus: preset.cpus, memoryMiB: Math.round(preset.memoryGiB * 1024) };
}
