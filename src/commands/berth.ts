/** Berth itself, loaded at its first use: builds the parts and hands them to each other. */
import type * as vscode from 'vscode';
import { Activities } from '../engine/activities.ts';
import { Fleet } from '../engine/fleet.ts';
import { ImageUpdates } from '../engine/imageUpdates.ts';
import { KeptHomes } from '../engine/keptHomes.ts';
import { openEngine } from '../engine/load.ts';
import { guarded } from '../policy/guarded.ts';
import { watchMarks } from '../ssh/markWatch.ts';
import { CatalogueRows } from '../views/catalogueRows.ts';
import { ImagesTree } from '../views/imagesTree.ts';
import type { LazyTree } from '../views/lazyTree.ts';
import { LocalImages } from '../views/localImages.ts';
import { RegistryRows } from '../views/registryRows.ts';
import { TemplateRows } from '../views/templateRows.ts';
import { WorkspacesTree } from '../views/workspacesTree.ts';
import { BuildLog } from '../vscode/buildLog.ts';
import type { ContextKeys } from '../vscode/contextKeys.ts';
import { DisposableStore } from '../vscode/disposables.ts';
import { showError } from '../vscode/errors.ts';
import type { Log } from '../vscode/log.ts';
import { Personal } from '../vscode/personal.ts';
import { accessCommands } from './access.ts';
import { adoptionCommands } from './adopted.ts';
import { Adoptions } from './adoptions.ts';
import { appCommands } from './apps.ts';
import { arrangementCommands } from './arrangement.ts';
import { Automation } from './automation/automation.ts';
import { backupCommands } from './backup.ts';
import { buildCommands } from './buildImage.ts';
import { catalogueAuthoringCommands } from './catalogueAuthoring.ts';
import { CatalogueProblems } from './catalogueProblems.ts';
import { CatalogueShelf } from './catalogueShelf.ts';
import { catalogueCommands } from './catalogues.ts';
import { CatalogueTrial } from './catalogueTrial.ts';
import { connectCommands } from './connect.ts';
import { connectionCommands } from './connectionFiles.ts';
import { createCommands } from './create.ts';
import { Documents } from './documents.ts';
import { engineHost } from './engineHost.ts';
import { Forwards } from './forwards.ts';
import { imageCommands } from './images.ts';
import { imageUpdateCommands } from './imageUpdates.ts';
import { keptHomeCommands } from './keptHomes.ts';
import { lifecycleCommands } from './lifecycle.ts';
import { linkCommands } from './links.ts';
import { Machine } from './machine.ts';
import { Me } from './me.ts';
import { addressCommands } from './openAddress.ts';
import { Operations } from './operations.ts';
import { pageServices } from './pageServices.ts';
import { Pages } from './pages.ts';
import type { Commands, Parts } from './parts.ts';
import { policyCommands } from './policy.ts';
import { PolicyDesk } from './policyDesk.ts';
import { publishCommands } from './publish.ts';
import { pullSecretCommands } from './pullSecrets.ts';
import { registryCommands } from './registries.ts';
import { registryBrowsingCommands } from './registryBrowsing.ts';
import { RegistryDesk } from './registryDesk.ts';
import { registryLoginCommands } from './registryLogin.ts';
import { RemoteWindow, whenInWorkspace, windowCommands, workspaceOfWindow } from './remoteWindow.ts';
import { repositoryCommands } from './repository.ts';
import { RotationUpkeep, rotationCommands } from './rotateKey.ts';
import { scaffoldCommands } from './scaffold.ts';
import { showCommands } from './show.ts';
import { SshUpkeep } from './sshUpkeep.ts';
import { StartOffers } from './startOffers.ts';
import { targetCommands } from './targets.ts';
import { TemplateLibrary } from './templates/library.ts';
import { OwnTemplateFiles } from './templates/ownFiles.ts';
import { templateCommands } from './templates/templates.ts';
import { timeCommands } from './time.ts';
import { TimeWarnings } from './timeWarnings.ts';

/** What is there from activation on. */
export interface Shell {
  readonly context: vscode.ExtensionContext;
  readonly log: Log;
  readonly keys: ContextKeys;
  readonly workspaces: LazyTree;
  readonly images: LazyTree;
}

export class Berth implements vscode.Disposable {
  readonly parts: Parts;
  readonly automation: Automation;
  readonly #commands: Commands;
  readonly #owned = new DisposableStore();

  constructor({ context, log, keys, workspaces, images }: Shell) {
    const owned = this.#owned;
    const machine = new Machine();
    const me = owned.add(new Me());
    const activities = new Activities();
    const personal = new Personal(context.globalState);
    const desk = owned.add(new RegistryDesk(context.secrets));
    const { registries } = desk;
    const fleet: Fleet = owned.add(
      new Fleet(machine.source, async target =>
        guarded(await openEngine(target, await engineHost(context, log, desk.access)), {
          look: (asked, signal) => policyDesk.policies.look(asked, signal),
        }),
      ),
    );
    const adoptions = owned.add(new Adoptions(machine.ssh.adopted, fleet, log));
    const policyDesk = owned.add(new PolicyDesk(machine, fleet, log));
    const localImages = new LocalImages(fleet);
    const registryRows = owned.add(
      new RegistryRows({
        registries,
        problems: () => desk.settings.list().problems,
        userOf: async host => (await desk.typedLogins.credentials(host))?.username,
        redraw: nodes => images.redraw(nodes),
      }),
    );
    owned.add(desk.settings.onDidChange(() => images.redraw()));
    const shelf = owned.add(new CatalogueShelf(context, personal));
    const catalogueRows = owned.add(new CatalogueRows(shelf, () => images.redraw()));
    const templates = owned.add(new TemplateLibrary(personal, shelf));
    const templateRows = owned.add(new TemplateRows(templates, () => images.redraw()));
    const upkeep = owned.add(new SshUpkeep(fleet, machine, context, log));
    const updates = owned.add(
      new ImageUpdates(fleet, {
        newest: (reference, signal) => registries.digest(reference, signal),
        log: (message, error) => log.write('debug', message, error),
      }),
    );
    const note = (message: string, error: unknown) => log.write('warn', message, error);
    const keptHomes = owned.add(new KeptHomes(fleet, note));
    const parts: Parts = {
      context,
      fleet,
      activities,
      operations: new Operations(fleet, activities, machine, upkeep, personal, target => ({
        forbidden: policyDesk.policies.known(target).bounds.trust,
      })),
      updates,
      keptHomes,
      upkeep,
      machine,
      adoptions,
      me,
      personal,
      forwards: owned.add(new Forwards(fleet, machine, log)),
      documents: owned.add(new Documents(fleet, registries, log)),
      shelf,
      templates,
      templateFiles: new OwnTemplateFiles(personal),
      pages: new Pages(() => pageServices(parts), shelf),
      imagesTree: owned.add(
        new ImagesTree(images, fleet, localImages, [templateRows, catalogueRows, registryRows, localImages]),
      ),
      registryRows,
      desk,
      policyDesk,
      workspacesTree: owned.add(
        new WorkspacesTree(workspaces, fleet, activities, personal, keys, updates, adoptions, keptHomes, me),
      ),
      buildLog: owned.add(new BuildLog()),
      catalogueProblems: owned.add(new CatalogueProblems(note)),
      catalogueTrial: owned.add(new CatalogueTrial(note)),
      log,
    };
    this.parts = parts;
    this.automation = owned.add(new Automation(parts));
    this.#commands = {
      ...createCommands(parts),
      ...connectCommands(parts),
      ...adoptionCommands(parts),
      ...lifecycleCommands(parts),
      ...accessCommands(parts),
      ...connectionCommands(parts),
      ...rotationCommands(parts),
      ...timeCommands(parts),
      ...backupCommands(parts),
      ...keptHomeCommands(parts),
      ...policyCommands(parts),
      ...appCommands(parts),
      ...addressCommands(parts),
      ...showCommands(parts),
      ...targetCommands(parts),
      ...imageCommands(parts),
      ...imageUpdateCommands(parts),
      ...registryCommands(parts),
      ...registryLoginCommands(parts),
      ...registryBrowsingCommands(parts),
      ...scaffoldCommands(parts),
      ...buildCommands(parts),
      ...publishCommands(parts),
      ...pullSecretCommands(parts),
      ...arrangementCommands(parts),
      ...windowCommands(parts),
      ...catalogueCommands(parts),
      ...linkCommands(parts),
      ...templateCommands(parts),
      ...repositoryCommands(parts),
      ...catalogueAuthoringCommands(parts),
    };
    const offers = owned.add(new StartOffers(fleet, machine, log, workspaceOfWindow));
    owned.add(new TimeWarnings(fleet, workspaceOfWindow));
    owned.add(watchMarks(machine.ssh.folder, 'extended', ({ target }) => fleet.renewTimes(target)));
    owned.add(new RotationUpkeep(fleet, machine, log));
    owned.add(whenInWorkspace(ref => new RemoteWindow(ref, fleet, adoptions, keys, offers)));
  }

  /** Runs `berth.<id>`; a failure becomes one notification with its fix. */
  async run(id: string, args: readonly unknown[]): Promise<void> {
    try {
      await this.#commands[id]?.(...args);
    } catch (error) {
      showError(error, this.parts.log);
    }
  }

  dispose(): void {
    this.#owned.dispose();
  }
}
