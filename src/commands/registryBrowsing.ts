/** Looking around in registries: filter, more, anew, by name. */
import * as l10n from '@vscode/l10n';
import { isRepository, parseReference } from '../image/reference.ts';
import { withRegistry } from '../image/registryList.ts';
import { rateWords } from '../views/registryItems.ts';
import { type Place, PlaceArgument, RepositoryArgument } from '../views/registryNodes.ts';
import { askText } from '../vscode/ask.ts';
import { showMessage } from '../vscode/message.ts';
import { withNotification } from '../vscode/progress.ts';
import { chooseRegistry } from './chooseRegistry.ts';
import type { Commands, Parts } from './parts.ts';

export function registryBrowsingCommands(parts: Parts): Commands {
  const { desk, registryRows: rows } = parts;
  return {
    filterRegistry: async (...args) => {
      const place = await choosePlace(parts, args, l10n.t('Filter a Registry'));
      if (!place) return;
      const typed = await askText({
        title: l10n.t('Filter {0}', placeWords(place)),
        prompt:
          place.repository === undefined
            ? l10n.t('A part of the name of an image. Empty shows all.')
            : l10n.t('A part of the tag. Empty shows all.'),
        value: rows.filterOf(place),
      });
      if (typed !== undefined) rows.filter(place, typed.trim());
    },
    clearRegistryFilter: async (...args) => {
      const place = await choosePlace(parts, args, l10n.t('Filter a Registry'));
      if (place) rows.filter(place, '');
    },
    loadMore: (...args) => {
      const place = placeIn(args);
      if (place) rows.loadMore(place);
    },
    refreshRegistry: async (...args) => {
      const place = await choosePlace(parts, args, l10n.t('Refresh a Registry'));
      if (place) rows.refresh(place);
    },
    typeRepository: async (...args) => {
      const host = await chooseRegistry(parts, args, l10n.t('Name a Repository'));
      if (host === undefined) return;
      const typed = await askText({
        title: l10n.t('A Repository in {0}', host),
        prompt: l10n.t('Its name without the host and the tag; it is remembered'),
        placeHolder: 'team/image',
        validateInput: text =>
          text.trim() === '' || isRepository(repositoryOn(host, text))
            ? undefined
            : l10n.t("'{0}' cannot be the name of a repository.", text.trim().slice(0, 80)),
      });
      if (typed?.trim()) await remember(parts, host, names => [...names, repositoryOn(host, typed)]);
    },
    forgetRepository: async (...args) => {
      const given = RepositoryArgument.safeParse(args[0]).data;
      if (!given) return;
      await remember(parts, given.registry, names => names.filter(name => name !== given.repository));
    },
    showRateLimit: async (...args) => {
      const host = await chooseRegistry(parts, args, l10n.t('Show the Rate Limit'));
      if (host === undefined) return;
      const limit = await withNotification(l10n.t('Asking {0}', host), (_report, signal) =>
        desk.registries.rateLimit(host, signal),
      );
      void showMessage(
        'information',
        limit
          ? l10n.t('{0}: {1}.', host, rateWords(limit))
          : l10n.t('{0} does not say how often you may pull.', host),
      );
    },
  };
}

function placeIn(args: readonly unknown[]): Place | undefined {
  const { registry, repository } = PlaceArgument.safeParse(args[0]).data ?? {};
  if (registry === undefined) return undefined;
  return repository === undefined ? { registry } : { registry, repository };
}

async function choosePlace(
  parts: Parts,
  args: readonly unknown[],
  title: string,
): Promise<Place | undefined> {
  const given = placeIn(args);
  if (given) return given;
  const registry = await chooseRegistry(parts, args, title);
  return registry === undefined ? undefined : { registry };
}

function placeWords({ registry, repository }: Place): string {
  return repository === undefined ? registry : `${registry}/${repository}`;
}

/** Official images of Docker Hub are known without their namespace, and people paste whole references. */
function repositoryOn(host: string, typed: string): string {
  const text = typed.trim();
  try {
    return parseReference(text.startsWith(`${host}/`) ? text : `${host}/${text}`).repository;
  } catch {
    return text;
  }
}

async function remember(
  { desk }: Parts,
  host: string,
  change: (names: readonly string[]) => readonly string[],
): Promise<void> {
  const entry = desk.registries.entries().find(one => one.host === host);
  const repositories = [...new Set(change(entry?.repositories ?? []))];
  await desk.settings.write(setting => withRegistry(setting, { ...entry, host, repositories }));
}
