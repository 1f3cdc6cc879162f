/** How the rows of registries look and read. Pure. */
import * as l10n from '@vscode/l10n';
import type { RateLimit } from '../image/rateLimit.ts';
import { familiarReference } from '../image/reference.ts';
import { kindOfHost, kindRules } from '../image/registryKinds.ts';
import { ago, binarySize, duration } from '../workspace/words.ts';
import type { ItemLook } from './itemLook.ts';
import {
  type MoreNode,
  type NoteKind,
  type RegistryNode,
  type RegistryNoteNode,
  type RegistryTreeNode,
  type RepositoryNode,
  registryNodeId,
  type TagNode,
} from './registryNodes.ts';

/** `now` is Unix time in ms. */
export function registryItemOf(node: RegistryTreeNode, now: number): ItemLook {
  switch (node.kind) {
    case 'registry':
      return registryItem(node);
    case 'repository':
      return repositoryItem(node);
    case 'tag':
      return tagItem(node, now);
    case 'more':
      return moreItem(node);
    case 'note':
      return noteItem(node);
  }
}

function registryItem(node: RegistryNode): ItemLook {
  const { registry, registryKind, user, rateLimit } = node;
  const { title, isHost } = kindRules[registryKind];
  // Where the kind has one host alone, its name says more than the host.
  const isOnly = kindOfHost(registry) === registryKind && isHost(registry) && !registry.includes('-');
  const label = isOnly && ['docker-hub', 'ghcr', 'gitlab', 'quay'].includes(registryKind) ? title : registry;
  const details = [
    label === registry ? title : registry,
    node.isPlainHttp ? l10n.t('plain HTTP') : '',
    user === undefined ? '' : l10n.t('as {0}', user),
    filterWords(node.filter),
    rateLimit ? l10n.t('{0} of {1} pulls left', rateLimit.remaining, rateLimit.limit) : '',
  ].filter(Boolean);
  return {
    id: registryNodeId(node),
    label,
    description: details.join(' · '),
    icon: 'cloud',
    tooltip: [label, ...details, ...(rateLimit ? [rateWords(rateLimit)] : [])],
    context: [
      'registry',
      registryKind,
      user === undefined ? 'stranger' : 'loggedIn',
      node.filter === '' ? 'whole' : 'filtered',
    ].join(' '),
    expansion: 'collapsed',
    spoken: [l10n.t('{0}, registry', label), ...details].join(', '),
  };
}

/** Such as '76 of 100 pulls in 6 h are left'. */
export function rateWords({ limit, remaining, windowS }: RateLimit): string {
  return windowS === 0
    ? l10n.t('{0} of {1} pulls are left', remaining, limit)
    : l10n.t('{0} of {1} pulls in {2} are left', remaining, limit, duration(windowS * 1000));
}

function repositoryItem(node: RepositoryNode): ItemLook {
  const { registry, repository, filter } = node;
  const reference = familiarReference({ registry, repository });
  const label = reference.startsWith(`${registry}/`) ? repository : reference;
  const description = filterWords(filter);
  return {
    id: registryNodeId(node),
    label,
    ...(description && { description }),
    icon: 'repo',
    tooltip: [reference],
    context: [
      'repository',
      node.isRemembered ? 'remembered' : 'listed',
      filter === '' ? 'whole' : 'filtered',
    ].join(' '),
    expansion: 'collapsed',
    spoken: [l10n.t('{0}, repository', label), description].filter(Boolean).join(', '),
  };
}

function tagItem(node: TagNode, now: number): ItemLook {
  const { registry, repository, tag, facts = {} } = node;
  const { platforms = [], bytes, at, digest } = facts;
  const reference = familiarReference({ registry, repository, tag });
  const size = bytes === undefined ? '' : binarySize(bytes);
  const age = at === undefined ? '' : ago(now - at);
  const description = [shortPlatforms(platforms), size, age].filter(Boolean).join(' · ');
  return {
    id: registryNodeId(node),
    label: tag,
    ...(description && { description }),
    icon: 'tag',
    tooltip: [
      reference,
      ...(platforms.length > 0 ? [platforms.join(', ')] : []),
      ...(size || age ? [[size, age].filter(Boolean).join(', ')] : []),
      ...(digest === undefined ? [] : [digest]),
    ],
    context: 'tag',
    expansion: 'none',
    spoken: [l10n.t('{0}, tag', tag), platforms.join(', '), size, age].filter(Boolean).join(', '),
  };
}

const mostPlatforms = 3;

/** Such as 'amd64, arm64, arm/v7 +2': what is not for Linux says so. */
function shortPlatforms(platforms: readonly string[]): string {
  const names = platforms.map(platform => platform.replace(/^linux\//, ''));
  const more = names.length - mostPlatforms;
  return [names.slice(0, mostPlatforms).join(', '), more > 0 ? `+${more}` : ''].filter(Boolean).join(' ');
}

function moreItem(node: MoreNode): ItemLook {
  const label = l10n.t('Load more');
  const description = l10n.t('{0} are shown', node.shown);
  return {
    id: registryNodeId(node),
    label,
    description,
    icon: 'chevron-down',
    tooltip: [],
    context: 'more',
    expansion: 'none',
    spoken: l10n.t('{0}, {1}', label, description),
    command: { id: 'berth.loadMore', title: label, args: [node] },
  };
}

function noteItem(node: RegistryNoteNode): ItemLook {
  const { what } = node;
  const look = { id: registryNodeId(node), context: 'note', expansion: 'none' as const };
  if (typeof what !== 'string') {
    const { message, action } = what;
    // The fix first: a side bar is narrow, and the whole message stands in the tooltip.
    return {
      ...look,
      label: action?.label ?? message,
      ...(action && { description: message }),
      icon: 'warning',
      color: 'problemsWarningIcon.foreground',
      tooltip: [message, ...(action ? [l10n.t('Click: {0}', action.label)] : [])],
      spoken: action ? l10n.t('{0}. Press Enter to: {1}', message, action.label) : message,
      ...(action && { command: { id: action.command, title: action.label, args: action.args ?? [] } }),
    };
  }
  const { label, command } = noteWords(what);
  return {
    ...look,
    label,
    icon: 'info',
    tooltip: [],
    spoken: command ? l10n.t('{0}. Press Enter to: {1}', label, command.title) : label,
    ...(command && { description: command.title, command: { ...command, args: [node] } }),
  };
}

function noteWords(what: NoteKind): { label: string; command?: { id: string; title: string } } {
  switch (what) {
    case 'unlisted':
      return {
        label: l10n.t('This registry keeps no list'),
        command: { id: 'berth.typeRepository', title: l10n.t('Name a repository') },
      };
    case 'not-shown':
      return {
        label: l10n.t('An image that is not shown'),
        command: { id: 'berth.typeRepository', title: l10n.t('Name a repository') },
      };
    case 'searchable':
      return {
        label: l10n.t('This registry is searched'),
        command: { id: 'berth.filterRegistry', title: l10n.t('Search') },
      };
    case 'no-repositories':
      return { label: l10n.t('No images') };
    case 'no-tags':
      return { label: l10n.t('No tags') };
    case 'nothing-fits':
      return {
        label: l10n.t('Nothing fits the filter'),
        command: { id: 'berth.clearRegistryFilter', title: l10n.t('Show all') },
      };
  }
}

function filterWords(filter: string): string {
  return filter === '' ? '' : `“${filter}”`;
}
