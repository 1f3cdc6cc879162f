/** Policy in front of an engine: whoever makes, changes, starts or extends a workspace comes through here. */
import * as l10n from '@vscode/l10n';
import type { CreateRequest, EditRequest, Engine } from '../engine/engine.ts';
import { costOf } from '../workspace/field.ts';
import { keyBody } from '../workspace/keyBody.ts';
import { type Bounds, noBounds, textOf } from '../workspace/policy/bounds.ts';
import { answerable } from '../workspace/policy/edited.ts';
import { type SettingKey, settingFields } from '../workspace/policy/rules.ts';
import type { Record as WorkspaceRecord } from '../workspace/record.ts';
import { withSecretsOf } from '../workspace/secrets.ts';
import type { WorkspaceSettings } from '../workspace/settings.ts';
import { spanWords } from '../workspace/span.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Policies } from './policies.ts';
import { countProblem, policyError, refusals, refuse } from './refusal.ts';

const hourMs = 3_600_000;

/** The same engine. What ends, copies or only looks at a workspace is not asked about. */
export function guarded(engine: Engine, policies: Pick<Policies, 'look'>): Engine {
  const { target } = engine;
  const [create, edit, start, rebuild] = [
    engine.create.bind(engine),
    engine.edit.bind(engine),
    engine.start.bind(engine),
    engine.rebuild.bind(engine),
  ];
  const look = (signal: AbortSignal) => policies.look({ id: target.id, source: engine.policy }, signal);
  /** Throws where a policy that was seen cannot be read. */
  const demand = async (signal: AbortSignal): Promise<Bounds> => {
    const { bounds, refusal } = await look(signal);
    if (refusal) throw refusal;
    return bounds;
  };
  const refuseExisting = (what: string, settings: WorkspaceSettings | undefined, bounds: Bounds) => {
    if (!settings) return;
    // What no edit can change must not keep it off for ever.
    const found = refusals(settings, bounds, target.kind).filter(({ key }) => isChangeable(key, target.kind));
    refuse(what, found);
  };
  return Object.assign(engine, {
    create: async (...[request, report, signal]: Parameters<Engine['create']>) => {
      const bounds = await demand(signal);
      refuse(l10n.t('Cannot create “{0}”', request.name), refusals(request.settings, bounds, target.kind));
      await refuseOneTooMany(engine, request, bounds, signal);
      await create({ ...request, ...capOf(bounds) }, report, signal);
    },
    edit: async (...[name, request, report, signal]: Parameters<Engine['edit']>) => {
      const { bounds, refusal } = await look(signal);
      const before = await engine.record(name, signal);
      const settings = withSecretsOf(before.settings, request.settings);
      const changed = answerable(before.settings, settings, bounds);
      if (refusal) {
        // Whoever is to be kept out is kept out, whatever cannot be read.
        if (changed.size > 0 || !takesKeysAway(before, request)) throw refusal;
        return await edit(name, request, report, signal);
      }
      const found = refusals(settings, bounds, target.kind).filter(({ key }) => changed.has(key));
      refuse(l10n.t('Cannot save “{0}”', name), found);
      await edit(name, { ...request, ...capOf(bounds) }, report, signal);
    },
    start: async (...[name, report, signal]: Parameters<Engine['start']>) => {
      const { bounds, refusal } = await look(signal);
      const now = refusal || isBounded(bounds) ? await engine.find(name, signal) : undefined;
      // What runs already is started for nobody.
      if (now?.state.kind !== 'Running') {
        if (refusal) throw refusal;
        refuseExisting(l10n.t('Cannot start “{0}”', name), now?.settings, bounds);
        await keepCap(engine, now, bounds, { edit, report, signal });
      }
      await start(name, report, signal);
    },
    mayStart: async (...[name, signal]: Parameters<NonNullable<Engine['mayStart']>>) => {
      const bounds = await demand(signal);
      if (!isBounded(bounds)) return;
      const now = await engine.find(name, signal);
      refuseExisting(l10n.t('Cannot start “{0}”', name), now?.settings, bounds);
    },
    rebuild: async (...[name, options, report, signal]: Parameters<Engine['rebuild']>) => {
      const bounds = await demand(signal);
      if (isBounded(bounds)) {
        const now = await engine.find(name, signal);
        refuseExisting(l10n.t('Cannot rebuild “{0}”', name), now?.settings, bounds);
        await keepCap(engine, now, bounds, { edit, report, signal });
      }
      await rebuild(name, options, report, signal);
    },
    mayExtend: async (...[workspace, seconds, signal]: Parameters<NonNullable<Engine['mayExtend']>>) => {
      const { sessionHours } = await demand(signal);
      const roomMs = extensionRoomMs(workspace, sessionHours?.value, Date.now());
      if (!sessionHours || seconds * 1000 <= roomMs) return;
      throw policyError(
        l10n.t(
          'Cannot extend “{0}” by that much: {1} lets it run for {2} h at most, which leaves {3}.',
          workspace.name,
          sessionHours.by,
          sessionHours.value,
          spanWords(Math.max(0, roomMs)),
        ),
      );
    },
  });
}

/** Whether there is anything that a workspace could be against: most people have no policy, and nothing is looked up for them. */
function isBounded(bounds: Bounds): boolean {
  return textOf(bounds) !== textOf(noBounds);
}

/** By how much it may be extended at most. */
export function extensionRoomMs(
  { time, startedAt }: Pick<Workspace, 'time' | 'startedAt'>,
  capHours: number | undefined,
  now: number,
): number {
  if (capHours === undefined || startedAt === undefined) return Infinity;
  return Date.parse(startedAt) + capHours * hourMs - Math.max(time?.endsAt ?? 0, now);
}

/** Where no policy says anything of it, the cap that a workspace has stays: another machine's policy gave it. */
function capOf({ sessionHours }: Bounds): Pick<CreateRequest, 'capHours'> {
  return sessionHours ? { capHours: sessionHours.value } : {};
}

/** What was made under another policy, or under none, goes by this one from its next start on. */
async function keepCap(
  engine: Engine,
  workspace: Workspace | undefined,
  { sessionHours }: Bounds,
  saving: { edit: Engine['edit']; report: Parameters<Engine['edit']>[2]; signal: AbortSignal },
): Promise<void> {
  const isWhole = workspace && ['Off', 'Error', 'Running'].includes(workspace.state.kind);
  if (!sessionHours || !isWhole) return;
  const { name } = workspace;
  const { edit, report, signal } = saving;
  const { settings, revision, capHours } = await engine.record(name, signal);
  if (capHours === sessionHours.value) return;
  await edit(name, { settings, revision, capHours: sessionHours.value }, report, signal);
}

async function refuseOneTooMany(
  engine: Engine,
  { name, maker }: CreateRequest,
  bounds: Bounds,
  signal: AbortSignal,
): Promise<void> {
  if (!bounds.workspacesPerPerson) return;
  const all = await engine.list(signal);
  const own = all.filter(other => other.createdBy === maker.identity && other.name !== name).length;
  const problem = countProblem(own, engine.target.title, bounds);
  if (problem !== undefined) throw policyError(l10n.t('Cannot create “{0}”. {1}', name, problem));
}

function isChangeable(key: SettingKey, engine: Engine['target']['kind']): boolean {
  const meta = settingFields.get(key);
  return meta === undefined || costOf(meta, engine) !== 'never';
}

/** Fewer of those that may enter, and nobody else. */
function takesKeysAway(before: WorkspaceRecord, { settings, authorizedKeys }: EditRequest): boolean {
  const keysOf = (
    machines: EditRequest['authorizedKeys'] = before.authorizedKeys,
    people: readonly string[],
  ) => new Set([...machines.map(({ key }) => key), ...people].map(keyBody));
  const had = keysOf(before.authorizedKeys, before.settings.publicKeys);
  const has = keysOf(authorizedKeys, settings.publicKeys);
  return has.size < had.size && [...has].every(key => had.has(key));
}
