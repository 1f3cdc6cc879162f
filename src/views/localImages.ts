/** What each target keeps itself. Asked for when a target is opened, and again when told to. */
import * as l10n from '@vscode/l10n';
import type { LocalImage } from '../engine/engine.ts';
import type { Fleet } from '../engine/fleet.ts';
import { keepsImages } from '../engine/target.ts';
import { BerthError, isBerthError } from '../workspace/error.ts';
import type { TargetId } from '../workspace/name.ts';
import type { ImagesPart } from './imagesPart.ts';
import type { GroupNode, ImageNode, TreeNode } from './nodes.ts';

/** A store that takes longer is told as a problem. */
const listTimeoutMs = 15_000;

type Listed = { readonly images: readonly LocalImage[] } | { readonly problem: BerthError };

export class LocalImages implements ImagesPart {
  readonly #fleet: Fleet;
  /** One list a target at a time: two that overlap would give the view the same ids twice. */
  readonly #lists = new Map<TargetId, Promise<Listed>>();

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  async top(): Promise<GroupNode | undefined> {
    await this.#fleet.load();
    const isThere = this.#fleet.targets().some(({ target }) => keepsImages(target));
    return isThere ? { kind: 'group', group: 'local' } : undefined;
  }

  children(node: TreeNode): Promise<TreeNode[]> | undefined {
    if (node.kind === 'target') return this.#imagesOf(node.target);
    if (node.kind !== 'group' || node.group !== 'local') return undefined;
    const targets = this.#fleet.targets().filter(({ target }) => keepsImages(target));
    return Promise.resolve(targets.map(of => ({ kind: 'target', target: of.target.id, of })));
  }

  /** The target is asked again at the next look, or all of them. */
  forget(target?: TargetId): void {
    if (target === undefined) this.#lists.clear();
    else this.#lists.delete(target);
  }

  async #imagesOf(target: TargetId): Promise<TreeNode[]> {
    const list = this.#lists.get(target) ?? this.#list(target);
    this.#lists.set(target, list);
    const listed = await list;
    if ('problem' in listed) return [{ kind: 'problem', target, error: listed.problem }];
    if (listed.images.length === 0) return [{ kind: 'hint', target, what: 'no-images' }];
    return listed.images.map((image): ImageNode => ({ kind: 'image', target, image }));
  }

  async #list(target: TargetId): Promise<Listed> {
    try {
      const { images } = await this.#fleet.engine(target);
      return { images: (await images?.list(AbortSignal.timeout(listTimeoutMs))) ?? [] };
    } catch (cause) {
      const problem = isBerthError(cause)
        ? cause
        : new BerthError(l10n.t('Cannot list the images of “{0}”', target), { cause });
      return { problem };
    }
  }
}
