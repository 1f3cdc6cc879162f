/** What is done to workspaces, each as an activity: page, notification and tree follow the same one. */
import * as l10n from '@vscode/l10n';
import { placeWords } from '../adopt/adopted.ts';
import { openBackup } from '../backup/backupReader.ts';
import { writeBackup } from '../backup/backupWriter.ts';
import { bestCompression } from '../backup/compression.ts';
import type { BackupManifest } from '../backup/manifest.ts';
import type { Activities, Activity, ActivityKind } from '../engine/activities.ts';
import type { CreateRequest, Engine, Preview, Report } from '../engine/engine.ts';
import type { Fleet } from '../engine/fleet.ts';
import { backupSource, homeSource, homesOf } from '../engine/homeSources.ts';
import { often } from '../engine/homeTransfer.ts';
import { changeKeys, type KeyChange } from '../engine/keys.ts';
import { runMoments } from '../engine/moments.ts';
import { type Reviewed, reviewed } from '../image/catalogue/review.ts';
import type { TrustPolicy } from '../image/catalogue/trustPolicy.ts';
import type { ImageUpdate } from '../image/imageUpdate.ts';
import { generateKey } from '../ssh/key.ts';
import type { Personal } from '../vscode/personal.ts';
import { asksAnew } from '../workspace/asksAnew.ts';
import { BerthError, isBerthError } from '../workspace/error.ts';
import type { HomeOrigin } from '../workspace/homeOrigin.ts';
import { aliasOf, type TargetId, type WorkspaceName } from '../workspace/name.ts';
import type { AuthorizedKey } from '../workspace/record.ts';
import { withoutSecrets } from '../workspace/secrets.ts';
import { type WorkspaceForm, WorkspaceSettings } from '../workspace/settings.ts';
import { maker } from './identity.ts';
import type { Machine } from './machine.ts';
import type { SshUpkeep } from './sshUpkeep.ts';

export interface Ref {
  readonly target: TargetId;
  readonly name: WorkspaceName;
}

type Work = (engine: Engine, report: Report, signal: AbortSignal) => Promise<void>;

/** A backup that is refused for one of these has changed nothing. */
const refusalCodes = ['invalid', 'no-space', 'unsupported'] as const;

/** How long an engine may look things up for a preview. */
const previewTimeoutMs = 15_000;

async function previewOf(engine: Engine, request: CreateRequest, target: TargetId): Promise<Preview> {
  if (!engine.preview) {
    throw new BerthError(l10n.t('“{0}” has no preview of what it makes', target), { code: 'unsupported' });
  }
  return await engine.preview(request, AbortSignal.timeout(previewTimeoutMs));
}

export class Operations {
  readonly #fleet: Fleet;
  readonly #activities: Activities;
  readonly #machine: Machine;
  readonly #upkeep: SshUpkeep;
  readonly #personal: Pick<Personal, 'addRecentImage' | 'addRecentValues' | 'approvals'>;
  readonly #policy: (target: TargetId) => TrustPolicy;

  constructor(
    fleet: Fleet,
    activities: Activities,
    machine: Machine,
    upkeep: SshUpkeep,
    personal: Pick<Personal, 'addRecentImage' | 'addRecentValues' | 'approvals'>,
    /** What organisations forbid there. */
    policy: (target: TargetId) => TrustPolicy = () => ({}),
  ) {
    this.#fleet = fleet;
    this.#activities = activities;
    this.#machine = machine;
    this.#upkeep = upkeep;
    this.#personal = personal;
    this.#policy = policy;
  }

  /** The form is complete, secrets included. Throws at once where it wants more of the engine than was allowed. */
  create(
    form: WorkspaceForm,
    { start, home }: { readonly start: boolean; readonly home?: HomeOrigin | undefined },
  ): Activity {
    const allowed = this.#reviewed(form, form.target);
    return this.#run('create', form, l10n.t('Creating {0}', form.name), async (engine, report, signal) => {
      const problem = await this.nameProblem(form);
      if (problem !== undefined) throw new BerthError(problem, { code: 'conflict' });
      const begins = home && (await homeSource(home, form.target, target => this.#fleet.engine(target)));
      const request = {
        ...(await this.#request(form, start)),
        reviewed: allowed,
        ...(begins && { home: begins }),
      };
      await this.#personal.addRecentImage(request.settings.image);
      await this.#personal.addRecentValues(request.settings);
      await engine.create(request, report, signal);
      if (start) await runMoments(engine, form, ['firstLaunch'], report, signal);
    });
  }

  /** In words, where this machine's ssh means by that name what was adopted under it. */
  async nameProblem(ref: Ref): Promise<string | undefined> {
    const adopted = await this.#machine.ssh.adopted.find(ref);
    if (!adopted) return undefined;
    const place = placeWords(adopted.place);
    return l10n.t('{0} is what you called {1} when you adopted it: choose another name.', ref.name, place);
  }

  /** Wherever the settings came from: a page, another workspace, a template, a link. */
  #reviewed(
    settings: Pick<WorkspaceSettings, 'image' | 'overrides' | 'fromCatalogue'>,
    target: TargetId,
  ): Reviewed {
    return reviewed(settings, this.#personal.approvals(), this.#policy(target));
  }

  /** What the engine would be given to make it, in its own language. Makes nothing. */
  async preview(form: WorkspaceForm): Promise<Preview> {
    const engine = await this.#fleet.engine(form.target);
    return await previewOf(engine, await this.#request(form, true), form.target);
  }

  /** The same for one that is there, as a new start of it would be. */
  async previewExisting({ target, name }: Ref): Promise<Preview> {
    const engine = await this.#fleet.engine(target);
    const { settings, createdBy, hostKey, authorizedKeys, gitKey } = await engine.record(name);
    const request: CreateRequest = {
      name,
      settings,
      maker: { ...(await maker()), identity: createdBy },
      hostKey,
      authorizedKeys,
      ...(gitKey && { gitKey }),
      start: true,
    };
    return await previewOf(engine, request, target);
  }

  async #request(form: WorkspaceForm, start: boolean): Promise<CreateRequest> {
    const { target, name } = form;
    const settings = WorkspaceSettings.parse(form);
    const [made, identity] = await Promise.all([maker(), this.#machine.ssh.identity()]);
    const alias = aliasOf(name, target);
    return {
      name,
      settings,
      maker: made,
      hostKey: generateKey(alias),
      authorizedKeys: [{ key: identity.publicKey, owner: made.identity }],
      ...(settings.gitAccess === 'key' && { gitKey: generateKey(`git ${alias}`) }),
      start,
    };
  }

  /** With the newer image first that `newer` finds; one that cannot be had holds up no start. */
  start(
    ref: Ref,
    { newer }: { readonly newer?: (signal: AbortSignal) => Promise<ImageUpdate | undefined> } = {},
  ): Activity {
    return this.#run('start', ref, l10n.t('Starting {0}', ref.name), async (engine, report, signal) => {
      if (newer) {
        report({ kind: 'step', step: 'check', message: l10n.t('Looking for a newer image') });
        if (await newer(signal)) await takeNewest(engine, ref.name, report, signal);
      }
      await this.#start(engine, ref, report, signal);
    });
  }

  /** What a catalogue's entry runs at first comes with the first start of each container. */
  async #start(engine: Engine, ref: Ref, report: Report, signal: AbortSignal): Promise<void> {
    await engine.start(ref.name, report, signal);
    await this.#launch(engine, ref, report, signal);
  }

  async #launch(engine: Engine, { target, name }: Ref, report: Report, signal: AbortSignal): Promise<void> {
    if (!this.#fleet.workspace(target, name)?.settings?.overrides?.firstLaunch) return;
    const now = await engine.find(name, signal);
    if (now?.state.kind !== 'Running') return;
    await runMoments(engine, { name, overrides: now.settings?.overrides }, ['firstLaunch'], report, signal);
  }

  /** At hand-over: what the entry runs then, after what it runs at first where that was left to us. */
  async handOver({ target, name }: Ref, report: Report, signal: AbortSignal): Promise<void> {
    const { overrides } = this.#fleet.workspace(target, name)?.settings ?? {};
    if (!overrides?.firstLaunch && !overrides?.assign) return;
    const engine = await this.#fleet.engine(target);
    await runMoments(engine, { name, overrides }, ['firstLaunch', 'assign'], report, signal);
  }

  /** Completes a creation that was interrupted. */
  finish(ref: Ref): Activity {
    return this.#run('finish', ref, l10n.t('Finishing {0}', ref.name), async (engine, report, signal) => {
      await this.#start(engine, ref, report, signal);
    });
  }

  /** A start that is under way is cancelled first, which also ends in Off. By force it overtakes a stop. */
  async stop(ref: Ref, { force }: { readonly force: boolean }): Promise<Activity> {
    const overtakes = force && this.#isStopping(ref);
    if (!overtakes) await this.#interrupt(ref);
    const title = force ? l10n.t('Stopping {0} by force', ref.name) : l10n.t('Stopping {0}', ref.name);
    const work: Work = (engine, report, signal) => engine.stop(ref.name, { force }, report, signal);
    return this.#run('stop', ref, title, work, { overtakes });
  }

  restart(ref: Ref): Activity {
    return this.#run('restart', ref, l10n.t('Restarting {0}', ref.name), async (engine, report, signal) => {
      await engine.mayStart?.(ref.name, signal);
      await engine.stop(ref.name, { force: false }, report, signal);
      await this.#start(engine, ref, report, signal);
    });
  }

  rebuild(ref: Ref, { pull }: { readonly pull: boolean }): Activity {
    return this.#run('rebuild', ref, l10n.t('Rebuilding {0}', ref.name), async (engine, report, signal) => {
      await engine.rebuild(ref.name, { pull }, report, signal);
      await this.#launch(engine, ref, report, signal);
    });
  }

  /** What is under way is cancelled first, but for a backup or restore; a stop is not waited for. */
  async remove(ref: Ref, { keepHome }: { readonly keepHome: boolean }): Promise<Activity> {
    const overtakes = this.#isStopping(ref);
    if (!overtakes) await this.#interrupt(ref);
    const work: Work = (engine, report, signal) => engine.remove(ref.name, { keepHome }, report, signal);
    return this.#run('delete', ref, l10n.t('Deleting {0}', ref.name), work, { overtakes });
  }

  /** Saves, then goes on with what the edit costs. `revision` is the one the edit was made on. */
  edit(
    ref: Ref,
    settings: WorkspaceSettings,
    options: {
      readonly revision: number;
      readonly authorizedKeys?: readonly AuthorizedKey[];
      readonly then?: 'restart' | 'rebuild' | undefined;
    },
  ): Activity {
    const { revision, authorizedKeys, then } = options;
    return this.#run('edit', ref, l10n.t('Editing {0}', ref.name), async (engine, report, signal) => {
      const allowed = await this.#reviewedEdit(engine, ref.name, settings, signal);
      await engine.edit(
        ref.name,
        {
          settings,
          revision,
          ...(allowed && { reviewed: allowed }),
          ...(authorizedKeys && { authorizedKeys }),
        },
        report,
        signal,
      );
      if (then === 'rebuild') {
        await engine.rebuild(ref.name, { pull: false }, report, signal);
        await this.#launch(engine, ref, report, signal);
      }
      if (then === 'restart') {
        await engine.mayStart?.(ref.name, signal);
        await engine.stop(ref.name, { force: false }, report, signal);
        await this.#start(engine, ref, report, signal);
      }
    });
  }

  /** Who may enter, at once, whether it runs or not. */
  changeKeys(ref: Ref, title: string, change: KeyChange): Activity {
    return this.#run('edit', ref, title, async (engine, report, signal) => {
      await changeKeys(engine, ref.name, change, report, signal);
    });
  }

  /** What the workspace has already was allowed when it got it, perhaps by another person. */
  async #reviewedEdit(
    engine: Engine,
    name: WorkspaceName,
    settings: WorkspaceSettings,
    signal: AbortSignal,
  ): Promise<Reviewed | undefined> {
    if (settings.overrides === undefined) return undefined;
    const before = await engine.record(name, signal);
    return asksAnew(before.settings, settings) ? this.#reviewed(settings, engine.target.id) : undefined;
  }

  /** Its home, and its settings without secrets, as a file of this machine; `madeBy`: which Berth this is. */
  backUp(ref: Ref, path: string, madeBy: string): Activity {
    return this.#run('backup', ref, l10n.t('Backing up {0}', ref.name), async (engine, report, signal) => {
      report({ kind: 'step', step: 'home', message: l10n.t('Reading the home of {0}', ref.name) });
      const { settings, image, login } = await engine.record(ref.name, signal);
      const { tar, bytes } = await homesOf(engine).read(ref.name, signal);
      const manifest: BackupManifest = {
        format: 'berth-backup',
        version: 1,
        madeAt: new Date().toISOString(),
        madeBy,
        workspace: { name: ref.name, target: engine.target.title, engine: engine.target.kind },
        settings: withoutSecrets(settings),
        image,
        login,
        compression: bestCompression(),
      };
      const tell = often(report, bytes);
      let told = 0;
      const progress = (now: number) => {
        tell(now - told);
        told = now;
      };
      await writeBackup(path, manifest, tar, { signal, progress });
    });
  }

  /** The home of a backup in the place of the one that is there. What ran runs again, also where the backup was refused. */
  restore(ref: Ref, path: string, { startAgain }: { readonly startAgain: boolean }): Activity {
    return this.#run('restore', ref, l10n.t('Restoring {0}', ref.name), async (engine, report, signal) => {
      const source = backupSource(await openBackup(path));
      if (startAgain) {
        await engine.mayStart?.(ref.name, signal);
        await engine.stop(ref.name, { force: false }, report, signal);
      }
      const start = async () => startAgain && (await this.#start(engine, ref, report, signal));
      try {
        await homesOf(engine).replace(ref.name, source, report, signal);
      } catch (error) {
        // Of anything else it is not certain that the home is as it was.
        if (refusalCodes.some(code => isBerthError(error, code))) {
          await start().catch(cause =>
            report({
              kind: 'output',
              text: `${l10n.t('It could not be started again: {0}', String(cause))}\n`,
            }),
          );
        }
        throw error;
      }
      await start();
    });
  }

  #run(
    kind: ActivityKind,
    { target, name }: Ref,
    title: string,
    work: Work,
    options?: { readonly overtakes: boolean },
  ): Activity {
    const subject = { kind, target, name, title };
    const whole = async (report: Report, signal: AbortSignal) => {
      try {
        await work(await this.#fleet.engine(target), report, signal);
      } finally {
        // Also after a failure: the list and the ssh config follow what is, not what was meant.
        await this.#fleet.refresh(target);
        await this.#upkeep.follow(target);
      }
    };
    return this.#activities.run(subject, whole, options);
  }

  #isStopping({ target, name }: Ref): boolean {
    const running = this.#activities.of(target, name);
    return running?.kind === 'stop' && running.state === 'running';
  }

  /** Nobody means to give up the data that they are saving or bringing back: that it is under way they are told then. */
  async #interrupt({ target, name }: Ref): Promise<void> {
    const running = this.#activities.of(target, name);
    if (running?.state !== 'running' || ['backup', 'restore'].includes(running.kind)) return;
    running.cancel();
    await running.finished;
  }
}

/** Where that fails the workspace is as it was: it starts on the image that it has. */
async function takeNewest(
  engine: Engine,
  name: WorkspaceName,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  try {
    await engine.rebuild(name, { pull: true }, report, signal);
  } catch (error) {
    signal.throwIfAborted();
    const words = error instanceof Error ? error.message : String(error);
    report({ kind: 'output', text: `${l10n.t('The newer image could not be taken: {0}', words)}\n` });
  }
}
