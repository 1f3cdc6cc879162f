/** A template where it is kept: the person's own, a file of an open folder, or a catalogue's. */
import type { BerthError } from '../workspace/error.ts';
import type { Template } from './template.ts';

export type TemplateSource =
  /** In the editor's synced state. */
  | { readonly kind: 'own' }
  /** `path`: from the folder, such as `.berth/dev.json`. */
  | { readonly kind: 'folder'; readonly folder: string; readonly path: string; readonly uri: string }
  | { readonly kind: 'catalogue'; readonly catalogue: string; readonly title: string }
  /** Fetched for one use. */
  | { readonly kind: 'link'; readonly host: string };

export interface FoundTemplate {
  /** Unique among all of them. */
  readonly id: string;
  readonly source: TemplateSource;
  /** Its own, or that of the file where it cannot be read. */
  readonly name: string;
  readonly content:
    | { readonly template: Template; readonly notUsed: readonly string[] }
    /** Why it cannot be used. */
    | { readonly problem: BerthError };
}

/** One that can be used. */
export type UsableTemplate = FoundTemplate & {
  readonly content: Extract<FoundTemplate['content'], { readonly template: Template }>;
};

export function isUsable(found: FoundTemplate): found is UsableTemplate {
  return 'template' in found.content;
}

/** Throws the reason where it cannot be used. */
export function usable(found: FoundTemplate): UsableTemplate {
  const { content } = found;
  if ('problem' in content) throw content.problem;
  return { ...found, content };
}
