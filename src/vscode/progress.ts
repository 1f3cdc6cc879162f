/** An activity, or any short call, as a notification with its latest words and a cancel button. */
import * as vscode from 'vscode';
import type { Activity } from '../engine/activities.ts';
import type { Progress, Report } from '../engine/engine.ts';
import { progressWords } from '../engine/progressWords.ts';
import { plainText } from './plainText.ts';

/** Shows the activity until it ends; the notification's Cancel cancels it. */
export async function showActivity(activity: Activity): Promise<void> {
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: plainText(activity.title), cancellable: true },
    async (progress, cancelled) => {
      const show = (log: readonly Progress[]) => {
        const message = progressWords(log);
        if (message) progress.report({ message: plainText(message) });
      };
      show(activity.progress);
      const reports = activity.onDidReport(() => show(activity.progress));
      const cancelling = cancelled.onCancellationRequested(() => activity.cancel());
      await activity.finished;
      reports[Symbol.dispose]();
      cancelling.dispose();
    },
  );
}

/** Runs a call that is no activity of a workspace, such as a pull. */
export async function withNotification<T>(
  title: string,
  work: (report: Report, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: plainText(title), cancellable: true },
    async (progress, cancelled) => {
      const abort = new AbortController();
      const cancelling = cancelled.onCancellationRequested(() => abort.abort());
      const layers = new Map<string, Progress>();
      try {
        return await work(report => {
          if (report.kind === 'step') layers.clear();
          layers.set(report.kind === 'layer' ? report.id : report.kind, report);
          const message = progressWords([...layers.values()]);
          if (message) progress.report({ message: plainText(message) });
        }, abort.signal);
      } catch (error) {
        if (abort.signal.aborted) throw new vscode.CancellationError();
        throw error;
      } finally {
        cancelling.dispose();
      }
    },
  );
}
