/** What the form holds and knows: one draft, what is wrong with it, and who wants to hear of changes. */
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import {
  type AttemptInfo,
  Filler,
  type FormSetup,
  type formProtocol,
  type ImageFacts,
  type Result,
  type TargetInfo,
} from '../../src/panels/messages.ts';
import type { Room } from '../../src/workspace/capacity.ts';
import { conflictsOf, type Notice } from '../../src/workspace/conflicts.ts';
import {
  type CheckedForm,
  checkDraft,
  Draft,
  type FormKey,
  formFields,
  isOwnDoing,
  type Origin,
  withDefaultsOf,
} from '../../src/workspace/draft.ts';
import { type EditPlan, editPlan } from '../../src/workspace/editCost.ts';
import { costOf, type EngineKind } from '../../src/workspace/field.ts';
import { HomeOrigin } from '../../src/workspace/homeOrigin.ts';
import { type InheritedValues, inheritedFor } from '../../src/workspace/inherited.ts';
import { TargetId } from '../../src/workspace/name.ts';
import { inheritable, withBounds } from '../../src/workspace/policy/apply.ts';
import { type Bounds, type Limits, noBounds } from '../../src/workspace/policy/bounds.ts';
import { violationsOf } from '../../src/workspace/policy/check.ts';
import { answerable } from '../../src/workspace/policy/edited.ts';
import type { SettingKey } from '../../src/workspace/policy/rules.ts';
import { rightsInWords } from '../../src/workspace/rights.ts';
import { WorkspaceSettings } from '../../src/workspace/settings.ts';

export interface ImageInfo extends ImageFacts {
  /** Its registry is asked, or will be. */
  readonly isPending: boolean;
  /** Why the registry does not have it for this target. */
  readonly problem?: string;
  /** Why nothing is known of it yet. */
  readonly unknown?: string;
}
export type Choices = Result<typeof formProtocol, 'choices'>;
export type NameCheck = Result<typeof formProtocol, 'checkName'>;

/** What the page keeps over hiding and reload. The host reads `mode`, `source` and `home` of it. No secret is in it. */
export const PageState = z.object({
  mode: z.enum(['create', 'edit', 'duplicate']),
  source: z.object({ target: z.string(), name: z.string() }).optional(),
  home: HomeOrigin.optional(),
  from: Filler.optional(),
  draft: Draft,
  touched: z.array(z.string()),
  /** Ids of the groups that are unfolded. */
  open: z.array(z.string()),
  scroll: z.number(),
});
export type PageState = z.infer<typeof PageState>;

interface Watcher {
  readonly listener: () => void;
  readonly owner: Element | undefined;
  wasThere: boolean;
}

/** Before the target has been asked, and where it cannot be. */
export const noChoices: Choices = { volumes: [], offers: {}, unlisted: [] };

/** Listeners that answer a change with a change settle in two. */
const maxRounds = 5;

export class FormModel {
  readonly setup: FormSetup;
  /** Known to the page alone after a reload. */
  readonly from: FormSetup['from'];
  draft: Draft;
  targets: readonly TargetInfo[];
  image: ImageInfo | undefined;
  choices: Choices = noChoices;
  name: NameCheck = { use: 'free', message: '' };
  attempt: AttemptInfo;
  checked: CheckedForm;
  notices: readonly Notice[] = [];
  /** Edit only. */
  plan: EditPlan | undefined;
  /** Paths that were typed in: problems elsewhere are not shown yet. */
  readonly touched: Set<string>;
  readonly #watchers = new Set<Watcher>();
  #isUpdating = false;
  #isStale = false;

  constructor(setup: FormSetup, kept: PageState | undefined) {
    this.setup = setup;
    this.targets = setup.targets;
    this.attempt = setup.attempt;
    this.from = kept?.from ?? setup.from;
    this.draft = kept?.draft ?? setup.draft;
    this.touched = new Set(kept?.touched);
    this.checked = checkDraft(this.draft, this.inherited, setup.kept, this.engine);
    this.#check();
  }

  get target(): TargetInfo | undefined {
    return this.targets.find(({ id }) => id === this.draft.values.target);
  }

  /** The kind of engine that the form is for; a form without a target is for containers. */
  get engine(): EngineKind {
    return this.target?.kind ?? 'docker';
  }

  get targetId(): TargetId | undefined {
    const parsed = TargetId.safeParse(this.draft.values.target);
    return parsed.success && this.target ? parsed.data : undefined;
  }

  get inherited(): InheritedValues {
    return inheritable(this.target?.inherited ?? inheritedFor({}, ''), this.bounds);
  }

  /** Calls after every change, and once now; with an owner until that has left the page again. */
  watch(listener: () => void, owner?: Element): void {
    this.#watchers.add({ listener, owner, wasThere: false });
    listener();
  }

  value(key: FormKey): unknown {
    return this.draft.values[key];
  }

  text(key: FormKey): string {
    const value = this.draft.values[key];
    if (Array.isArray(value)) return value.join('\n');
    return value === undefined || value === null ? '' : String(value);
  }

  rows(key: FormKey): readonly Readonly<Record<string, unknown>>[] {
    const value = this.draft.values[key];
    return Array.isArray(value) ? value : [];
  }

  origin(key: FormKey): Origin {
    return this.draft.origins[key] ?? 'default';
  }

  /** The registry that is not asked about the image before the person says so: a link named both. */
  get unaskedRegistry(): string | undefined {
    const { isPending, strange } = this.image ?? {};
    return isPending && !isOwnDoing(this.origin('image'), this.touched.has('image')) ? strange : undefined;
  }

  /** Sets values of one origin at once. Typed ones count as touched. */
  set(values: Partial<Record<FormKey, unknown>>, origin: Origin): void {
    const keys = Object.keys(values);
    this.draft = {
      ...this.draft,
      values: { ...this.draft.values, ...values },
      origins: { ...this.draft.origins, ...Object.fromEntries(keys.map(key => [key, origin])) },
    };
    if (origin === 'typed') for (const key of keys) this.touched.add(key);
    this.changed();
  }

  /** Sets cells of one row of a list. */
  setCells(key: FormKey, index: number, cells: Readonly<Record<string, unknown>>): void {
    for (const column of Object.keys(cells)) this.touched.add(`${key}.${index}.${column}`);
    const rows = this.rows(key).map((row, at) => (at === index ? { ...row, ...cells } : row));
    this.set({ [key]: rows }, 'typed');
  }

  addRows(key: FormKey, rows: readonly Readonly<Record<string, unknown>>[]): void {
    this.set({ [key]: [...this.rows(key), ...rows] }, 'typed');
  }

  removeRow(key: FormKey, index: number): void {
    for (const path of [...this.touched]) if (path.startsWith(`${key}.`)) this.touched.delete(path);
    this.set({ [key]: this.rows(key).filter((_, at) => at !== index) }, 'typed');
  }

  setLeftOut(part: 'env' | 'labels', name: string, isLeftOut: boolean): void {
    const names = new Set(this.draft.leftOut[part]);
    if (isLeftOut) names.add(name);
    else names.delete(name);
    this.draft = { ...this.draft, leftOut: { ...this.draft.leftOut, [part]: [...names] } };
    this.changed();
  }

  touch(path: string): void {
    if (this.touched.has(path)) return;
    this.touched.add(path);
    this.changed();
  }

  /** Every problem is shown from now on. */
  touchAll(): void {
    for (const { path } of this.problems) this.touched.add(path);
    this.changed();
  }

  /** All that stands in the way of going on, in the order of the form. */
  get problems(): readonly Notice[] {
    const issues = this.checked.issues.map(
      ({ path, message }): Notice => ({ path, level: 'error', message }),
    );
    return [...issues, ...this.notices.filter(({ level }) => level === 'error')];
  }

  /** What to say at a field or cell; a problem only once something was typed there. */
  noticeAt(path: string): Notice | undefined {
    const issue = this.checked.issues.find(other => other.path === path);
    if (issue) return this.touched.has(path) ? { ...issue, level: 'error' } : undefined;
    return this.notices.find(notice => notice.path === path);
  }

  changed(): void {
    this.#check();
    this.#isStale = true;
    if (this.#isUpdating) return;
    this.#isUpdating = true;
    try {
      // A listener that sets a value makes another round, so that all hear of it.
      for (let round = 0; this.#isStale && round < maxRounds; round++) {
        this.#isStale = false;
        for (const watcher of this.#watchers) this.#call(watcher);
      }
    } finally {
      this.#isUpdating = false;
    }
  }

  #call(watcher: Watcher): void {
    const isThere = watcher.owner?.isConnected ?? true;
    if (!isThere && watcher.wasThere) this.#watchers.delete(watcher);
    else watcher.listener();
    watcher.wasThere = isThere;
  }

  /** What organisations allow on the target. */
  get bounds(): Bounds {
    return this.target?.policy.bounds ?? noBounds;
  }

  limits(key: FormKey): Limits | undefined {
    return this.bounds.settings[key];
  }

  #check(): void {
    const { engine } = this;
    const { kept, before, mode } = this.setup;
    if (this.target) {
      const isTouched = (key: string) => this.touched.has(key);
      const draft = withDefaultsOf(this.draft, engine, this.target.defaults, isTouched);
      this.draft = withBounds(draft, this.bounds, { engine, isTouched, isEdit: mode === 'edit' });
    }
    this.checked = checkDraft(this.draft, this.inherited, kept, engine);
    const { values } = this.checked;
    const place = { engine, room: this.#room(), before: mode === 'edit' ? before : undefined };
    this.notices = [
      ...this.#targetNotices(),
      ...this.#nameNotices(),
      ...this.#policyNotices(),
      ...conflictsOf(values, place, this.image ?? {}),
    ];
    this.plan = before && editPlan(before, this.#after(before), engine);
  }

  /** An edited workspace has its own share already: what is free beside it is not held against it. */
  #room(): Room {
    const room = this.target?.room ?? {};
    return this.setup.mode === 'edit'
      ? { ...room, freeMemoryBytes: undefined, freeDiskBytes: undefined }
      : room;
  }

  /** What this person may not do there is said before anything is made. */
  #targetNotices(): Notice[] {
    const { missingRights = [], warnings = [] } = this.target ?? {};
    const missing: Notice[] =
      missingRights.length === 0
        ? []
        : [
            {
              path: 'target',
              // One that is there already may be changed as far as the target lets it.
              level: this.setup.mode === 'edit' ? 'warning' : 'error',
              message: l10n.t(
                'You may not do this there, and workspaces need it: {0}.',
                rightsInWords(missingRights),
              ),
            },
          ];
    return warnings.length === 0
      ? missing
      : [...missing, { path: 'target', level: 'warning', message: warnings.join(' ') }];
  }

  /** What an edit leaves as it was stands in nobody's way here: it is refused at the next start, if it can be changed at all. */
  #policyNotices(): Notice[] {
    const { engine, image } = this;
    const { before, mode } = this.setup;
    const { refusal } = this.target?.policy ?? {};
    const invalid = new Set(this.checked.issues.map(({ path }) => path.split('.')[0]));
    const isFixed = (key: SettingKey) => {
      const meta = formFields.get(key);
      return (
        mode === 'edit' && before !== undefined && meta !== undefined && costOf(meta, engine) === 'never'
      );
    };
    const changed =
      mode === 'edit' && before ? answerable(before, this.#after(before), this.bounds) : undefined;
    const notice = (path: SettingKey, message: string): Notice => ({
      path,
      level: !changed || changed.has(path) ? 'error' : 'warning',
      message,
    });
    const found = violationsOf(this.checked.values, this.bounds, engine)
      .filter(({ key }) => !invalid.has(key) && !isFixed(key))
      .map(({ key, message }) => notice(key, message));
    return [
      ...(refusal ? [{ path: 'target', level: 'error' as const, message: refusal }] : []),
      ...(image?.refused ? [notice('image', image.refused)] : []),
      ...found,
    ];
  }

  #nameNotices(): Notice[] {
    const { use, message } = this.name;
    if (use === 'free') return [];
    return [{ path: 'name', level: use === 'taken' ? 'error' : 'warning', message }];
  }

  /** The settings with every valid change, for the cost: what is invalid yet counts as unchanged. */
  #after(before: WorkspaceSettings): WorkspaceSettings {
    const { target: _, name: __, ...values } = this.checked.values;
    const invalid = new Set(this.checked.issues.map(({ path }) => path.split('.')[0]));
    const optional = Object.keys(WorkspaceSettings.shape).filter(
      key => !(key in values) && !invalid.has(key),
    );
    const kept = Object.fromEntries(Object.entries(before).filter(([key]) => !optional.includes(key)));
    const parsed = WorkspaceSettings.safeParse({ ...kept, ...values });
    return parsed.success ? parsed.data : before;
  }
}
