/** How the homes of deleted workspaces look in the tree. Pure. */
import * as l10n from '@vscode/l10n';
import { binarySize, duration } from '../workspace/words.ts';
import type { ItemLook } from './itemLook.ts';
import { type KeptHomeNode, type KeptHomesNode, nodeId } from './nodes.ts';

export function keptHomesItem(node: KeptHomesNode): ItemLook {
  const label = l10n.t('Kept homes');
  return {
    id: nodeId(node),
    label,
    description: String(node.count),
    icon: 'archive',
    tooltip: [label, l10n.t('Of workspaces that were deleted without them.')],
    context: 'keptHomes',
    expansion: 'collapsed',
    spoken: l10n.t('{0}, {1}', label, node.count),
  };
}

/** `now` is Unix time in ms. */
export function keptHomeItem(node: KeptHomeNode, now: number): ItemLook {
  const { name, bytes, createdAt, engine } = node;
  // What is in a claim nobody says from outside.
  const isLimit = engine === 'kubernetes';
  const size =
    bytes === undefined ? '' : isLimit ? l10n.t('up to {0}', binarySize(bytes)) : binarySize(bytes);
  const ageMs = now - Date.parse(createdAt ?? '');
  const age = Number.isNaN(ageMs) ? '' : l10n.t('made {0} ago', duration(Math.max(60_000, ageMs)));
  const description = [size, age].filter(Boolean).join(' · ');
  return {
    id: nodeId(node),
    label: name,
    ...(description !== '' && { description }),
    icon: 'home',
    tooltip: [
      name,
      l10n.t('The home of a workspace that was deleted. A new workspace of that name continues on it.'),
      ...(description === '' ? [] : [description]),
    ],
    context: 'keptHome',
    expansion: 'none',
    spoken: [l10n.t('{0}, kept home', name), size, age].filter(Boolean).join(', '),
  };
}
