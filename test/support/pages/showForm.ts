/** Puts a page on the stage, in front of a small world of its own. */
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { applied } from '../../../src/image/catalogue/authoring/jsonEdit.ts';
import { type EntryDocument, EntrySession } from '../../../src/panels/entrySession.ts';
import { FormSession } from '../../../src/panels/formSession.ts';
import type { FormRequest, WorkspaceRef } from '../../../src/panels/services.ts';
import { WorkspaceSession } from '../../../src/panels/workspaceSession.ts';
import type { World } from './fakes.ts';
import { Stage, type StageOptions } from './stage.ts';

/** The pages as they are shipped; another folder while they are worked on. */
const dist = process.env.BERTH_PAGES || fileURLToPath(new URL('../../../dist', import.meta.url));

type Look = Pick<StageOptions, 'theme' | 'width' | 'height'>;

export function showForm(
  browser: Browser,
  world: World,
  request: FormRequest = { mode: 'create' },
  look: Look = {},
): Promise<Stage> {
  const makeSession: StageOptions['makeSession'] = post =>
    new FormSession(world.services, world.desk, request, post);
  return Stage.open(browser, { bundle: 'createPage', dist, makeSession, ...look });
}

export function showWorkspace(
  browser: Browser,
  world: World,
  workspace: WorkspaceRef,
  look: Look = {},
): Promise<Stage> {
  const makeSession: StageOptions['makeSession'] = post =>
    new WorkspaceSession(world.services, world.desk, workspace, post);
  return Stage.open(browser, { bundle: 'workspacePage', dist, makeSession, ...look });
}

/** `file`: the entry's text, in the editor's memory; `icons`: what lies beside it. */
export async function showEntry(
  browser: Browser,
  file: { text: string },
  icons: ReadonlyMap<string, Uint8Array>,
  look: Look = {},
): Promise<Stage> {
  const listeners = new Set<() => void>();
  const document: EntryDocument = {
    file: 'workspaces/Firefox/workspace.json',
    text: () => file.text,
    edit: async edits => {
      file.text = applied(file.text, edits);
      for (const listener of listeners) listener();
    },
    icons: async () => icons,
    pickIcon: async () => 'picked.png',
    openAsText: async () => {},
    onDidChange: listener => {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
  };
  const makeSession: StageOptions['makeSession'] = post =>
    new EntrySession(document, { translations: () => undefined }, post, () => {});
  return await Stage.open(browser, { bundle: 'entryPage', dist, makeSession, ...look });
}
