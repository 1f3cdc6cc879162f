/** The bundle of all page hosts, loaded when the first page is opened. */
export { openForm, restoreForm } from './formPanel.ts';
export { openWorkspacePage, restoreWorkspacePage } from './workspacePanel.ts';
