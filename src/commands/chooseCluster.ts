/** Which namespace of which cluster: contexts from kubeconfigs, namespaces from the cluster where it lists them. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { endpointOf, inOrder, type KubeContext, loadContexts } from '../engine/clusters.ts';
import type { Offer } from '../engine/engine.ts';
import { openEngine } from '../engine/load.ts';
import { type KubernetesEndpoint, Namespace } from '../engine/target.ts';
import { unlisted } from '../engine/targets.ts';
import { askText, type Choice, pick } from '../vscode/ask.ts';
import { configuration } from '../vscode/configuration.ts';
import { withNotification } from '../vscode/progress.ts';
import { engineHost } from './engineHost.ts';
import type { Parts } from './parts.ts';

/** A context, and whether it stands in a kubeconfig that kubectl would not read by itself. */
interface Found {
  readonly context: KubeContext;
  readonly isOwnFile: boolean;
}

/** undefined when the person left. */
export async function chooseCluster(parts: Parts): Promise<KubernetesEndpoint | undefined> {
  const found = await chooseContext(parts, configuration.kubeconfig());
  if (!found) return undefined;
  const { context, isOwnFile } = found;
  const usual = endpointOf(context, context.namespace, isOwnFile);
  const namespace = await chooseNamespace(parts, usual);
  return namespace === undefined ? undefined : { ...usual, namespace };
}

async function chooseContext(parts: Parts, kubeconfig: string | undefined): Promise<Found | undefined> {
  const title = l10n.t('Add Target: the Context');
  const { contexts, problem } = await contextsOf(parts, kubeconfig);
  const another = l10n.t('$(folder-opened) Another kubeconfig…');
  const choices: Choice<KubeContext | 'another'>[] = [
    ...contexts.map(context => ({
      label: context.file === undefined ? l10n.t('In-cluster: where this program runs') : context.name,
      description: context.isCurrent ? l10n.t('current') : '',
      detail: [context.server ?? l10n.t('its cluster is not in the kubeconfig'), context.file]
        .filter(Boolean)
        .join(' · '),
      value: context,
    })),
    { label: '', kind: vscode.QuickPickItemKind.Separator, value: 'another' },
    {
      label: another,
      ...(problem !== undefined && { detail: problem }),
      value: 'another',
    },
  ];
  const chosen = await pick(choices, title);
  if (chosen === undefined) return undefined;
  if (chosen !== 'another') return { context: chosen, isOwnFile: kubeconfig !== undefined };
  const [file] =
    (await vscode.window.showOpenDialog({
      canSelectMany: false,
      openLabel: l10n.t('Use This kubeconfig'),
    })) ?? [];
  return file && (await chooseContext(parts, file.fsPath));
}

/** One that cannot be read says why, and leaves the way to another. */
async function contextsOf(parts: Parts, kubeconfig: string | undefined) {
  try {
    const contexts = inOrder(await loadContexts(kubeconfig));
    const none = l10n.t('No context was found in the kubeconfigs of this machine');
    return { contexts, problem: contexts.length === 0 ? none : undefined };
  } catch (error) {
    parts.log.write('warn', 'the contexts cannot be read', error);
    return { contexts: [], problem: error instanceof Error ? error.message : String(error) };
  }
}

/** From the cluster's list where it gives one, and typed in any case. */
async function chooseNamespace(parts: Parts, usual: KubernetesEndpoint): Promise<string | undefined> {
  const title = l10n.t('Add Target: the Namespace');
  const listed = await namespacesOf(parts, usual);
  if (listed === 'cancelled') return undefined;
  if (listed.length > 0) {
    const own = usual.namespace;
    const typed = l10n.t('$(edit) Type another…');
    const names = [own, ...listed.map(({ name }) => name).filter(name => name !== own)];
    const chosen = await pick<string>(
      [
        ...names.map(name => ({
          label: name,
          description: name === own ? l10n.t('of the context') : '',
          value: name,
        })),
        { label: typed, value: '' },
      ],
      title,
    );
    if (chosen !== '') return chosen;
  }
  const text = await askText({
    title,
    prompt: l10n.t('The namespace for the workspaces; it has to be there'),
    value: usual.namespace,
    validateInput: text =>
      Namespace.safeParse(text.trim()).success
        ? undefined
        : l10n.t('Lower-case letters, digits and dashes, at most 63'),
  });
  return text?.trim();
}

/** Nothing where it is forbidden, or where nothing answers: that is said when the target is asked. */
async function namespacesOf(
  parts: Parts,
  endpoint: KubernetesEndpoint,
): Promise<readonly Offer[] | 'cancelled'> {
  const target = unlisted(endpoint);
  try {
    const listed = await withNotification(l10n.t('Asking {0}', target.title), async (_report, signal) => {
      using engine = await openEngine(target, await engineHost(parts.context, parts.log, parts.desk.access));
      return await engine.offers?.list('namespace', signal);
    });
    return listed ?? [];
  } catch (error) {
    if (error instanceof vscode.CancellationError) return 'cancelled';
    parts.log.write('info', `the namespaces of ${target.title} cannot be listed`, error);
    return [];
  }
}
