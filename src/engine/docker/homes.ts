/** Homes on Docker: read, replaced and copied by a container beside their volumes, whether the workspace runs or not. */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../../workspace/error.ts';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { Record as WorkspaceRecord } from '../../workspace/record.ts';
import type { HomeSource, HomeTar, KeptHome, Report, TarSource } from '../engine.ts';
import { copyHome, fillHome, type RunAtHome, readHome, refuseUp } from '../homeTransfer.ts';
import { volumeSizes } from './diskUsage.ts';
import { runBesideHome } from './homeHelper.ts';
import { recordedOrPulled } from './imageResolver.ts';
import { homeVolume } from './names.ts';
import { abortable } from './observe.ts';
import { factsOf, type Parts } from './parts.ts';
import { keptHomes } from './volumes.ts';
import { existing, isBuilding, type Workbench } from './workbench.ts';

export async function readHomeOf(
  bench: Workbench,
  name: WorkspaceName,
  signal: AbortSignal,
): Promise<HomeTar> {
  const parts = await withHome(bench, name, signal);
  const { run, login } = await besideHome(bench, parts, () => {}, signal);
  return await readHome(run, login, signal);
}

export async function replaceHome(
  bench: Workbench,
  name: WorkspaceName,
  source: TarSource,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const parts = await withHome(bench, name, signal);
  const refuse = async () => {
    const { container } = await existing(bench, name, signal);
    refuseUp(name, container?.status === 'running' || container?.status === 'paused');
  };
  await refuse();
  const { run, login } = await besideHome(bench, parts, report, signal);
  report({ kind: 'step', step: 'home', message: l10n.t('Restoring the home of {0}', name) });
  await fillHome(run, source, login, report, signal, refuse);
}

/** Fills the volume of a workspace that is being made, and has nothing in it yet. */
export async function fillNewHome(
  bench: Workbench,
  record: WorkspaceRecord,
  image: { readonly id: string },
  home: HomeSource,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const { name, login } = record;
  report({ kind: 'step', step: 'home', message: l10n.t('Filling the home of {0}', name) });
  if (home.kind === 'tar') {
    await fillHome(runner(bench, { name, image: image.id }), home.source, login, report, signal);
    return;
  }
  const source = await withHome(bench, home.name, signal);
  const from = loginOf(source);
  const run = runner(bench, { name, image: image.id, source: home.name });
  await copyHome(run, { from, to: login }, report, signal);
}

export async function keptHomesOf({ docker }: Workbench, signal: AbortSignal): Promise<KeptHome[]> {
  const homes = keptHomes(await docker.listVolumes(abortable(signal)));
  return [...homes].flatMap(([name, home]) => {
    if (home === 'in-use') return [];
    const { createdAt, createdBy } = home;
    return [
      { name, ...(createdAt !== undefined && { createdAt }), ...(createdBy !== undefined && { createdBy }) },
    ];
  });
}

export async function keptBytesOf(
  bench: Workbench,
  signal: AbortSignal,
): Promise<ReadonlyMap<WorkspaceName, number>> {
  const [kept, sizes] = await Promise.all([keptHomesOf(bench, signal), volumeSizes(bench.docker, signal)]);
  return new Map(
    kept.flatMap(({ name }) => {
      const bytes = sizes.get(homeVolume(name));
      return bytes === undefined ? [] : [[name, bytes] as const];
    }),
  );
}

async function withHome(bench: Workbench, name: WorkspaceName, signal: AbortSignal): Promise<Parts> {
  const parts = await existing(bench, name, signal);
  if (isBuilding(bench, parts)) {
    throw new BerthError(l10n.t('“{0}” is being created. Wait until that is done.', name), {
      code: 'conflict',
    });
  }
  if (parts.home) return parts;
  throw new BerthError(l10n.t('The home of “{0}” is gone.', name), { code: 'not-found' });
}

async function besideHome(bench: Workbench, parts: Parts, report: Report, signal: AbortSignal) {
  const { image: recorded } = factsOf(parts);
  if (!recorded) {
    throw new BerthError(l10n.t('It is not known which image “{0}” has. Rebuild it first.', parts.name));
  }
  const image = await recordedOrPulled(bench.images, recorded, report, signal);
  return { run: runner(bench, { name: parts.name, image: image.id }), login: loginOf(parts) };
}

function loginOf(parts: Parts) {
  const { login } = factsOf(parts);
  if (login) return login;
  throw new BerthError(l10n.t('It is not known who logs in to “{0}”. Rebuild it first.', parts.name));
}

function runner(bench: Workbench, helper: Parameters<typeof runBesideHome>[1]): RunAtHome {
  return (...rest) => runBesideHome(bench.docker, helper, ...rest);
}
