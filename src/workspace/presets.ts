/** Sizes to choose from; a person edits the list in `berth.presets`. Units are binary. */
import * as z from 'zod';

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

/** As an image advises it (image/kind.ts). */
export interface AdvisedSize {
  readonly cpus?: number | undefined;
  readonly memoryMiB?: number | undefined;
}

/** The smallest preset that is enough for the advice, else the advice itself; undefined without presets and advice. */
export function sizeFor(
  presets: readonly Preset[],
  advised: AdvisedSize,
): { readonly cpus: number; readonly memoryMiB: number } | undefined {
  const { cpus = 0, memoryMiB = 0 } = advised;
  const memoryOf = ({ memoryGiB }: Preset) => Math.round(memoryGiB * 1024);
  const enough = presets.filter(preset => preset.cpus >= cpus && memoryOf(preset) >= memoryMiB);
  const fitting = smallestPreset(enough);
  if (fitting) return { cpus: fitting.cpus, memoryMiB: memoryOf(fitting) };
  const smallest = smallestPreset(presets);
  if (advised.cpus === undefined && advised.memoryMiB === undefined) return undefined;
  return {
    cpus: Math.max(cpus, smallest?.cpus ?? 0.1),
    memoryMiB: Math.ceil(Math.max(memoryMiB, smallest ? memoryOf(smallest) : 64)),
  };
}
