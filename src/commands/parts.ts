/** What commands work with, handed to them at activation. */
import type * as vscode from 'vscode';
import type { Activities } from '../engine/activities.ts';
import type { Fleet } from '../engine/fleet.ts';
import type { ImageUpdates } from '../engine/imageUpdates.ts';
import type { KeptHomes } from '../engine/keptHomes.ts';
import type { ImagesTree } from '../views/imagesTree.ts';
import type { RegistryRows } from '../views/registryRows.ts';
import type { WorkspacesTree } from '../views/workspacesTree.ts';
import type { BuildLog } from '../vscode/buildLog.ts';
import type { Log } from '../vscode/log.ts';
import type { Personal } from '../vscode/personal.ts';
import type { CatalogueProblems } from './catalogueProblems.ts';
import type { CatalogueShelf } from './catalogueShelf.ts';
import type { CatalogueTrial } from './catalogueTrial.ts';
import type { Documents } from './documents.ts';
import type { Forwards } from './forwards.ts';
import type { Machine } from './machine.ts';
import type { Me } from './me.ts';
import type { Operations } from './operations.ts';
import type { Pages } from './pages.ts';
import type { PolicyDesk } from './policyDesk.ts';
import type { RegistryDesk } from './registryDesk.ts';
import type { SshUpkeep } from './sshUpkeep.ts';
import type { TemplateLibrary } from './templates/library.ts';
import type { OwnTemplateFiles } from './templates/ownFiles.ts';

export interface Parts {
  readonly context: vscode.ExtensionContext;
  readonly fleet: Fleet;
  readonly activities: Activities;
  readonly operations: Operations;
  readonly updates: ImageUpdates;
  readonly keptHomes: KeptHomes;
  readonly upkeep: SshUpkeep;
  readonly machine: Machine;
  readonly me: Me;
  readonly personal: Personal;
  readonly forwards: Forwards;
  readonly documents: Documents;
  readonly shelf: CatalogueShelf;
  readonly templates: TemplateLibrary;
  readonly templateFiles: OwnTemplateFiles;
  readonly pages: Pages;
  readonly workspacesTree: WorkspacesTree;
  readonly imagesTree: ImagesTree;
  readonly registryRows: RegistryRows;
  readonly desk: RegistryDesk;
  readonly policyDesk: PolicyDesk;
  readonly buildLog: BuildLog;
  readonly catalogueProblems: CatalogueProblems;
  readonly catalogueTrial: CatalogueTrial;
  readonly log: Log;
}

/** The commands of one file: id without `berth.`, and what it does with what the menu, key or page handed over. */
export type Commands = Readonly<Record<string, (...args: unknown[]) => unknown>>;
