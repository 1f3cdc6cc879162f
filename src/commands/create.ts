/** New workspaces: by the form, or in three steps; and the form for those that are there. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Activity } from '../engine/activities.ts';
import type { KeptHome } from '../engine/engine.ts';
import type { FleetTarget } from '../engine/fleetMember.ts';
import { imageFacts } from '../panels/imageFacts.ts';
import type { ImageFacts } from '../panels/messages.ts';
import { refusals, refuse } from '../policy/refusal.ts';
import { imageOf, TargetArgument } from '../views/nodes.ts';
import { askModally, askText, pick } from '../vscode/ask.ts';
import { configuration } from '../vscode/configuration.ts';
import { showError } from '../vscode/errors.ts';
import { showMessage } from '../vscode/message.ts';
import { withAppSecret } from '../workspace/appSignIn.ts';
import { defaultOf, defaultsOn } from '../workspace/draft.ts';
import { BerthError } from '../workspace/error.ts';
import { defaultsFor, inheritedFor, withInherited } from '../workspace/inherited.ts';
import { kindDefaults } from '../workspace/kindDefaults.ts';
import { generateName, WorkspaceName } from '../workspace/name.ts';
import { allowedPresets, filledIn } from '../workspace/policy/apply.ts';
import type { Bounds } from '../workspace/policy/bounds.ts';
import { sizeFor } from '../workspace/presets.ts';
import { rightsInWords } from '../workspace/rights.ts';
import { type EnvVariable, type Label, WorkspaceForm } from '../workspace/settings.ts';
import { chooseTarget, chooseWorkspace } from './choose.ts';
import { creationNews } from './creationNews.ts';
import { atRisk } from './following.ts';
import { gitIdentity } from './identity.ts';
import { describeImage } from './imageChoice.ts';
import { editQuestion } from './loss.ts';
import type { Ref } from './operations.ts';
import type { Commands, Parts } from './parts.ts';
import { pickImage } from './pickImage.ts';
import { useTemplate } from './templates/use.ts';

/** Longer than that nobody is kept waiting for what an image recommends. */
const lookMs = 3_000;

export function createCommands(parts: Parts): Commands {
  return {
    create: async (...args) => {
      const target = TargetArgument.safeParse(args[0]).data?.target;
      await parts.pages.openForm({ mode: 'create', ...(target && { target }) });
    },
    createFromImage: async (...args) => {
      const target = TargetArgument.safeParse(args[0]).data?.target;
      const image = imageOf(args[0]);
      await parts.pages.openForm({ mode: 'create', ...(target && { target }), ...(image && { image }) });
    },
    quickCreate: (...args) => quickCreate(parts, args),
    edit: async (...args) => {
      const workspace = await chooseWorkspace(parts, args, l10n.t('Edit'));
      if (!workspace) return;
      const question = editQuestion(await atRisk(parts, workspace));
      if (question && (await askModally(question)) === undefined) return;
      await parts.pages.openForm({ mode: 'edit', workspace: refOf(workspace) });
    },
    duplicate: async (...args) => {
      const workspace = await chooseWorkspace(parts, args, l10n.t('Duplicate'));
      if (workspace) await parts.pages.openForm({ mode: 'duplicate', workspace: refOf(workspace) });
    },
  };
}

/** Says how a creation ended and offers the next step; the way there is on the workspace's page. */
export function announceCreation(
  parts: Parts,
  activity: Activity,
  form: Pick<WorkspaceForm, 'gitAccess'>,
  { start }: { readonly start: boolean },
): void {
  const ref = refOf(activity);
  const announce = async () => {
    if (form.gitAccess === 'key') void offerGitKey(parts, activity);
    await activity.finished;
    if (activity.state === 'failed') {
      showError(activity.error, parts.log, [
        { label: l10n.t('Show Page'), command: 'berth.showPage', args: [ref] },
      ]);
    }
    if (activity.state !== 'done') return;
    const { message, steps } = creationNews(activity.name, start);
    const chosen = await showMessage('information', message, ...steps.map(({ label }) => label));
    const step = steps.find(({ label }) => label === chosen);
    if (step) await vscode.commands.executeCommand(step.command, ref);
  };
  announce().catch((error: unknown) => showError(error, parts.log));
}

/** The public half of the key made for git, as soon as the workspace is there. */
async function offerGitKey(parts: Parts, activity: Activity): Promise<void> {
  await activity.finished;
  if (activity.state !== 'done') return;
  const engine = await parts.fleet.engine(activity.target);
  const { gitKey } = await engine.record(activity.name);
  if (!gitKey) return;
  const copy = l10n.t('Copy the Git Key');
  const chosen = await showMessage(
    'information',
    l10n.t('Add the git key of {0} to your forge, so that it can clone private repositories.', activity.name),
    copy,
  );
  if (chosen === copy) await vscode.env.clipboard.writeText(gitKey.publicKey);
}

async function quickCreate(parts: Parts, args: readonly unknown[]): Promise<void> {
  const given = imageOf(args[0]);
  const title = l10n.t('Quick Create');
  const target = await chooseTarget(parts, args, title, ({ health }) => health !== 'down');
  if (!target) return;
  refuseWithoutRights(target);
  const { refusal, bounds } = await parts.policyDesk.look(target.target.id);
  if (refusal) throw refusal;
  const image = given ?? (await pickImage(parts, target, bounds));
  if (image === undefined) return;
  if (typeof image !== 'string') {
    await useTemplate(parts, image, { target: target.target.id });
    return;
  }
  const name = await chooseName(parts, target);
  if (name === undefined) return;
  const next = await pick(
    [
      {
        label: l10n.t('$(remote) Create and Connect'),
        detail: l10n.t('A window on it opens as soon as it is ready'),
        value: 'connect' as const,
      },
      {
        label: l10n.t('$(add) Create'),
        detail: l10n.t('{0} from {1} on {2}', name, image, target.target.title),
        value: 'create' as const,
      },
      {
        label: l10n.t('$(list-unordered) More Settings…'),
        detail: l10n.t('Open the form'),
        value: 'form' as const,
      },
    ],
    title,
  );
  if (next === undefined) return;
  if (next === 'form') {
    await parts.pages.openForm({ mode: 'create', image, target: target.target.id });
    return;
  }
  const form = await quickForm(target, name, image, await lookAt(parts, target, image), bounds);
  // Said before a page opens on something that is never made.
  refuse(l10n.t('Cannot create “{0}”', name), refusals(form, bounds, target.target.kind));
  const activity = parts.operations.create(form, { start: true });
  await parts.pages.openWorkspace(refOf(activity));
  if (next === 'create') {
    announceCreation(parts, activity, form, { start: true });
    return;
  }
  await activity.succeeded();
  await vscode.commands.executeCommand('berth.connect', refOf(activity));
}

/** What this person may not do there is said before anything is asked. */
export function refuseWithoutRights({ target, facts }: FleetTarget): void {
  const { missingRights = [] } = facts ?? {};
  if (missingRights.length === 0) return;
  throw new BerthError(
    l10n.t(
      'On “{0}” you may not do this, and workspaces need it: {1}',
      target.title,
      rightsInWords(missingRights),
    ),
    {
      code: 'unsupported',
      action: {
        label: l10n.t('Copy Role and RoleBinding'),
        command: 'berth.copyRole',
        args: [{ target: target.id }],
      },
    },
  );
}

/** The smallest preset that the image recommends, what goes with the image's kind, what the target gives to all, and this machine's git identity. */
export async function quickForm(
  target: FleetTarget,
  name: WorkspaceName,
  image: string,
  known: ImageFacts,
  bounds: Bounds,
): Promise<WorkspaceForm> {
  const inherited = inheritedFor(configuration.defaults(), target.target.id);
  const git = await gitIdentity();
  const { kind } = target.target;
  const size = sizeFor(allowedPresets(configuration.presets(), bounds, kind), known, target.facts ?? {});
  const { image: _, ...configured } = defaultsFor(configuration.defaults(), target.target.id);
  const values = {
    ...defaultsOn(kind),
    kind: known.kind,
    ...kindDefaults(known.kind, known),
    ...size,
    ...(known.diskGiB !== undefined && {
      diskGiB: Math.max(Math.ceil(known.diskGiB), Number(defaultOf('diskGiB', kind))),
    }),
    gitUserName: git.name,
    gitUserEmail: git.email,
    ...configured,
    image,
    env: withInherited<EnvVariable>([], inherited.env),
    labels: withInherited<Label>([], inherited.labels),
  };
  const filled = filledIn(values, bounds, kind, new Set(['image', 'kind']));
  return withAppSecret(WorkspaceForm.parse({ target: target.target.id, name, ...filled }));
}

/** By its name alone where neither the target nor the registry says more quickly. */
export async function lookAt(
  parts: Parts,
  { target, facts }: FleetTarget,
  image: string,
): Promise<ImageFacts> {
  const local = await lookUp(parts, image, async signal => {
    const { images } = await parts.fleet.engine(target.id);
    return await images?.details(image, signal);
  });
  const platforms = facts?.platforms ?? [];
  const described =
    local ?? (await lookUp(parts, image, signal => describeImage(parts, image, platforms, signal)));
  return imageFacts(image, { local: local !== undefined, image: described }, configuration.requiredLabels());
}

async function lookUp<T>(
  parts: Parts,
  image: string,
  look: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await look(AbortSignal.timeout(lookMs));
  } catch (error) {
    parts.log.write('debug', `the image ${image} cannot be looked at`, error);
    return undefined;
  }
}

async function chooseName(parts: Parts, target: FleetTarget): Promise<WorkspaceName | undefined> {
  const { id } = target.target;
  // Known by the time that a name is typed, and nothing that the question has to wait for.
  void parts.keptHomes.ask(id).catch(error => parts.log.write('debug', `the kept homes of ${id}`, error));
  await Promise.all([parts.fleet.refresh(id), parts.me.ask()]);
  const taken = () => new Set<string>((parts.fleet.target(id)?.workspaces ?? []).map(({ name }) => name));
  const typed = await askText({
    title: l10n.t('Quick Create: the Name'),
    prompt: l10n.t('Lower-case letters, digits and dashes. It becomes the ssh name and never changes.'),
    value: generateName(taken()),
    validateInput: text => {
      if (!WorkspaceName.safeParse(text.trim()).success) {
        return l10n.t('1 to 40 lower-case letters, digits and dashes, with a letter or digit at both ends');
      }
      if (taken().has(text.trim())) {
        return l10n.t('There is a workspace “{0}” on {1} already', text.trim(), target.target.title);
      }
      const kept = parts.keptHomes.of(id).find(({ name }) => name === text.trim());
      return kept && { message: keptWords(parts, kept), severity: vscode.InputBoxValidationSeverity.Info };
    },
  });
  return typed === undefined ? undefined : WorkspaceName.parse(typed.trim());
}

function keptWords({ me }: Parts, { name, createdBy = '' }: KeptHome): string {
  const other = me.other({ createdBy });
  return other === undefined
    ? l10n.t('It continues on the home that was kept of “{0}”', name)
    : l10n.t('It continues on the home that was kept of “{0}”, a workspace of {1}', name, other);
}

function refOf({ target, name }: Ref): Ref {
  return { target, name };
}
