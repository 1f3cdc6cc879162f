/** Berth for other extensions (media/api/berth.d.ts), once it is loaded. */
import * as l10n from '@vscode/l10n';
import type * as vscode from 'vscode';
import * as z from 'zod';
import type { BerthApi } from '../../../media/api/berth.d.ts';
import { askModally } from '../../vscode/ask.ts';
import { BerthError, isBerthError } from '../../workspace/error.ts';
import { workspaceKey } from '../../workspace/workspace.ts';
import { connect } from '../connect.ts';
import type { Parts } from '../parts.ts';
import { briefOf } from './facts.ts';
import { parseInput, parseNewWorkspace, WorkspaceInput } from './inputs.ts';
import { create, meantBy, refreshAll, start, stop } from './operate.ts';
import { stopWords } from './tools.ts';

const ConnectOptions = z.object({ newWindow: z.boolean().default(false) }).default({ newWindow: false });

export type ApiCalls = Omit<BerthApi, 'version' | 'onDidChangeWorkspaces'> & {
  /** Calls whenever the list is another than it was. */
  watch(changed: () => void): Disposable;
};

export function apiCalls(parts: Parts): ApiCalls {
  const meant = (workspace: unknown, token?: vscode.CancellationToken) =>
    meantBy(parts, parseInput(WorkspaceInput, { workspace }).workspace, token);
  return {
    list: async () => {
      await refreshAll(parts, undefined);
      return parts.fleet.workspaces().map(briefOf);
    },
    get: async workspace => {
      try {
        return briefOf(await meant(workspace));
      } catch (error) {
        if (isBerthError(error, 'not-found')) return undefined;
        throw error;
      }
    },
    create: async (settings, token) => briefOf(await create(parts, parseNewWorkspace(settings), token)),
    start: async (workspace, token) => briefOf(await start(parts, await meant(workspace, token), token)),
    stop: async (workspace, token) => {
      const found = await meant(workspace, token);
      const { isAnothers, ...question } = await stopWords(parts, found);
      if (isAnothers && (await askModally(question)) === undefined)
        throw new BerthError(l10n.t('{0} was not stopped', found.name), { code: 'cancelled' });
      return briefOf(await stop(parts, found, token));
    },
    connect: async (workspace, options) => {
      const { newWindow } = parseInput(ConnectOptions, options);
      const { target, name } = await meant(workspace);
      // Not the command, which keeps its failure to itself once the person has seen it.
      await connect(parts, [{ target, name }], { newWindow });
    },
    watch: changed => watch(parts, changed),
  };
}

function watch({ fleet }: Parts, changed: () => void): Disposable {
  const open = new DisposableStack();
  let seen: string | undefined;
  open.use(
    fleet.onDidChange(() => {
      // Before everything was asked once, the list is not known to be another.
      if (fleet.targets().some(({ health }) => health === 'unknown')) return;
      const now = JSON.stringify(
        fleet.workspaces().map(workspace => [workspaceKey(workspace), briefOf(workspace)]),
      );
      if (seen !== undefined && now !== seen) changed();
      seen = now;
    }),
  );
  open.use(fleet.look());
  return open;
}
