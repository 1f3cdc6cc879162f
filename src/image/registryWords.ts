/** What could not be done with a registry, as the beginnings of error messages. */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../workspace/error.ts';

type Say = (why: string) => string;

export function cannotList(registry: string): Say {
  return why => l10n.t('Cannot list the images of {0}: {1}', registry, why);
}

export function cannotListTags(name: string): Say {
  return why => l10n.t('Cannot list the tags of {0}: {1}', name, why);
}

export function noSuchName(repository: string): BerthError {
  const shown = repository.slice(0, 80);
  return new BerthError(l10n.t("'{0}' cannot be the name of a repository.", shown), { code: 'invalid' });
}
