/** An image's own command as a workspace runs it: what overrides put in its place, as whom, and where. Pure. */
import type { Overrides } from './overrides.ts';

/** As much of an image's config as decides what it runs. */
export interface OwnCommand {
  /** '' where it is root. */
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}

/** As `docker run` has it: another entrypoint does away with the image's command. */
export function withOverrides<Image extends OwnCommand>(image: Image, overrides: Overrides = {}): Image {
  const { user = image.user, entrypoint, command } = overrides;
  return {
    ...image,
    user,
    entrypoint: entrypoint ?? image.entrypoint,
    command: command ?? (entrypoint === undefined ? image.command : []),
  };
}

/** The same words, run in a folder; boot itself begins in the home. */
export function inFolder(words: readonly string[], folder: string | undefined): readonly string[] {
  if (folder === undefined || words.length === 0) return words;
  return ['/bin/sh', '-c', 'cd "$0" && exec "$@"', folder, ...words];
}
