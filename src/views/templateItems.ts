/** How the rows of templates look and read. Pure. */
import * as l10n from '@vscode/l10n';
import type { TemplateSource } from '../template/found.ts';
import type { ItemLook } from './itemLook.ts';
import {
  type TemplateNode,
  type TemplateNoteNode,
  type TemplateTreeNode,
  templateNodeId,
} from './templateNodes.ts';

export function templateItemOf(node: TemplateTreeNode): ItemLook {
  return node.kind === 'template' ? templateItem(node) : noteItem(node);
}

function templateItem(node: TemplateNode): ItemLook {
  const { name, source, content } = node.of;
  const problem = 'problem' in content ? content.problem : undefined;
  const image = 'template' in content ? (content.template.settings.image ?? '') : '';
  const about = 'template' in content ? content.template.description : '';
  const details = [problem ? l10n.t('cannot be used') : image, placeWords(source)].filter(Boolean);
  return {
    id: templateNodeId(node),
    label: name,
    description: details.join(' · '),
    icon: problem ? 'error' : 'file-code',
    ...(problem && { color: 'problemsErrorIcon.foreground' }),
    tooltip: [name, problem?.message ?? about, ...details].filter(Boolean),
    context: ['template', source.kind, ...(problem ? ['broken'] : [])].join(' '),
    expansion: 'none',
    spoken: [l10n.t('{0}, template', name), ...details, ...(problem ? [problem.message] : [])].join(', '),
    command: {
      id: problem ? 'berth.openTemplate' : 'berth.createFromTemplate',
      title: problem ? l10n.t('Open') : l10n.t('Create from Template'),
      args: [{ template: node.template }],
    },
  };
}

function noteItem(node: TemplateNoteNode): ItemLook {
  const { untrusted } = node;
  const common = { id: templateNodeId(node), context: 'note', expansion: 'none' } as const;
  if (untrusted === undefined) {
    const label = l10n.t('Import a template, or save a workspace as one');
    const command = { id: 'berth.importTemplate', title: label, args: [] };
    return { ...common, label, icon: 'add', tooltip: [], spoken: label, command };
  }
  const why = l10n.t('The templates of {0} are not read, because you do not trust the folder', untrusted);
  return {
    ...common,
    label: l10n.t('Templates of {0}', untrusted),
    description: l10n.t('not trusted'),
    icon: 'workspace-untrusted',
    tooltip: [why],
    spoken: why,
    command: { id: 'workbench.trust.manage', title: l10n.t('Manage Workspace Trust'), args: [] },
  };
}

/** Where it is kept, in words. */
export function placeWords(source: TemplateSource): string {
  switch (source.kind) {
    case 'own':
      return l10n.t('yours');
    case 'folder':
      return `${source.folder}/${source.path}`;
    case 'catalogue':
      return source.title;
    case 'link':
      return source.host;
  }
}
