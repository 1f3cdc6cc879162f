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
        'limit stopped at its 5 min lifespan',
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

    it(`is overdue where it does not answer, though it has not warned: ${by}`, () => {
      const steps = `ask() { : >"$b_run/asks/$1.$$"; return 1; }
now 1599; (end_overdue) 2>&1; now 1600; (end_overdue) 2>&1; cat "$b_run/stop-reason"`;
      assert.deepEqual(run(shell, steps), [
        'berth: it is not overdue',
        'ended',
        'limit stopped late: 5 min lifespan',
      ]);
    });
  }
});
