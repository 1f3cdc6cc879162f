/** A HomeStore whose calls end with their engine and fail in its words. */
import * as l10n from '@vscode/l10n';
import type { WorkspaceName } from '../workspace/name.ts';
import type { Calls } from './calls.ts';
import type { HomeStore, HomeTar, KeptHome, Report, TarSource } from './engine.ts';

/** What an engine does itself. */
export interface HomeActions {
  read(name: WorkspaceName, until: AbortSignal): Promise<HomeTar>;
  replace(name: WorkspaceName, source: TarSource, report: Report, until: AbortSignal): Promise<void>;
  kept(until: AbortSignal): Promise<KeptHome[]>;
  keptBytes(until: AbortSignal): Promise<ReadonlyMap<WorkspaceName, number>>;
}

export function homeStore(calls: Calls, title: string, actions: HomeActions): HomeStore {
  return {
    read: (name, signal) =>
      calls.ask(l10n.t('Cannot read the home of “{0}”', name), signal, until => actions.read(name, until)),
    replace: (name, source, report, signal) =>
      calls.change(l10n.t('Cannot replace the home of “{0}”', name), signal, until =>
        actions.replace(name, source, report, until),
      ),
    kept: signal =>
      calls.ask(l10n.t('Cannot list the kept homes of {0}', title), signal, until => actions.kept(until)),
    keptBytes: signal =>
      calls.ask(l10n.t('Cannot list the kept homes of {0}', title), signal, until =>
        actions.keptBytes(until),
      ),
  };
}
