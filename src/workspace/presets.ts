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
