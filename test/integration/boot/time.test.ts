/** Limits of a workspace's life, kept from inside: with a clock that the tests control, and once by the real one. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { bootExitCodes } from '../../../src/boot/bootLine.ts';
import { assignments } from '../../../src/boot/shell.ts';
import { Background, eventually } from '../../support/command.ts';
import { testImage } from '../../support/rootfs/testImages.ts';
import { type BootOptions, docker, Keys, TestWorkspace } from './workspace.ts';

/** Some moment of 2026 at which nothing happens. */
const noon = 1_780_000_000;
/** For looks of a watchdog that cannot be waited for. */
const lookMs = 1_200;

let keys: Keys;
before(async () => {
  keys = await Keys.make();
});
after(async () => keys[Symbol.asyncDispose]());

interface Limits {
  readonly lifespan?: number;
  readonly idle?: number;
  readonly warning?: number;
  readonly daily?: readonly number[];
  readonly longest?: number;
  readonly ports?: string;
  readonly loginLine?: '' | 1;
}

/** The file as bootConfig.ts writes it, in seconds instead of hours. */
function limitsText(limits: Limits): string {
  const {
    lifespan = 0,
    idle = 0,
    warning = 60,
    daily = [],
    longest = 3600,
    ports = '',
    loginLine = 1,
  } = limits;
  return assignments({
    berth_lifespan: lifespan,
    berth_idle: idle,
    berth_warning: warning,
    berth_daily: daily.join(' '),
    berth_daily_words: '19:00 UTC',
    berth_longest: longest,
    berth_inside: longest,
    berth_login_line: loginLine,
    berth_ports: ports,
  });
}

const ownClock = 'berth_clock=/berth/clock berth_tick=0.2 berth_turns=1 berth_patience=300';

/** A workspace whose clocks stand still unless they are moved. */
class Timed {
  readonly workspace: TestWorkspace;
  up = 1000;
  wall = noon;
  /** The watchdog looks no more. */
  hangs = false;

  private constructor(workspace: TestWorkspace) {
    this.workspace = workspace;
  }

  static async start(limits: Limits, options: Partial<BootOptions> = {}): Promise<Timed> {
    const workspace = await TestWorkspace.start(keys, {
      image: await testImage('debian'),
      ...options,
      files: files => [
        ...files.map(file =>
          file.path === 'limits'
            ? { ...file, content: limitsText(limits) }
            : file.path === 'config'
              ? { ...file, content: `${file.content}${ownClock}\n` }
              : file,
        ),
        { path: 'clock', mode: 0o644, content: `1000 ${noon}\n` },
      ],
    });
    const timed = new Timed(workspace);
    await eventually(async () => (await timed.status()).code === 0, 'the watchdog has begun');
    await timed.looked();
    return timed;
  }

  status() {
    return this.workspace.inside('/berth/run/bin/berth status', { mayFail: true });
  }

  /** Both clocks, in steps that no watchdog takes for sleep. */
  async pass(seconds: number): Promise<void> {
    for (let left = seconds; left > 0; left -= 50) {
      const step = Math.min(50, left);
      await this.set(this.up + step, this.wall + step);
    }
  }

  /** By rename, as no clock is ever half set. */
  async set(up: number, wall: number): Promise<void> {
    [this.up, this.wall] = [up, wall];
    if ((await this.workspace.status()) !== 'running') return;
    await this.workspace.inside(
      `echo '${up} ${wall}' >/berth/clock.new && mv /berth/clock.new /berth/clock`,
      { mayFail: true },
    );
    await this.looked();
  }

  /** Returns once the watchdog has had a whole look: the second of two that it was asked for, where there is one. */
  async looked(): Promise<void> {
    if (this.hangs) return await sleep(lookMs);
    const ask =
      'f=/berth/run/asks/look.$n; : >$f; i=0; while [ -e $f ] && [ $i -lt 400 ]; do sleep 0.05; i=$((i + 1)); done';
    await this.workspace.inside(`for n in 1 2; do ${ask}; done`, { mayFail: true });
  }

  async isUp(): Promise<boolean> {
    await this.looked();
    return (await this.workspace.status()) === 'running';
  }

  async notes(): Promise<string[]> {
    return (await this.workspace.events())
      .filter(({ stage }) => stage === 'time')
      .map(({ message }) => message);
  }

  async assertStopped(code: number, reason: string): Promise<void> {
    assert.equal(await this.workspace.exitCode(20_000), code, (await this.notes()).join('\n'));
    assert.equal(await this.workspace.stopReason(), reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.workspace[Symbol.asyncDispose]();
  }
}

describe('a lifespan', { concurrency: 2 }, () => {
  for (const image of ['debian', 'bash', 'busybox'] as const) {
    it(`warns and stops in ${image}, and says both in the log`, async () => {
      await using timed = await Timed.start({ lifespan: 300 }, { image: await testImage(image) });
      assert.match(
        (await timed.status()).stdout,
        /^boot-test has been running for 0 s\.\nIt stops in 5 min: 5 min lifespan\.\n/,
      );
      await timed.pass(235);
      assert.deepEqual(await timed.notes(), []);
      await timed.pass(10);
      await eventually(async () => (await timed.notes()).length > 0, 'the warning');
      assert.match((await timed.notes())[0] ?? '', /^stops in \d+ (?:s|min): 5 min lifespan$/);
      await timed.pass(50);
      assert.ok(await timed.isUp());
      await timed.pass(20);
      await timed.assertStopped(bootExitCodes.limit, 'limit stopped at its 5 min lifespan');
      assert.equal((await timed.notes()).at(-1), '5 of 5 min of its lifespan: stopping');
    });

    it(`is extended from inside ${image}, for that session alone`, async () => {
      await using timed = await Timed.start({ lifespan: 300 }, { image: await testImage(image) });
      await timed.pass(250);
      const { stdout } = await timed.workspace.ssh('berth extend 10m');
      assert.match(stdout, /It stops in 11 min: 5 min lifespan\.\nIt was extended by 10 min/);
      await timed.pass(400);
      assert.ok(await timed.isUp());
      await timed.pass(260);
      await timed.assertStopped(
        bootExitCodes.limit,
        'limit stopped at its 5 min lifespan, extended by 10 min',
      );
      await timed.workspace.start();
      await eventually(
        async () => /in 5 min: 5 min lifespan/.test((await timed.status()).stdout),
        'as before',
      );
    });
  }

  it('is extended as far as it goes, and not by what is no time', async () => {
    await using timed = await Timed.start({ lifespan: 300, longest: 600 });
    const extend = (span: string) => timed.workspace.ssh(`berth extend ${span}`, { mayFail: true });
    for (const span of ['', 'x', '5', '08q', '-2h', '999999h', "'$(id)'"]) {
      const { code, stderr } = await extend(span);
      assert.equal(code, 2, span);
      assert.match(stderr, /^berth: how long\?/);
    }
    assert.match((await extend('08m')).stdout, /It stops in 10 min/);
    const { code, stderr } = await extend('1h');
    assert.deepEqual([code, stderr], [1, 'berth: it is extended as far as it goes\n']);
  });

  it('counts no time in which the machine slept, and takes a clock that was set for nothing', async () => {
    await using timed = await Timed.start({ lifespan: 300, idle: 240 });
    await timed.pass(100);
    await timed.set(timed.up + 40_000, timed.wall + 40_000);
    assert.ok(await timed.isUp());
    await timed.set(timed.up, timed.wall + 90_000);
    await timed.set(timed.up, timed.wall - 180_000);
    assert.ok(await timed.isUp());
    assert.match((await timed.status()).stdout, /It stops in 2 min: 4 min without a connection/);
    assert.deepEqual(await timed.notes(), ['passed over a gap of 40000 s']);
  });

  for (const image of ['debian', 'bash', 'busybox'] as const) {
    it(`is stopped though its watchdog cannot read what it wrote in ${image}`, async () => {
      await using timed = await Timed.start({ lifespan: 300 }, { image: await testImage(image) });
      await timed.workspace.inside('echo "b_began=( ; )" >/berth/run/time');
      assert.ok(await timed.isUp());
      await timed.pass(310);
      await timed.assertStopped(bootExitCodes.limit, 'limit stopped at its 5 min lifespan');
    });

    it(`is stopped after one warning though no file can be put in the place of another in ${image}`, async () => {
      await using timed = await Timed.start({ lifespan: 300 }, { image: await testImage(image) });
      await timed.workspace.inside('mkdir /berth/run/time.part');
      await timed.pass(310);
      await timed.assertStopped(bootExitCodes.limit, 'limit stopped at its 5 min lifespan');
      const warnings = (await timed.notes()).filter(note => note.startsWith('stops in'));
      assert.equal(warnings.length, 1, warnings.join());
    });
  }

  it('is stopped though its watchdog is killed again and again', async () => {
    await using timed = await Timed.start({ lifespan: 300 });
    const before = "before=$(ls /proc | grep '^[0-9]'); ";
    const kill = `for i in $(seq 60); do for p in $(ls /proc | grep '^[0-9]'); do
      case " $(echo $before) " in *" $p "*) ;; *) [ "$p" = $$ ] || { tr '\\0' ' ' <"/proc/$p/cmdline" 2>/dev/null | grep -q '^/bin/sh /berth/boot.sh' && kill -9 "$p"; } ;; esac
      done; sleep 0.05; done 2>/dev/null; true`;
    await timed.workspace.inside(before + kill);
    assert.ok(await timed.isUp());
    await timed.pass(310);
    await timed.assertStopped(bootExitCodes.limit, 'limit stopped at its 5 min lifespan');
  });

  it('is ended from outside where its watchdog hangs, and not before it is overdue', async () => {
    await using timed = await Timed.start({ lifespan: 300 });
    const { workspace } = timed;
    const overdue = () => workspace.inside('/bin/sh /berth/boot.sh overdue', { mayFail: true });
    await timed.pass(250);
    await eventually(async () => (await timed.notes()).length > 0, 'the warning');
    // A look that waits for ever: nobody writes into it.
    await workspace.inside('mkfifo /berth/limits.new && mv /berth/limits.new /berth/limits');
    timed.hangs = true;
    await sleep(lookMs);
    await timed.set(1000 + 320, noon + 320);
    assert.equal((await overdue()).stderr, 'berth: it is not overdue\n');
    await timed.set(1000 + 1000, noon + 1000);
    assert.ok(await timed.isUp());
    await overdue();
    await timed.assertStopped(bootExitCodes.limit, 'limit stopped late: 5 min lifespan');
  });

  it('is ended from outside where its watchdog was dead before the warning', async () => {
    await using timed = await Timed.start({ lifespan: 300 });
    await timed.workspace.inside('mkfifo /berth/limits.new && mv /berth/limits.new /berth/limits');
    timed.hangs = true;
    await sleep(lookMs);
    await timed.set(1000 + 1000, noon + 1000);
    await timed.workspace.inside('/bin/sh /berth/boot.sh overdue', { mayFail: true });
    await timed.assertStopped(bootExitCodes.limit, 'limit stopped late: 5 min lifespan');
  });

  it('is not ended from outside where the machine slept through its end, but after what is left', async () => {
    await using timed = await Timed.start({ lifespan: 300 });
    await timed.pass(250);
    await eventually(async () => (await timed.notes()).length > 0, 'the warning');
    // Whoever looks from outside may be awake before the watchdog.
    const { up, wall } = timed;
    const { stderr } = await timed.workspace.inside(
      `echo '${up + 7000} ${wall + 7000}' >/berth/clock.new && mv /berth/clock.new /berth/clock; /bin/sh /berth/boot.sh overdue`,
      { mayFail: true },
    );
    assert.equal(stderr, 'berth: it is not overdue\n');
    assert.ok(await timed.isUp());
    [timed.up, timed.wall] = [up + 7000, wall + 7000];
    await timed.pass(70);
    await timed.assertStopped(bootExitCodes.limit, 'limit stopped at its 5 min lifespan');
  });

  it('follows a setting that is changed while it runs, with its warning first', async () => {
    await using timed = await Timed.start({});
    assert.match((await timed.status()).stdout, /No limit stops it/);
    await timed.pass(200);
    await timed.workspace.write([{ path: 'limits', mode: 0o644, content: limitsText({ lifespan: 120 }) }]);
    assert.ok(await timed.isUp());
    assert.match((await timed.notes()).join(), /^stops in 60 s|^stops in 1 min/);
    await timed.pass(70);
    await timed.assertStopped(bootExitCodes.limit, 'limit stopped at its 2 min lifespan');
  });

  it('stops an image that keeps PID 1', async () => {
    await using workspace = await TestWorkspace.create(keys, {
      image: await testImage('s6'),
      isEntrypoint: false,
      files: files =>
        files.map(file =>
          file.path === 'limits' ? { ...file, content: limitsText({ lifespan: 3, warning: 1 }) } : file,
        ),
    });
    await docker(['start', workspace.name]);
    await docker(['exec', '-d', workspace.name, '/bin/sh', '/berth/boot.sh', 'attach']);
    await workspace.exitCode();
    assert.equal(await workspace.stopReason(), 'limit stopped at its 3 s lifespan');
  });

  it('goes on where a boot that was put into an image died and was put in again', async () => {
    await using workspace = await TestWorkspace.create(keys, {
      image: await testImage('s6'),
      isEntrypoint: false,
      files: files =>
        files.map(file =>
          file.path === 'limits' ? { ...file, content: limitsText({ lifespan: 3000 }) } : file,
        ),
    });
    await docker(['start', workspace.name]);
    const attach = () => docker(['exec', '-d', workspace.name, '/bin/sh', '/berth/boot.sh', 'attach']);
    await attach();
    const began = async () =>
      (await workspace.inside('. /berth/run/time && echo "$b_began"', { mayFail: true })).stdout;
    await eventually(async () => (await began()) !== '', 'the watchdog has begun');
    const first = await began();
    await sleep(2_000);
    await workspace.inside('kill -9 $(cat /run/berth/attached.*/pid | tail -1); pkill -9 sshd; sleep 0.3', {
      mayFail: true,
    });
    const seen = (await workspace.events()).length;
    await attach();
    await workspace.event(({ stage, event }) => stage === 'ready' && event === 'ok', { after: seen });
    await sleep(1_000);
    assert.equal(await began(), first);
    assert.match((await workspace.inside('/berth/run/bin/berth status')).stdout, /50 min lifespan/);
  });

  it('ends in real seconds too, and tells terminals before', async () => {
    await using workspace = await TestWorkspace.start(keys, {
      image: await testImage('debian'),
      files: files =>
        files.map(file =>
          file.path === 'limits' ? { ...file, content: limitsText({ lifespan: 20, warning: 10 }) } : file,
        ),
    });
    const began = performance.now();
    const options = await workspace.sshOptions();
    const session = new Background('ssh', [...options, '-tt', `${workspace.user}@127.0.0.1`], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    try {
      assert.equal(await workspace.exitCode(), bootExitCodes.limit);
      const took = (performance.now() - began) / 1000;
      assert.ok(took > 17 && took < 90, `${took} s`);
      assert.equal(await workspace.stopReason(), 'limit stopped at its 20 s lifespan');
      await session.ended(5_000);
      assert.match(
        session.output,
        /Berth: stops in \d+ s \(20 s lifespan\)\. 'berth extend 2h' puts it off\./,
      );
      assert.match(
        session.output,
        /Berth: this workspace stops in \d+ s \(20 s lifespan\)\. Put it off with: berth extend 2h/,
      );
    } finally {
      await session.stop();
    }
  });
});

describe('a daily stop', { concurrency: 2 }, () => {
  it('warns, comes when both clocks come to it, and stays away the day before', async () => {
    await using timed = await Timed.start({ daily: [noon + 300, noon + 86_700] });
    await timed.pass(200);
    assert.deepEqual(await timed.notes(), []);
    await timed.pass(170);
    await timed.assertStopped(bootExitCodes.limit, 'limit daily stop at 19:00 UTC');
    assert.deepEqual((await timed.notes()).at(-1), 'daily stop at 19:00 UTC: stopping');
  });

  it('is not what a clock jumps over, and still comes the day after', async () => {
    await using timed = await Timed.start({ daily: [noon + 300, noon + 86_700] });
    await timed.pass(100);
    await timed.set(timed.up, noon + 5000);
    assert.ok(await timed.isUp());
    await timed.pass(300);
    assert.ok(await timed.isUp());
    assert.deepEqual(await timed.notes(), []);
    await timed.set(timed.up, noon + 86_600);
    await timed.pass(170);
    await timed.assertStopped(bootExitCodes.limit, 'limit daily stop at 19:00 UTC');
  });

  it('that a machine slept through comes after its warning', async () => {
    await using timed = await Timed.start({ daily: [noon + 300] });
    await timed.set(timed.up + 7000, timed.wall + 7000);
    assert.ok(await timed.isUp());
    assert.match((await timed.notes()).at(-1) ?? '', /^stops in/);
    await timed.pass(65);
    await timed.assertStopped(bootExitCodes.limit, 'limit daily stop at 19:00 UTC');
  });

  it('is put off by an extension, and goes on by the hour when the list has run out', async () => {
    await using timed = await Timed.start({ daily: [noon - 86_400 + 300] });
    assert.match((await timed.status()).stdout, /It stops in 5 min: daily stop at 19:00 UTC/);
    await timed.workspace.inside('/berth/run/bin/berth extend 5m');
    await timed.pass(400);
    assert.ok(await timed.isUp());
    await timed.pass(210);
    await timed.assertStopped(bootExitCodes.limit, 'limit daily stop at 19:00 UTC, extended by 5 min');
  });
});

describe('an idle stop', { concurrency: 2 }, () => {
  for (const way of ['a port', 'an exec'] as const) {
    it(`waits until nobody is connected by ssh over ${way}`, async () => {
      await using timed = await Timed.start({ idle: 120 });
      const { workspace } = timed;
      const options = await workspace.sshOptions();
      const proxy = `ProxyCommand=docker exec -i ${workspace.name} /bin/sh /berth/boot.sh sshd-i`;
      const args = way === 'an exec' ? ['-o', proxy] : [];
      const session = new Background('ssh', [
        ...options,
        ...args,
        `${workspace.user}@127.0.0.1`,
        'echo in; sleep 600',
      ]);
      try {
        await session.until(() => session.output.includes('in'), 'the session');
        await timed.pass(400);
        assert.ok(await timed.isUp());
        assert.match((await timed.status()).stdout, /No limit stops it/);
      } finally {
        await session.stop();
      }
      await sleep(1_000);
      await timed.looked();
      await timed.pass(40);
      assert.match((await timed.status()).stdout, /without a connection/);
      await timed.pass(150);
      await timed.assertStopped(bootExitCodes.limit, 'limit idle for 2 min');
      assert.match((await timed.notes()).at(-1) ?? '', /^idle [23] of 2 min: stopping$/);
    });
  }

  it('counts a connection to an app', async () => {
    // 8888
    await using timed = await Timed.start(
      { idle: 120, ports: '22B8' },
      { image: await testImage('busybox') },
    );
    const { workspace } = timed;
    await docker([
      'exec',
      '-d',
      workspace.name,
      '/bin/sh',
      '-c',
      'sleep 600 | nc -l -p 8888 >/dev/null & sleep 1; sleep 600 | nc 127.0.0.1 8888 >/dev/null',
    ]);
    await eventually(
      async () =>
        /:22B8 [0-9A-F:]+ 01/.test((await workspace.inside('cat /proc/net/tcp /proc/net/tcp6')).stdout),
      'the connection',
    );
    await timed.pass(300);
    assert.ok(await timed.isUp());
    await workspace.inside('kill -9 $(pidof nc)', { mayFail: true });
    await timed.looked();
    await timed.pass(200);
    await timed.assertStopped(bootExitCodes.limit, 'limit idle for 2 min');
  });
});

describe('the command berth', { concurrency: 2 }, () => {
  it('is on the PATH of every session of the login user, who may stop the workspace by it', async () => {
    await using timed = await Timed.start(
      { lifespan: 300 },
      { login: { name: 'dev', uid: 1000, gid: 1000, home: '/home/dev' } },
    );
    const { workspace } = timed;
    for (const command of ['berth status', 'bash -lc "berth status"', 'sh -c "berth status"']) {
      assert.match((await workspace.ssh(command)).stdout, /5 min lifespan/, command);
    }
    assert.equal((await workspace.ssh('true')).stdout, '');
    const { stdout } = await workspace.ssh('berth nonsense', { mayFail: true });
    assert.match(stdout, /^berth status/);
    await workspace.ssh('berth stop', { mayFail: true });
    await timed.assertStopped(bootExitCodes.person, 'person stopped from inside');
  });

  it('has nothing to extend where no limit is set, and says nothing at a login', async () => {
    await using workspace = await TestWorkspace.start(keys, { image: await testImage('debian') });
    await eventually(
      async () => (await workspace.ssh('berth status', { mayFail: true })).code === 0,
      'the watchdog has begun',
    );
    const { code, stderr } = await workspace.ssh('berth extend 2h', { mayFail: true });
    assert.deepEqual([code, stderr], [1, 'berth: no limit is set: there is nothing to extend\n']);
    const options = await workspace.sshOptions();
    const session = new Background('ssh', [...options, '-tt', `${workspace.user}@127.0.0.1`], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    try {
      session.child.stdin?.write('echo $((6*7))over\nexit\n');
      await session.ended(10_000);
      assert.match(session.output, /42over/);
      assert.doesNotMatch(session.output, /Berth/);
    } finally {
      await session.stop();
    }
  });

  it('is heard by nobody who may not enter', async () => {
    await using timed = await Timed.start(
      { lifespan: 300 },
      { login: { name: 'dev', uid: 1000, gid: 1000, home: '/home/dev' } },
    );
    const asNobody = 'setpriv --reuid=65534 --regid=65534 --clear-groups';
    const { code, stderr } = await timed.workspace.inside(`${asNobody} /berth/run/bin/berth stop`, {
      mayFail: true,
    });
    assert.equal(code, 1);
    assert.match(stderr, /only who logs in/);
    assert.ok(await timed.isUp());
  });
});
