/** How the rows of catalogues look and read. Pure. */
import * as l10n from '@vscode/l10n';
import { channelOf } from '../image/catalogue/channels.ts';
import { isBerthError } from '../workspace/error.ts';
import { ago } from '../workspace/words.ts';
import {
  type CatalogueEntryNode,
  type CatalogueNode,
  type CatalogueNoteNode,
  type CatalogueTreeNode,
  catalogueNodeId,
  type UnusableNode,
} from './catalogueNodes.ts';
import type { ItemLook } from './itemLook.ts';

/** `now` is Unix time in ms. */
export function catalogueItemOf(node: CatalogueTreeNode, now: number): ItemLook {
  switch (node.kind) {
    case 'catalogue':
      return catalogueItem(node, now);
    case 'catalogueEntry':
      return entryItem(node);
    case 'unusable':
      return unusableItem(node);
    case 'catalogueNote':
      return noteItem(node);
  }
}

function catalogueItem(node: CatalogueNode, now: number): ItemLook {
  const { copy, problem, isReading } = node.of;
  const { catalogue } = copy ?? {};
  const label = catalogue?.name || node.catalogue;
  const age = copy ? l10n.t('read {0}', ago(now - copy.checkedAt)) : '';
  const chosen = channelOf(node.of) ?? '';
  const details = [
    catalogue ? l10n.t('{0} entries', catalogue.entries.length) : '',
    chosen,
    isReading ? l10n.t('reading…') : problem && copy ? l10n.t('last good copy') : '',
    isReading ? '' : age,
    problem && !copy ? l10n.t('cannot be read') : '',
  ].filter(Boolean);
  return {
    id: catalogueNodeId(node),
    label,
    description: details.join(' · '),
    icon: problem ? 'warning' : 'library',
    ...(problem && { color: 'problemsWarningIcon.foreground' }),
    tooltip: [
      label,
      ...(catalogue?.description ? [catalogue.description] : []),
      node.catalogue,
      ...(problem ? [problem.message] : []),
    ],
    context: [
      'catalogue',
      ...((catalogue?.channels.length ?? 0) > 1 ? ['channels'] : []),
      ...(node.isAllowed ? ['allowed'] : []),
    ].join(' '),
    expansion: 'collapsed',
    spoken: [l10n.t('{0}, catalogue', label), ...details].join(', '),
  };
}

function entryItem(node: CatalogueEntryNode): ItemLook {
  const { name, description, categories, architectures, isEnabled } = node.of;
  const { hasChanged, isAllowed } = node.standing;
  const details = [
    isEnabled ? '' : l10n.t('not offered now'),
    hasChanged ? l10n.t('changed since you used it') : '',
    categories.join(', '),
  ].filter(Boolean);
  return {
    id: catalogueNodeId(node),
    label: name,
    description: details.join(' · '),
    icon: isEnabled ? 'package' : 'circle-slash',
    ...(hasChanged && { color: 'charts.yellow' }),
    tooltip: [name, description, architectures.join(', ')].filter(Boolean),
    context: ['entry', ...(isAllowed ? ['allowed'] : [])].join(' '),
    expansion: 'none',
    spoken: [l10n.t('{0}, entry', name), ...details].join(', '),
    command: {
      id: 'berth.openGallery',
      title: l10n.t('Show'),
      args: [{ catalogue: node.catalogue, entry: node.entry }],
    },
  };
}

function unusableItem(node: UnusableNode): ItemLook {
  const { name, reasons } = node.of;
  const description = reasons.join('; ');
  return {
    id: catalogueNodeId(node),
    label: name,
    description,
    icon: 'error',
    color: 'problemsErrorIcon.foreground',
    tooltip: [name, l10n.t('It cannot be used'), ...reasons],
    context: 'unusable',
    expansion: 'none',
    spoken: l10n.t('{0}, entry that cannot be used: {1}', name, description),
  };
}

function noteItem(node: CatalogueNoteNode): ItemLook {
  const { what, catalogue } = node;
  const base = { id: catalogueNodeId(node), context: 'note', expansion: 'none', tooltip: [] } as const;
  if (isBerthError(what)) {
    const action = what.action ?? {
      label: l10n.t('Try again'),
      command: 'berth.refreshCatalogues',
      args: [{ catalogue }],
    };
    return {
      ...base,
      label: what.message,
      description: action.label,
      icon: 'warning',
      color: 'problemsWarningIcon.foreground',
      tooltip: [what.message, l10n.t('Click: {0}', action.label)],
      spoken: l10n.t('{0}. Press Enter to: {1}', what.message, action.label),
      command: { id: action.command, title: action.label, args: action.args ?? [] },
    };
  }
  if (what === 'no-catalogues') {
    const label = l10n.t('Add a catalogue');
    return {
      ...base,
      label,
      icon: 'add',
      spoken: label,
      command: { id: 'berth.addCatalogue', title: label, args: [] },
    };
  }
  const label = what === 'reading' ? l10n.t('Reading…') : l10n.t('It has no entries');
  return { ...base, label, icon: what === 'reading' ? 'loading~spin' : 'info', spoken: label };
}
