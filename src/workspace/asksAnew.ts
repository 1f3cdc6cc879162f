/** Whether an edit wants something that was not allowed when the workspace got its settings. Pure. */
import type { WorkspaceSettings } from './settings.ts';

type Asking = Pick<WorkspaceSettings, 'image' | 'overrides' | 'fromCatalogue'>;

/** Other overrides, or the same for another image: what was allowed was allowed to one. */
export function asksAnew(before: Asking, after: Asking): boolean {
  if (after.overrides === undefined) return false;
  const of = ({ image, overrides, fromCatalogue }: Asking) =>
    JSON.stringify([withoutTag(image), overrides, fromCatalogue?.catalogue, fromCatalogue?.entry]);
  return of(before) !== of(after);
}

/** Another version of it is the same image. */
function withoutTag(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
}
