/** What the trees show, as plain data. Ids are stable over every change of state, so that selection and expansion stay. */
import * as z from 'zod';
import type { LocalImage } from '../engine/engine.ts';
import type { FleetTarget } from '../engine/fleetMember.ts';
import type { ImageUpdate } from '../image/imageUpdate.ts';
import { familiarReference } from '../image/reference.ts';
import type { BerthError } from '../workspace/error.ts';
import type { EngineKind } from '../workspace/field.ts';
import { TargetId, WorkspaceName } from '../workspace/name.ts';
import type { App, Mount, Port } from '../workspace/settings.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { type CatalogueTreeNode, catalogueNodeId } from './catalogueNodes.ts';
import { type RegistryTreeNode, RepositoryArgument, registryNodeId, TagArgument } from './registryNodes.ts';
import { type TemplateTreeNode, templateNodeId } from './templateNodes.ts';

export type TreeNode =
  | TargetNode
  | WorkspaceNode
  | PortNode
  | VolumeNode
  | ProblemNode
  | ImageNode
  | HintNode
  | GroupNode
  | KeptHomesNode
  | KeptHomeNode
  | RegistryTreeNode
  | CatalogueTreeNode
  | TemplateTreeNode;

export interface TargetNode {
  readonly kind: 'target';
  readonly target: TargetId;
  readonly of: FleetTarget;
}
export interface WorkspaceNode {
  readonly kind: 'workspace';
  readonly target: TargetId;
  readonly name: WorkspaceName;
  readonly of: Workspace;
  readonly engine: EngineKind;
  readonly isFavourite: boolean;
  /** The operation under way in this window, in words. */
  readonly activity: string | undefined;
  /** Who made it, where that is somebody else. */
  readonly madeBy: string | undefined;
  /** A newer image under the same tag, where one is known. */
  readonly update: ImageUpdate | undefined;
}
/** A port, or an app that listens on one. */
export interface PortNode {
  readonly kind: 'port';
  readonly target: TargetId;
  readonly name: WorkspaceName;
  readonly port: Port;
  readonly app: App | undefined;
  readonly isRunning: boolean;
}
/** The home (source 'home') or another mount. */
export interface VolumeNode {
  readonly kind: 'volume';
  readonly target: TargetId;
  readonly name: WorkspaceName;
  readonly source: string;
  /** Where it is mounted. */
  readonly path: string;
  readonly type: 'home' | Mount['type'];
  readonly isReadOnly: boolean;
}
/** Something is wrong with the target, or with the list of targets (no target). */
export interface ProblemNode {
  readonly kind: 'problem';
  readonly target: TargetId | undefined;
  readonly error: BerthError | Error;
}
export interface ImageNode {
  readonly kind: 'image';
  readonly target: TargetId;
  readonly image: LocalImage;
}
/** A part of the Images view. */
export interface GroupNode {
  readonly kind: 'group';
  readonly group: 'templates' | 'catalogues' | 'registries' | 'local';
}
/** The homes of a target's deleted workspaces. */
export interface KeptHomesNode {
  readonly kind: 'keptHomes';
  readonly target: TargetId;
  readonly engine: EngineKind;
  readonly count: number;
}
export interface KeptHomeNode {
  readonly kind: 'keptHome';
  readonly target: TargetId;
  /** Of the workspace that was deleted. */
  readonly name: WorkspaceName;
  readonly engine: EngineKind;
  /** ISO 8601. */
  readonly createdAt: string | undefined;
  /** Undefined until it was measured. */
  readonly bytes: number | undefined;
}
/** A line that says why nothing stands there. */
export interface HintNode {
  readonly kind: 'hint';
  readonly target: TargetId;
  readonly what: 'loading' | 'no-workspaces' | 'no-images';
}

/** What commands take from a node, a page or a key binding. */
export const WorkspaceArgument = z.object({ target: TargetId, name: WorkspaceName });
export const KeptHomeArgument = z.object({
  kind: z.literal('keptHome'),
  target: TargetId,
  name: WorkspaceName,
});
export const TargetArgument = z.object({ target: TargetId });
export const ImageArgument = z.object({ target: TargetId, image: z.object({ reference: z.string() }) });
export const PortArgument = z.object({
  target: TargetId,
  name: WorkspaceName,
  port: z.object({ port: z.int() }),
});

/** The reference of the image that a row stands for: of a target, or a tag in a registry. */
export function imageOf(row: unknown): string | undefined {
  const tag = TagArgument.safeParse(row).data;
  return tag ? familiarReference(tag) : ImageArgument.safeParse(row).data?.image.reference;
}

/** The name of the repository or tag that a row of a registry stands for. */
export function repositoryOf(row: unknown): string | undefined {
  const repository = RepositoryArgument.safeParse(row).data;
  return repository && (imageOf(row) ?? familiarReference(repository));
}

export function nodeId(node: TreeNode): string {
  switch (node.kind) {
    case 'target':
      return `target:${node.target}`;
    case 'workspace':
      return `workspace:${node.target}/${node.name}`;
    case 'port':
      return `port:${node.target}/${node.name}/${node.app?.id ?? ''}:${node.port.port}`;
    case 'volume':
      return `volume:${node.target}/${node.name}/${node.path}`;
    case 'problem':
      return `problem:${node.target ?? ''}`;
    case 'image':
      return `image:${node.target}/${node.image.id}/${node.image.reference}`;
    case 'hint':
      return `hint:${node.target}/${node.what}`;
    case 'group':
      return `group:${node.group}`;
    case 'keptHomes':
      return `kept:${node.target}`;
    case 'keptHome':
      return `kept:${node.target}/${node.name}`;
    case 'catalogue':
    case 'catalogueEntry':
    case 'unusable':
    case 'catalogueNote':
      return catalogueNodeId(node);
    case 'template':
    case 'templateNote':
      return templateNodeId(node);
    default:
      return registryNodeId(node);
  }
}
