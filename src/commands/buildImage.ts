/** Images of one's own: built on a target, with a log and a cancel, and then used. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import * as z from 'zod';
import type { Builder } from '../engine/engine.ts';
import type { FleetTarget } from '../engine/fleetMember.ts';
import { keepsImages } from '../engine/target.ts';
import { BuildRequest } from '../image/buildRequest.ts';
import { type Dockerfile, dockerfileText, readDockerfile } from '../image/dockerfile.ts';
import { showMessage } from '../vscode/message.ts';
import { withNotification } from '../vscode/progress.ts';
import { BerthError } from '../workspace/error.ts';
import type { TargetId } from '../workspace/name.ts';
import { chooseBuildFile, planOf } from './buildFile.ts';
import { type BuildPlan, settlePlan } from './buildPlan.ts';
import { chooseTarget } from './choose.ts';
import type { Commands, Parts } from './parts.ts';

export function buildCommands(parts: Parts): Commands {
  return {
    buildImage: async (...args) => {
      const built = await buildFrom(parts, args);
      if (built) void announce(built);
    },
    showBuildLog: () => parts.buildLog.show(),
  };
}

interface Built {
  readonly target: TargetId;
  readonly reference: string;
  /** How it went, in words. */
  readonly words: string;
}

/** From the file that was handed over, else the one that the person picks. Undefined: they would rather not. */
export async function buildFrom(parts: Parts, args: readonly unknown[]): Promise<Built | undefined> {
  requireTrust();
  const title = l10n.t('Build a Workspace Image');
  const file = await chooseBuildFile(args, title);
  if (file === undefined) return undefined;
  const target = await chooseTarget(parts, [], title, mayBuild);
  const plan = target && (await planOf(file));
  if (!target || !plan) return undefined;
  const dockerfile = readDockerfile(await dockerfileText(plan.dockerfile));
  const settled = await settlePlan(withLast(parts, plan, dockerfile), dockerfile, target);
  if (!settled) return undefined;
  await remember(parts, settled);
  return await build(parts, target.target.id, BuildRequest.parse(settled));
}

async function build(parts: Parts, target: TargetId, request: BuildRequest): Promise<Built> {
  const builder = await builderOf(parts, target);
  const title = l10n.t('Building {0}', request.reference);
  const startedAt = Date.now();
  try {
    await withNotification(title, (report, signal) =>
      builder.build(request, parts.buildLog.begin(title, report), signal),
    );
  } catch (error) {
    const isCancelled = error instanceof vscode.CancellationError;
    parts.buildLog.end(
      isCancelled ? l10n.t('Cancelled.') : error instanceof Error ? error.message : String(error),
    );
    throw error;
  } finally {
    parts.imagesTree.refresh(target);
  }
  const seconds = Math.max(1, Math.round((Date.now() - startedAt) / 1000));
  const words = l10n.t('Built {0} in {1} s', request.reference, seconds);
  parts.buildLog.end(words);
  return { target, reference: request.reference, words };
}

/** What can be done with it now. */
async function announce({ target, reference, words }: Built): Promise<void> {
  const steps = [
    { label: l10n.t('Create Workspace'), command: 'berth.createFromImage' },
    { label: l10n.t('Push…'), command: 'berth.pushImage' },
    { label: l10n.t('Tag…'), command: 'berth.tagImage' },
  ];
  const chosen = await showMessage('information', words, ...steps.map(({ label }) => label));
  const step = steps.find(({ label }) => label === chosen);
  if (step)
    await vscode.commands.executeCommand(step.command, { kind: 'image', target, image: { reference } });
}

/** A Dockerfile runs whatever stands in it, and its folder is sent away: both are the folder owner's words. */
function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new BerthError(
    l10n.t(
      'A build runs what the Dockerfile says and sends its folder to the engine. Trust this folder first.',
    ),
    {
      code: 'unsupported',
      action: { label: l10n.t('Manage Workspace Trust'), command: 'workbench.trust.manage' },
    },
  );
}

function mayBuild({ target, health }: FleetTarget): boolean {
  return keepsImages(target) && health !== 'down';
}

async function builderOf(parts: Parts, target: TargetId): Promise<Builder> {
  const { builder } = await parts.fleet.engine(target);
  if (builder) return builder;
  throw new BerthError(l10n.t('“{0}” builds no images', target), { code: 'unsupported' });
}

/** What was chosen the last time, by Dockerfile. Never the arguments: they may be somebody's secret after all. */
const LastBuilds = z.record(z.string(), BuildRequest.pick({ reference: true, stage: true, platform: true }));
const lastBuilds = 'lastBuilds';

function withLast({ context }: Parts, plan: BuildPlan, { stages }: Dockerfile): BuildPlan {
  const last = LastBuilds.safeParse(context.workspaceState.get(lastBuilds)).data?.[plan.dockerfile];
  const { stage: lastStage, ...others } = last ?? {};
  // What the file itself names now is no choice of the last time; and a stage may be gone.
  const stage = plan.stage ?? (stages.some(({ name }) => name === lastStage) ? lastStage : undefined);
  return { ...plan, ...others, ...(stage !== undefined && { stage }) };
}

async function remember(
  { context }: Parts,
  { dockerfile, reference, stage, platform }: BuildPlan,
): Promise<void> {
  const last = LastBuilds.catch({}).parse(context.workspaceState.get(lastBuilds) ?? {});
  await context.workspaceState.update(lastBuilds, { ...last, [dockerfile]: { reference, stage, platform } });
}
