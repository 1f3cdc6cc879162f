/** What a namespace has of Berth's, kept up to date by watches while somebody looks: lists then ask nobody. */
import { Listeners } from '../listeners.ts';
import { allOfBerth } from './names.ts';
import type { Kind, Objects } from './objects.ts';
import type { NamespaceObjects } from './parts.ts';
import { Claim, Job, type ObjectReport, PlainObject, Pod } from './reports.ts';
import { type Change, watchList } from './watch.ts';

/** As promised by Engine.watch. */
const quietMs = 100;

const watched = [
  { kind: 'secretNotes', as: 'secrets', object: PlainObject, isMetadataOnly: true },
  { kind: 'claim', as: 'claims', object: Claim, isMetadataOnly: false },
  { kind: 'job', as: 'jobs', object: Job, isMetadataOnly: false },
  { kind: 'pod', as: 'pods', object: Pod, isMetadataOnly: false },
] as const satisfies readonly {
  kind: Kind;
  as: keyof NamespaceObjects;
  object: unknown;
  isMetadataOnly: boolean;
}[];

export class Follower implements Disposable {
  readonly #objects: Objects;
  readonly #changes = new Listeners<void>();
  readonly #known = new Map<keyof NamespaceObjects, Map<string, ObjectReport>>();
  readonly #log: (message: string) => void;
  #watches: Disposable[] = [];
  #lookers = 0;
  #timer: NodeJS.Timeout | undefined;
  #toldAt = 0;

  constructor(objects: Objects, log: (message: string) => void) {
    this.#objects = objects;
    this.#log = log;
  }

  /** Watches while at least one such object lives. */
  watch(onChange: () => void): Disposable {
    const listening = this.#changes.add(onChange);
    if (this.#lookers++ === 0) this.#begin();
    let isOver = false;
    return {
      [Symbol.dispose]: () => {
        if (isOver) return;
        isOver = true;
        listening[Symbol.dispose]();
        if (--this.#lookers === 0) this.#end();
      },
    };
  }

  /** undefined while nobody looks, the first lists are not there yet, or the server does not answer. */
  snapshot(): NamespaceObjects | undefined {
    const lists = watched.map(({ as }) => this.#known.get(as));
    if (lists.some(list => list === undefined)) return undefined;
    const of = <T>(as: keyof NamespaceObjects) => [...(this.#known.get(as)?.values() ?? [])] as T[];
    return { secrets: of('secrets'), claims: of('claims'), jobs: of('jobs'), pods: of('pods') };
  }

  [Symbol.dispose](): void {
    this.#lookers = 0;
    this.#end();
    this.#changes.clear();
  }

  #begin(): void {
    this.#watches = watched.map(({ kind, as, object, isMetadataOnly }) =>
      watchList<ObjectReport>({
        api: this.#objects.api,
        path: this.#objects.path(kind),
        query: { labelSelector: allOfBerth },
        object,
        isMetadataOnly,
        onChange: change => this.#take(as, change),
        onFailure: error => {
          // What is known may be of yesterday: whoever asks is to hear it from the server.
          this.#known.delete(as);
          this.#log(`watching ${as}: ${error}`);
          this.#tell();
        },
      }),
    );
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const watch of this.#watches) watch[Symbol.dispose]();
    this.#watches = [];
    this.#known.clear();
  }

  #take(as: keyof NamespaceObjects, change: Change<ObjectReport>): void {
    if (change.kind === 'list') {
      this.#known.set(as, new Map(change.objects.map(object => [object.name, object])));
    } else {
      const known = this.#known.get(as);
      if (change.kind === 'deleted') known?.delete(change.object.name);
      else known?.set(change.object.name, change.object);
    }
    this.#tell();
  }

  #tell(): void {
    if (this.#timer || this.#lookers === 0) return;
    const waitMs = Math.max(0, this.#toldAt + quietMs - Date.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#toldAt = Date.now();
      this.#changes.fire();
    }, waitMs);
    this.#timer.unref();
  }
}
