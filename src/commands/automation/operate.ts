/** What tools and API do to workspaces, ended by a token; they begin the same activities as a person's commands. */
import { setTimeout } from 'node:timers/promises';
import type * as vscode from 'vscode';
import type { Activity } from '../../engine/activities.ts';
import { orAborted } from '../../engine/waiting.ts';
import type { WorkspaceForm } from '../../workspace/settings.ts';
import { type Workspace, workspaceAlias } from '../../workspace/workspace.ts';
import { beginStart } from '../imageUpdates.ts';
import type { Ref } from '../operations.ts';
import type { Parts } from '../parts.ts';
import { findWorkspace } from './facts.ts';
import type { NewWorkspace } from './inputs.ts';
import { newForm } from './newForm.ts';

type Token = vscode.CancellationToken | undefined;

/** A target that does not answer must not hold up the others' workspaces. */
const freshMs = 10_000;

/** Asks all targets anew; one that is slow stays as it was known before. */
export async function refreshAll({ fleet }: Parts, token: Token): Promise<void> {
  using cancel = abortedBy(token);
  const late = setTimeout(freshMs, undefined, { signal: cancel.signal, ref: false }).catch(() => undefined);
  await orAborted(Promise.race([fleet.refresh(), late]), cancel.signal);
}

/** The workspace that an alias or a name means, in a fresh list. */
export async function meantBy(parts: Parts, text: string, token: Token): Promise<Workspace> {
  await refreshAll(parts, token);
  return findWorkspace(text, parts.fleet.workspaces());
}

/** `begun`: for whoever shows the activity, with the form that it is for. */
export async function create(
  parts: Parts,
  asked: NewWorkspace,
  token: Token,
  begun: (activity: Activity, form: WorkspaceForm, start: boolean) => void = () => {},
): Promise<Workspace> {
  using cancel = abortedBy(token);
  const form = await newForm(parts, asked);
  cancel.signal.throwIfAborted();
  const start = asked.start ?? true;
  const activity = parts.operations.create(form, { start });
  begun(activity, form, start);
  return await ended(parts, activity, cancel.signal);
}

/** Whatever is under way is waited for: it may be on its way up already. */
export async function start(parts: Parts, workspace: Workspace, token: Token): Promise<Workspace> {
  if (workspace.state.kind === 'Running') return workspace;
  using cancel = abortedBy(token);
  await parts.machine.ssh.markWanted(workspaceAlias(workspace));
  const busy = parts.activities.of(workspace.target, workspace.name);
  if (busy?.state === 'running') await orAborted(busy.succeeded(), cancel.signal);
  const now = current(parts, workspace);
  return now.state.kind === 'Running' ? now : await ended(parts, beginStart(parts, now), cancel.signal);
}

export async function stop(parts: Parts, workspace: Workspace, token: Token): Promise<Workspace> {
  if (workspace.state.kind === 'Off') return workspace;
  using cancel = abortedBy(token);
  return await ended(parts, await parts.operations.stop(workspace, { force: false }), cancel.signal);
}

/** Aborts with the token, which may be cancelled already. */
export function abortedBy(token: Token): Disposable & { readonly signal: AbortSignal } {
  const abort = new AbortController();
  if (token?.isCancellationRequested) abort.abort();
  const cancelling = token?.onCancellationRequested(() => abort.abort());
  return { signal: abort.signal, [Symbol.dispose]: () => cancelling?.dispose() };
}

/** Cancelled, it is waited for all the same: it cleans up after itself. */
async function ended(parts: Parts, activity: Activity, signal: AbortSignal): Promise<Workspace> {
  const cancel = () => activity.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  try {
    await activity.succeeded();
  } finally {
    signal.removeEventListener('abort', cancel);
  }
  return current(parts, activity);
}

function current({ fleet }: Parts, ref: Ref): Workspace {
  return findWorkspace(workspaceAlias(ref), fleet.workspaces());
}
