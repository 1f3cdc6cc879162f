/** The catalogue that comes with Berth: in the setting's default, so that it can be removed and restored like any other. */
import { join } from 'node:path';

/** Its address in the setting `berth.catalogues`. */
export const starterAddress = 'berth:starter';

/** For CatalogueReader: where it is in the extension's own folder. */
export function builtInCatalogues(extensionFolder: string): ReadonlyMap<string, string> {
  return new Map([[starterAddress, join(extensionFolder, 'media', 'starter')]]);
}
