import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import type { Engine, EngineFacts } from '../../../src/engine/engine.ts';
import { Fleet, type TargetSource } from '../../../src/engine/fleet.ts';
import { Listeners } from '../../../src/engine/listeners.ts';
import type { Target } from '../../../src/engine/target.ts';
import { BerthError, isBerthError } from '../../../src/workspace/error.ts';
import { TargetId, WorkspaceName } from '../../../src/workspace/name.ts';
import type { Workspace } from '../../../src/workspace/workspace.ts';
import { sampleSettings } from '../views/samples.ts';

const target = (id: string): Target => ({
  kind: 'docker',
  id: TargetId.parse(id),
  title: id,
  endpoint: { type: 'unix', path: `/run/${id}.sock` },
  origin: 'test',
});

const workspace = (id: string, name: string): Workspace => ({
  target: TargetId.parse(id),
  name: WorkspaceName.parse(name),
  state: { kind: 'Running', reason: '' },
  createdBy: 'test',
  createdAt: '2026-01-01T00:00:00Z',
  settings: undefined,
  image: 'debian:bookworm',
  hostKey: undefined,
  login: undefined,
  startedAt: '2026-01-01T00:00:00Z',
});

const facts: EngineFacts = {
  version: 'Memory 1',
  platforms: ['linux/amd64'],
  cpus: 2,
  memoryBytes: 2 ** 30,
  runtimes: [],
  defaultRuntime: 'none',
  gpus: false,
  isLocal: true,
};

/** An engine whose containers are a list in memory: enough of one for whoever only lists and watches. */
class MemoryEngine {
  readonly target: Target;
  workspaces: Workspace[] = [];
  failure: Error | undefined;
  /** What a list waits for. */
  gate: Promise<void> = Promise.resolve();
  lists = 0;
  probes = 0;
  isDisposed = false;
  readonly watchers = new Listeners<void>();
  watching = 0;

  constructor(target: Target) {
    this.target = target;
  }

  async probe(): Promise<EngineFacts> {
    this.probes++;
    if (this.failure) throw this.failure;
    return facts;
  }

  async list(): Promise<Workspace[]> {
    this.lists++;
    await this.gate;
    if (this.failure) throw this.failure;
    return [...this.workspaces];
  }

  watch(onChange: () => void): Disposable {
    this.watching++;
    const watcher = this.watchers.add(onChange);
    return {
      [Symbol.dispose]: () => {
        this.watching--;
        watcher[Symbol.dispose]();
      },
    };
  }

  /** What `berth time` says in each of its workspaces. */
  said = '';
  asked = 0;

  async exec() {
    this.asked++;
    return { exitCode: 0, stdout: this.said, stderr: '' };
  }

  async retire(): Promise<void> {
    this.isDisposed = true;
  }

  [Symbol.dispose](): void {
    this.isDisposed = true;
  }
}

/** A fleet over engines in memory, with the list of targets in the test's hands. */
function setUp(...ids: string[]) {
  const engines = new Map<string, MemoryEngine>();
  const changed = new Listeners<void>();
  const file = { targets: ids.map(target), found: [] as Target[], failure: undefined as Error | undefined };
  const source: TargetSource = {
    read: async () => {
      if (file.failure) throw file.failure;
      return [...file.targets];
    },
    discover: async () => {
      file.targets.push(...file.found.splice(0));
    },
    onChange: listener => changed.add(listener),
  };
  const fleet = new Fleet(source, async target => {
    const engine = engines.get(target.id) ?? new MemoryEngine(target);
    engines.set(target.id, engine);
    return engine as unknown as Engine;
  });
  const engine = (id: string) => {
    const found = engines.get(id) ?? new MemoryEngine(target(id));
    engines.set(id, found);
    return found;
  };
  return { fleet, engine, engines, file, changed };
}

/** The next change of the fleet for which the condition holds. */
function until(fleet: Fleet, holds: () => boolean): Promise<void> {
  if (holds()) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the fleet never got there')), 2000);
    const watch = fleet.onDidChange(() => {
      if (!holds()) return;
      clearTimeout(timer);
      watch[Symbol.dispose]();
      resolve();
    });
  });
}

describe('Fleet', () => {
  it('opens no engine until it is looked at', async () => {
    const { fleet, engines } = setUp('one');
    await fleet.load();
    assert.equal(fleet.isLoaded, true);
    assert.equal(engines.size, 0);
    assert.equal(fleet.targets()[0]?.health, 'unknown');
    fleet[Symbol.dispose]();
  });

  it('lists and watches while somebody looks, and stops with the last one', async () => {
    const { fleet, engine } = setUp('one');
    engine('one').workspaces = [workspace('one', 'brave-otter')];
    const first = fleet.look();
    const second = fleet.look();
    await until(fleet, () => fleet.workspaces().length === 1);
    assert.equal(engine('one').watching, 1);
    engine('one').workspaces.push(workspace('one', 'calm-fox'));
    engine('one').watchers.fire();
    await until(fleet, () => fleet.workspaces().length === 2);
    first[Symbol.dispose]();
    assert.equal(engine('one').watching, 1);
    second[Symbol.dispose]();
    assert.equal(engine('one').watching, 0);
    fleet[Symbol.dispose]();
    await Promise.resolve();
    assert.equal(engine('one').isDisposed, true);
  });

  it('watches only the target that is looked at', async () => {
    const { fleet, engine, engines } = setUp('one', 'two');
    const look = fleet.look(TargetId.parse('two'));
    await until(fleet, () => fleet.target(TargetId.parse('two'))?.health === 'up');
    assert.equal(engine('two').watching, 1);
    assert.equal(engines.has('one'), false);
    look[Symbol.dispose]();
    fleet[Symbol.dispose]();
  });

  it('shows a target that is down as such, its workspaces as Unknown, and never lets it hold up another', async () => {
    const { fleet, engine } = setUp('one', 'two');
    engine('one').workspaces = [workspace('one', 'brave-otter')];
    engine('two').gate = new Promise(() => undefined);
    const look = fleet.look();
    await until(fleet, () => fleet.target(TargetId.parse('one'))?.health === 'up');
    assert.equal(fleet.target(TargetId.parse('two'))?.health, 'unknown');

    engine('one').failure = new BerthError('one is gone', { code: 'unreachable' });
    engine('one').watchers.fire();
    await until(fleet, () => fleet.target(TargetId.parse('one'))?.health === 'down');
    const down = fleet.target(TargetId.parse('one'));
    assert.equal(down?.problem?.message, 'one is gone');
    assert.deepEqual(
      down?.workspaces.map(({ name, state, startedAt }) => [name, state.kind, startedAt]),
      [['brave-otter', 'Unknown', undefined]],
    );

    engine('one').failure = undefined;
    engine('one').watchers.fire();
    await until(fleet, () => fleet.target(TargetId.parse('one'))?.health === 'up');
    assert.equal(fleet.workspaces()[0]?.state.kind, 'Running');
    assert.equal(engine('one').probes, 2);
    look[Symbol.dispose]();
    fleet[Symbol.dispose]();
  });

  it('wraps what is not a BerthError and keeps it as the cause', async () => {
    const { fleet, engine } = setUp('one');
    engine('one').failure = new Error('socket hang up');
    await fleet.refresh();
    const problem = fleet.targets()[0]?.problem;
    assert.ok(isBerthError(problem, 'unreachable'));
    assert.equal((problem.cause as Error).message, 'socket hang up');
    fleet[Symbol.dispose]();
  });

  it('asks for facts anew when a person does, and each minute while somebody looks', async () => {
    mock.timers.enable({ apis: ['setInterval', 'Date'], now: Date.now() });
    const { fleet, engine } = setUp('one');
    const id = TargetId.parse('one');
    const look = fleet.look();
    await until(fleet, () => fleet.target(id)?.health === 'up');
    const settled = () => new Promise(resolve => setImmediate(resolve));
    const { lists } = engine('one');
    engine('one').watchers.fire();
    await until(fleet, () => engine('one').lists > lists);
    await settled();
    assert.equal(engine('one').probes, 1);
    await fleet.refresh(id);
    assert.equal(engine('one').probes, 2);
    mock.timers.tick(60_000);
    await until(fleet, () => engine('one').probes === 3);
    look[Symbol.dispose]();
    mock.timers.tick(600_000);
    await settled();
    assert.equal(engine('one').probes, 3);
    mock.timers.reset();
    fleet[Symbol.dispose]();
  });

  it('asks for the time that is left as soon as it hears of an extension elsewhere, where somebody looks', async () => {
    const { fleet, engine } = setUp('one');
    const id = TargetId.parse('one');
    const limited = { ...workspace('one', 'brave-otter'), settings: sampleSettings({ lifespanHours: 8 }) };
    engine('one').workspaces = [limited];
    const hours = () => Math.round(((fleet.workspaces()[0]?.time?.endsAt ?? 0) - Date.now()) / 3_600_000);
    engine('one').said = 'berth-time 28800 lifespan 0 100 8 h lifespan\n';
    const look = fleet.look();
    await until(fleet, () => hours() === 8);
    engine('one').said = 'berth-time 36000 lifespan 0 100 8 h lifespan, extended by 2 h\n';
    fleet.renewTimes(id);
    await until(fleet, () => hours() === 10);
    assert.equal(engine('one').asked, 2);
    look[Symbol.dispose]();
    fleet.renewTimes(id);
    await new Promise(resolve => setImmediate(resolve));
    assert.equal(engine('one').asked, 2);
    fleet[Symbol.dispose]();
  });

  it('does not take a target for down whose facts alone are late', async () => {
    const { fleet, engine } = setUp('one');
    await fleet.refresh();
    engine('one').probe = () => Promise.reject(new BerthError('too late', { code: 'unreachable' }));
    await fleet.refresh();
    assert.equal(fleet.targets()[0]?.health, 'up');
    assert.equal(fleet.targets()[0]?.facts, facts);
    fleet[Symbol.dispose]();
  });

  it('folds refreshes that come while one is under way into one that begins after it', async () => {
    const { fleet, engine } = setUp('one');
    await fleet.refresh();
    const before = engine('one').lists;
    let open = () => {};
    engine('one').gate = new Promise(resolve => {
      open = resolve;
    });
    const id = TargetId.parse('one');
    const all = Promise.all([fleet.refresh(id), fleet.refresh(id), fleet.refresh(id), fleet.refresh(id)]);
    await new Promise(resolve => setImmediate(resolve));
    engine('one').workspaces = [workspace('one', 'late-comer')];
    open();
    await all;
    assert.equal(engine('one').lists - before, 2);
    assert.equal(fleet.workspaces().length, 1);
    fleet[Symbol.dispose]();
  });

  it('follows the list of targets: keeps the engine of an unchanged one, disposes that of a removed one', async () => {
    const { fleet, engine, file, changed } = setUp('one', 'two');
    await fleet.refresh();
    const kept = await fleet.engine(TargetId.parse('one'));
    const heard: unknown[] = [];
    fleet.onDidChange(id => heard.push(id));
    file.targets = [target('one'), target('three')];
    changed.fire();
    await until(
      fleet,
      () => fleet.targets().length === 2 && fleet.target(TargetId.parse('three')) !== undefined,
    );
    assert.equal(await fleet.engine(TargetId.parse('one')), kept);
    assert.equal(engine('two').isDisposed, true);
    await assert.rejects(fleet.engine(TargetId.parse('two')), error => isBerthError(error, 'not-found'));
    changed.fire();
    await new Promise(resolve => setImmediate(resolve));
    assert.deepEqual(heard, [undefined]);
    fleet[Symbol.dispose]();
  });

  it('shows targets that are found by themselves', async () => {
    const { fleet, file } = setUp();
    file.found = [target('found')];
    const look = fleet.look();
    await until(fleet, () => fleet.targets().length === 1);
    await until(fleet, () => fleet.targets()[0]?.health === 'up');
    look[Symbol.dispose]();
    fleet[Symbol.dispose]();
  });

  it('says why the list of targets cannot be read, and recovers', async () => {
    const { fleet, file } = setUp('one');
    file.failure = new Error('targets.json is from a newer version');
    await fleet.refresh();
    assert.equal(fleet.loadError?.message, 'targets.json is from a newer version');
    file.failure = undefined;
    await fleet.refresh();
    assert.equal(fleet.loadError, undefined);
    assert.equal(fleet.targets().length, 1);
    fleet[Symbol.dispose]();
  });
});
