/** What the watchdog does where it cannot write, cannot read, or has slept, by any of the shells that may run it. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { output, shells } from './shells.ts';

const script = readFileSync(new URL('../../../src/boot/boot.sh', import.meta.url), 'utf8');
/** All functions, and nothing that runs; nothing here may end another process. */
const functions = script
  .slice(script.indexOf('{ # One compound'), script.search(/^case \$\{0##\*\/\} in$/m))
  .replace(/kill -s "\$b_signal" 1/, 'echo ended');

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-watchdog-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** A workspace of 300 s with a warning of 60, that began at 1000. */
function run(shell: (typeof shells)[number], steps: string): string[] {
  const text = `${functions}
}
b_record='${folder}' b_run='${folder}/run' b_boot_uid=0 berth_uid=0 berth_name=x b_sshd_pid=1 berth_clock='${folder}/clock'
rm -rf "$b_run" && mkdir -p "$b_run/asks"
printf 'berth_lifespan=300\\nberth_warning=60\\nberth_longest=3600\\nberth_inside=3600\\n' >"$b_record/limits"
tell_terminals() { :; }
leave() { exit 99; }
now() { echo "$1 1780000000" >"$berth_clock" && read_uptime; }
look() { now "$1"; watch_time "$2" & wait $!; }
now 1000
b_began=$b_up b_gaps=0 b_hold=0 b_daily=0 b_offset=0 b_idle=0 b_warned=0
(read_limits; plan; keep_time)
${steps}`;
  return output(shell, text).trimEnd().split('\n');
}

describe('the watchdog', () => {
  for (const shell of shells) {
    const by = shell.join(' ');

    it(`warns once and stops though no file can take the place of another: ${by}`, () => {
      const steps =
        'mkdir "$b_run/time.part"; for at in 1100 1245 1255 1290 1306; do look $at 10; echo "$at $?"; done; cat "$b_run/stop-reason"';
      assert.deepEqual(run(shell, steps), [
        '1100 0',
        '@berth time note stops in 1 min: 5 min lifespan',
        '1245 0',
        '1255 0',
        '1290 0',
        '@berth time note 5 of 5 min of its lifespan: stopping',
        '1306 10',
        'limit #lifespan 0 300',
      ]);
    });

    it(`says by 1 or 2 that it cannot read what it wrote: ${by}`, () => {
      const [status = ''] = run(
        shell,
        'echo "b_began=( ; )" >"$b_run/time"; look 1100 10 2>/dev/null; echo $?',
      );
      assert.match(status, /^[12]$/);
    });

    it(`is not overdue where it has only slept, once it is asked to look: ${by}`, () => {
      const steps = `look 1250 10; now 9000
(while ! is_asked; do sleep 0.05; done; read_uptime; watch_time 7750) &
(end_overdue) 2>&1; wait; . "$b_run/time"; echo "$b_stop"`;
      assert.deepEqual(run(shell, steps), [
        '@berth time note stops in 1 min: 5 min lifespan',
        '@berth time note passed over a gap of 7750 s',
        'berth: it is not overdue',
        '9050',
      ]);
    });

    it(`writes a stop into the history for a run that nobody ended, not for a boot that is put in again: ${by}`, () => {
      const steps = `b_history='' b_mount='' ; rm -f "$b_record/history"
start() { b_again=$1; recall_stop; begin_history; }
start ''; start ''; start 1; add_history stop 'limit x'; start 1
sed 's/ [0-9]*//' "$b_record/history"`;
      assert.deepEqual(run(shell, steps), ['start', 'stop unknown', 'start', 'stop limit x', 'start']);
    });

    it(`tells since when it ends and why, and for how long nobody has looked: ${by}`, () => {
      const steps = `look 1100 10; now 1399; berth time; now 1400; berth time
reason limit '#lifespan 0 300'; now 1410; mark_stopping; now 1452; berth time`;
      assert.deepEqual(run(shell, steps), [
        'berth-time -99 lifespan 0 3300 #lifespan 0 300',
        'berth-time -100 lifespan 0 3300 #lifespan 0 300',
        'berth-silent 300',
        'berth-stopping 42 limit #lifespan 0 300',
      ]);
    });

    it(`goes on in the next pod of the same Job, and not in that of another: ${by}`, () => {
      // The second pod is on a node that started a while later, and comes a minute after the first has gone.
      const steps = `b_mount=x b_state='${folder}/home' BERTH_SESSION=one; rm -rf "$b_state"
at() { echo "$1 $2" >"$berth_clock" && read_uptime; }
again() { b_began=$b_up b_gaps=0 b_hold=0; begin_session; echo "$1 $((b_up - b_began)) $((b_hold == 0 ? 0 : b_hold - b_up))"; }
is_boots_own() { [ -e "$b_state/$1" ]; }
at 1000 1780000000; again first; (end_again; echo 'goes on')
read_limits; plan
at 1100 1780000100; extend 3600 100000 >/dev/null
at 50 1780000160; again second
BERTH_SESSION=two; again other
BERTH_SESSION=one; again 'not of the one before'
echo 'one x y' >"$b_state/session"; again junk
keep_session 'limit #lifespan 0 300'; (leave() { cat "$b_run/stop-reason"; }; end_again)`;
      assert.deepEqual(run(shell, steps), [
        'first 0 0',
        'goes on',
        // Its end was at 1300, put off by an hour: 3740 after the moment at which the second pod looks.
        'second 160 3740',
        'other 0 0',
        'not of the one before 0 0',
        'junk 0 0',
        'limit #lifespan 0 300',
      ]);
    });

    const skip = process.getuid?.() !== 0 && 'only root may hand files over';
    it(`keeps a session in a home whose user is another, and writes nothing where that one leads it: ${by}`, {
      skip,
    }, () => {
      const steps = `b_mount=x berth_home='${folder}/kept' BERTH_SESSION=one berth_uid=65534 berth_gid=65534
b_state="$berth_home/.berth"; rm -rf "$berth_home" "$b_run/image"; mkdir -p "$berth_home" "$b_run/image/.config"
echo x >"$b_run/image/.config/x"; ln -s /nowhere "$b_run/image/.link"; cp "$b_run/time" "$b_run/victim"
fill_home "$b_run/image" "$berth_home"
owners() { for each in "$@"; do ls -ldn "$each" | { read -r _ _ owner _; echo "$owner"; }; done; }
begin_session; owners "$berth_home" "$b_state" "$berth_home/.config/x" "$berth_home/.link"
recall_session && echo "$b_session"; (enter_state && echo done >cloned); cat "$b_state/cloned"
mv "$b_state" "$b_state.away"; mkdir "$b_state"; ln -s "$b_run/victim" "$b_state/session.part"; chown -R 65534 "$b_state"
keep_session; rm -rf "$b_state"; ln -s "$b_run" "$b_state"; keep_session
cmp "$b_run/time" "$b_run/victim" && ls "$b_run"; recall_session || echo 'none of boot’s own'`;
      assert.deepEqual(run(shell, steps), [
        ...['65534', '0', '65534', '65534'],
        ...['one', 'done'],
        ...['asks', 'image', 'time', 'victim'],
        'none of boot’s own',
      ]);
    });

    it(`ends a look that hangs, and looks again: ${by}`, () => {
      const steps = `berth_tick=0.02 berth_turns=1
watch_time() { echo looks; [ ! -e "$b_run/hung" ] || exit 10; : >"$b_run/hung"; exec sleep 600; }
leave() { echo "ends by itself: $b_by_itself"; exit 0; }
keep 2>/dev/null`;
      assert.deepEqual(run(shell, steps), ['looks', 'looks', 'ends by itself: 1']);
    });

    it(`keeps the end of a log that has grown too long, and lets whoever writes go on: ${by}`, () => {
      const steps = `mkdir "$b_run/apps"; log="$b_run/apps/web.log"
{ i=0; while [ $i -lt 50 ]; do head -c 100000 /dev/zero | tr '\\0' x; i=$((i + 1)); done; echo; echo last; } >"$log"
exec 9>>"$log"; echo small >"$b_run/apps/other.log"; look 1100 10; echo more >&9
wc -c <"$log"; head -n 1 "$log"; tail -n 2 "$log"; cat "$b_run/apps/other.log"; ls "$b_run/apps"`;
      const [bytes, ...rest] = run(shell, steps);
      assert.ok(Number(bytes) < 300_000, bytes);
      assert.deepEqual(rest, [
        '(what was here before is left out: the log had grown past 4 MiB)',
        'last',
        'more',
        'small',
        'other.log',
        'web.log',
      ]);
    });

    it(`is overdue where it does not answer, though it has not warned: ${by}`, () => {
      const steps = `ask() { : >"$b_run/asks/$1.$$"; return 1; }
now 1599; (end_overdue) 2>&1; now 1600; (end_overdue) 2>&1; cat "$b_run/stop-reason"`;
      assert.deepEqual(run(shell, steps), [
        'berth: it is not overdue',
        'ended',
        'limit #late lifespan 0 300',
      ]);
    });
  }
});
