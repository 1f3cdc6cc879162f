/** Registries that a person has nothing to do with yet: what a link names there is not asked for unbidden. Pure. */
import { parseReference } from './reference.ts';

/** What a person has to do with already. */
export interface Known {
  /** Their registries, as hosts. */
  readonly registries: readonly string[];
  /** Images that they used or set. */
  readonly images: readonly string[];
}

/** The host of an image's registry; undefined where the person knows it, or the text is no image. */
export function strangeRegistry(image: string, { registries, images }: Known): string | undefined {
  const host = registryOf(image);
  const known = new Set([...registries, ...images.map(registryOf)]);
  return known.has(host) ? undefined : host;
}

function registryOf(image: string): string | undefined {
  try {
    return parseReference(image).registry;
  } catch {
    return undefined;
  }
}
