/** From a look to the editor's tree item. */
import * as vscode from 'vscode';
import type { ItemLook } from './itemLook.ts';

const expansions = {
  none: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
} as const;

export function toTreeItem(look: ItemLook): vscode.TreeItem {
  const item = new vscode.TreeItem(look.label, expansions[look.expansion]);
  item.id = look.id;
  item.iconPath = new vscode.ThemeIcon(look.icon, look.color ? new vscode.ThemeColor(look.color) : undefined);
  item.contextValue = look.context;
  item.accessibilityInformation = { label: look.spoken, role: 'treeitem' };
  if (look.description) item.description = look.description;
  const [heading, ...rest] = look.tooltip;
  if (heading !== undefined) {
    const tooltip = new vscode.MarkdownString();
    tooltip.appendMarkdown('**').appendText(heading).appendMarkdown('**');
    for (const paragraph of rest) tooltip.appendMarkdown('\n\n').appendText(paragraph);
    item.tooltip = tooltip;
  }
  if (look.command) {
    item.command = {
      command: look.command.id,
      title: look.command.title,
      arguments: [...look.command.args],
    };
  }
  return item;
}
