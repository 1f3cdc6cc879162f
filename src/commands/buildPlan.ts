/** A build as it is about to be: one list that shows all of it, in which each part can be changed before it begins. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { FleetTarget } from '../engine/fleetMember.ts';
import { ArgumentName, type BuildRequest } from '../image/buildRequest.ts';
import type { Dockerfile } from '../image/dockerfile.ts';
import { askText, type Choice, pick } from '../vscode/ask.ts';
import { typeImageName } from './publish.ts';

export interface BuildPlan extends BuildRequest {
  /** What the file asks for and a build takes no notice of. */
  readonly unused: readonly string[];
}

type Change = (plan: BuildPlan) => Promise<BuildPlan | undefined>;

/** The plan as the person has it in the end, or undefined where they left. */
export async function settlePlan(
  start: BuildPlan,
  dockerfile: Dockerfile,
  target: FleetTarget,
): Promise<BuildPlan | undefined> {
  const title = l10n.t('Build a Workspace Image');
  let plan = start;
  for (;;) {
    const change = await pick(
      rowsOf(plan, dockerfile, target),
      title,
      l10n.t('Build, or change something first'),
    );
    if (change === undefined) return undefined;
    if (change === 'build') return plan;
    // Left, it is the list again.
    plan = (await change(plan)) ?? plan;
  }
}

function rowsOf(plan: BuildPlan, dockerfile: Dockerfile, target: FleetTarget): Choice<Change | 'build'>[] {
  const { args, stage, platform, reference, context, unused } = plan;
  const names = Object.keys(args);
  return [
    {
      label: l10n.t('$(play) Build'),
      description: reference,
      detail: l10n.t('{0} on {1}', plan.dockerfile, target.target.title),
      value: 'build',
    },
    { label: l10n.t('$(tag) Name'), description: reference, value: changeName },
    { label: l10n.t('$(folder) Folder'), description: context, value: changeContext },
    {
      label: l10n.t('$(symbol-variable) Arguments'),
      description: names.length === 0 ? l10n.t('none') : names.join(', '),
      value: before => changeArgument(before, dockerfile),
    },
    {
      label: l10n.t('$(layers) Stage'),
      description: stage ?? l10n.t('the last'),
      value: before => changeStage(before, dockerfile),
    },
    {
      label: l10n.t('$(circuit-board) Platform'),
      description: platform ?? l10n.t('the target’s own'),
      value: before => changePlatform(before, target),
    },
    ...(unused.length === 0
      ? []
      : [
          {
            label: l10n.t('$(info) Not used'),
            description: unused.join(', '),
            detail: l10n.t('The devcontainer.json has these, and an image alone knows nothing of them'),
            value: async () => undefined,
          },
        ]),
  ];
}

const changeName: Change = async plan => {
  const reference = await typeImageName(l10n.t('Name of the Image'), plan.reference);
  return reference === undefined ? undefined : { ...plan, reference };
};

const changeContext: Change = async plan => {
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: l10n.t('The folder whose files the build may copy'),
      defaultUri: vscode.Uri.file(plan.context),
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: l10n.t('Use This Folder'),
    })) ?? [];
  return folder?.scheme === 'file' ? { ...plan, context: folder.fsPath } : undefined;
};

async function changeArgument(plan: BuildPlan, dockerfile: Dockerfile): Promise<BuildPlan | undefined> {
  const title = l10n.t('Build Arguments');
  const known = new Map(dockerfile.args.map(({ name, value }) => [name, value]));
  const names = [...new Set([...known.keys(), ...Object.keys(plan.args)])];
  const other = { label: l10n.t('$(add) Another…'), value: typeArgumentName };
  const rows = names.map(name => ({
    label: name,
    description: plan.args[name] ?? known.get(name) ?? '',
    detail: name in plan.args ? l10n.t('Set here') : l10n.t('As the Dockerfile has it'),
    value: () => Promise.resolve<string | undefined>(name),
  }));
  const name = await (
    await pick([...rows, other], title, l10n.t('Values end up in the image: none may be a secret'))
  )?.();
  if (name === undefined) return undefined;
  const value = await askText({
    title: name,
    prompt: l10n.t('Empty: as the Dockerfile has it'),
    value: plan.args[name] ?? '',
  });
  if (value === undefined) return undefined;
  const { [name]: _, ...others } = plan.args;
  return { ...plan, args: value === '' ? others : { ...others, [name]: value } };
}

async function typeArgumentName(): Promise<string | undefined> {
  const typed = await askText({
    title: l10n.t('Build Arguments'),
    prompt: l10n.t('The name of the argument'),
    validateInput: text =>
      ArgumentName.safeParse(text.trim()).success ? undefined : l10n.t('Letters, digits and underscores'),
  });
  return typed?.trim();
}

async function changeStage(plan: BuildPlan, { stages }: Dockerfile): Promise<BuildPlan | undefined> {
  const { stage: _, ...others } = plan;
  const named = stages.flatMap(({ name, base }): Choice<BuildPlan>[] =>
    name === undefined ? [] : [{ label: name, description: base, value: { ...others, stage: name } }],
  );
  const last = { label: l10n.t('The Last'), description: stages.at(-1)?.base ?? '', value: others };
  return await pick<BuildPlan>([last, ...named], l10n.t('Stage'));
}

async function changePlatform(plan: BuildPlan, { facts }: FleetTarget): Promise<BuildPlan | undefined> {
  const { platform: _, ...others } = plan;
  const known = new Set([...(facts?.platforms ?? []), 'linux/amd64', 'linux/arm64']);
  const rows = [...known].map(platform => ({ label: platform, value: { ...others, platform } }));
  const own = { label: l10n.t('The Target’s Own'), description: facts?.platforms[0] ?? '', value: others };
  return await pick<BuildPlan>([own, ...rows], l10n.t('Platform'));
}
