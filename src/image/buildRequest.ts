/** What an image is built of. Everything here comes from people or their files: no part can be taken for an option. */
import { isAbsolute } from 'node:path';
import * as z from 'zod';
import { isImageName } from './reference.ts';

/** A build argument, as ARG declares it. */
export const ArgumentName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/);
/** As `FROM … AS` names it, or its number. */
export const StageName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/);
/** Such as 'linux/arm64' or 'linux/arm/v7'. */
const Platform = z.string().regex(/^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9]+)?$/);
const Path = z.string().max(4096).refine(isAbsolute);

export const BuildRequest = z.object({
  /** The folder whose files the build may copy, on this machine. */
  context: Path,
  /** It need not lie in the context. */
  dockerfile: Path,
  /** What the image will be called. */
  reference: z.string().refine(isImageName),
  args: z.record(ArgumentName, z.string().max(65_536)),
  /** Default: the last one. */
  stage: StageName.optional(),
  /** Default: the engine's own. */
  platform: Platform.optional(),
});
export type BuildRequest = z.infer<typeof BuildRequest>;

/** A name for what is built in a folder of that name, such as 'my-notebooks:latest'. */
export function suggestedName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return `${name.slice(0, 60).replace(/-+$/, '') || 'workspace'}:latest`;
}
