#!/bin/sh
# Berth's boot: prepares a workspace from inside and watches over it. One POSIX sh program for dash, busybox ash and bash.
#
#   boot.sh                        PID 1 of a workspace: all stages, then it supervises
#   boot.sh beside USER ARGV...    the same, with the image's own command ARGV beside, run as USER ('' = root)
#   boot.sh attach                 the same, put in by exec into an image that keeps its own PID 1; output also to PID 1's.
#                                  A second one returns at once
#   boot.sh sshd-i                 one ssh session over stdin and stdout (exit 75 while ssh is not open)
#   boot.sh app-start ID           starts an app of the config and returns once it is ready (1 if it does not get there)
#   boot.sh app-stop ID            ends an app and keeps it ended
#   boot.sh stopping CAUSE WORDS   writes down why the stop that follows happens: for attached workspaces, whose PID 1
#                                  must not be sent USR1
#   boot.sh git-credential OP      git's credential helper
#   boot.sh overdue                ends a workspace that its watchdog should have ended a while ago
#   boot.sh tend                   has a watchdog look again where boot, put in by exec, has died
#   boot.sh as USER ARGV...        runs ARGV as that user in its home, for engines whose exec knows no users
#   boot.sh fill FOLDER            copies the image's own home into an empty volume that is mounted over it elsewhere, and
#                                  stays until the workspace ends
#   boot.sh after-fill [COMMAND]   the same as COMMAND, once that is done
#
# A copy of it that is called 'berth' is on the PATH of every session: see 'The command berth'.
#
# Says '@berth <stage> <event> <message>' (bootLine.ts); reads and leaves the files of bootFiles.ts. TERM, INT, QUIT: end;
# USR1: a person will end it.
#
# Where boot.sh lies below the record folder, that is a mount which nobody may write (Kubernetes' Secret): the folder gets
# links to its files, the reason of a stop goes to the pod's termination message too, and what is to last as long as the
# home ('filling', 'cloned', 'session') is kept in the home, else in the record folder.
#
# Why a run ends is kept as a code with its parameters, '#lifespan 28800 0', or as words (workspace/stopCodes.ts).
#
# From start to ready every fork counts (about 1 ms each), so that part is shell builtins wherever they will do. Names of
# variables start with b_, or berth_ (from the config): others may be the image's own ENV.

# shellcheck disable=SC2154 # berth_* are assigned by the config, b_app_* by load_app
# shellcheck disable=SC2015 # 'a && b || c' is meant as it is written
# shellcheck disable=SC2089,SC2090 # the quotes in b_setenv are sshd's

{ # One compound to its end: cut off in writing it does not parse, and nothing of it runs.
umask 022
b_record=/berth
b_run=$b_record/run
b_image_path=$PATH:$b_run/bin
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:$PATH
b_state=$b_record
b_mount=''
case ${0%/*} in
  "$b_run"/*) ;;
  "$b_record"/*) b_mount=${0%/*} ;;
  *) [ ! -L "$b_record/boot.sh" ] || b_mount=$b_record/secret ;;
esac
b_local=/run/berth
b_nl='
'
b_attached=
b_stage=home
b_cause=
b_words=
b_switch=
b_shown=0
b_log=
b_by_itself=
b_again=

# ---- What boot says ----

say() {
  without_credentials "$*"
  printf '@berth %s\n' "$b_plain"
  [ -z "$b_attached" ] || printf '@berth %s\n' "$b_plain" >&4
}

# Leaves in b_plain the text without the user and password of every URL in it (RFC 3986, userinfo): logs are read by many.
without_credentials() {
  b_plain='' b_rest=$1
  while :; do
    case $b_rest in *://*@*) ;; *) break ;; esac
    b_plain=$b_plain${b_rest%%://*}:// b_rest=${b_rest#*://}
    b_authority=${b_rest%%[[:space:]/?#\"<>]*}
    b_rest=${b_authority##*@}${b_rest#"$b_authority"}
  done
  b_plain=$b_plain$b_rest
}

begin() {
  b_stage=$1
  say "$1 begin"
}

# The first reason stays: a person's stop is followed by the engine's TERM.
reason() {
  if [ ! -s "$b_run/stop-reason" ]; then
    # The history has it too, and who reads either takes only so much.
    printf '%s %.1000s\n' "$1" "$2" >"$b_run/stop-reason"
    [ -z "$b_mount" ] || printf '%s %.1000s\n' "$1" "$2" >/dev/termination-log
  fi
  b_cause=${b_cause:-$1} b_words=${b_words:-$2}
}

# A failure up to 'ready': $1 says what happened and the way out.
die() {
  say "$b_stage fail $1"
  reason boot-failed "$b_stage: $1"
  leave
}

# ---- Stopping ----

take_signals() {
  trap 'reason machine "#machine"; leave' TERM INT QUIT
  trap 'reason person "#person"' USR1
}

# Ends everything and exits with the code that goes with the reason (bootExitCodes).
leave() {
  trap '' TERM INT QUIT USR1
  [ ! -s "$b_run/stop-reason" ] || read -r b_cause b_words <"$b_run/stop-reason"
  # On a full disk its watchdog could not write it.
  [ -z "$b_by_itself" ] || b_cause=${b_cause:-limit} b_words=${b_words:-"#limit"}
  say "stop begin $b_cause"
  mark_stopping
  [ -z "$b_by_itself" ] || keep_session "$b_cause $b_words"
  add_history stop "$b_cause $b_words"
  rm -f "$b_run/ready"
  if [ $$ -eq 1 ]; then end_all; else
    # Decided in here, which the image's own first process has to hear of.
    [ -z "$b_by_itself" ] || end_first
    kill -s TERM -- 0
  fi
  say "stop ok $b_words"
  # To a Job that is what keeps it off: nobody but those in here ends it this way.
  case $b_mount:$b_by_itself in ?*:1) exit 0 ;; esac
  case $b_cause in
    person) exit 80 ;;
    limit) exit 82 ;;
    boot-failed) exit 83 ;;
    *) exit 81 ;;
  esac
}

# Since when it ends, for whoever looks from outside: a first process of the image may not heed TERM.
mark_stopping() {
  read_uptime
  printf '%s\n' "$b_up" 2>/dev/null >"$b_run/stopping" || :
}

# Boot itself, or the image's own first process. By TERM systemd would begin anew: SIGRTMIN+3 ends it (systemd(1), 'Signals';
# whether it runs: sd_booted(3)).
end_first() {
  b_signal=TERM
  if [ -d /run/systemd/system ] && read -r b_first </proc/1/comm; then
    case $b_first in systemd | init) b_signal=37 ;; esac
  fi
  kill -s "$b_signal" 1 2>/dev/null
}

# TERM to all, and KILL just before the engine's own. Shells at a terminal do not heed TERM, but that their terminal is gone.
end_all() {
  kill -s TERM -- -1 2>/dev/null
  clock
  b_until=$((b_now + ${berth_grace:-10} * 100 - 50)) b_hang_up=$((b_now + 20))
  while kill -s 0 -- -1 2>/dev/null; do
    clock
    if [ "$b_now" -ge "$b_hang_up" ]; then
      hang_up
      b_hang_up=$b_until
    fi
    if [ "$b_now" -ge "$b_until" ]; then
      say 'stop note killed what did not end by itself'
      kill -s KILL -- -1 2>/dev/null
      b_until=$((b_now + 100))
    fi
    sleep 0.03 2>/dev/null || sleep 1
  done
}

# Hundredths of a second since some moment in the past, without a fork.
clock() {
  read -r b_uptime _ </proc/uptime
  b_now=$((${b_uptime%.*} * 100 + 1${b_uptime#*.} - 100))
}

# proc(5): after the name in brackets come state, parent, group, session and the number of the terminal.
hang_up() {
  for b_each in /proc/[0-9]*/stat; do
    read -r b_stat 2>/dev/null <"$b_each" || continue
    # shellcheck disable=SC2086 # numbers
    set -- ${b_stat##*) }
    b_pid=${b_each#/proc/}
    [ "${5:-0}" = 0 ] || kill -s HUP "${b_pid%/stat}" 2>/dev/null
  done
}

# ---- History: a line for each start and stop (workspace/history.ts) ----

# On Kubernetes, where the folder goes with the pod, the engine keeps it.
add_history() {
  [ -n "$b_mount" ] || printf '%s %s%s\n' "$1" "$(date +%s)" "${2:+ $2}" >>"$b_record/history"
}

# What ended the run before, where boot could not say so itself: whoever killed it has left the reason.
recall_stop() {
  b_history=''
  [ -z "$b_mount" ] && [ -f "$b_record/history" ] || return 0
  while read -r b_line; do b_history=$b_line; done <"$b_record/history"
  # Put in again, boot goes on with the run that it began.
  case $b_again:$b_history in ":start "*) ;; *) return 0 ;; esac
  b_line=unknown b_now=0
  if [ -s "$b_run/stop-reason" ]; then
    read -r b_line <"$b_run/stop-reason"
    b_now=$(date -r "$b_run/stop-reason" +%s 2>/dev/null) || b_now=0
  fi
  printf 'stop %s %s\n' "$b_now" "$b_line" >>"$b_record/history"
}

begin_history() {
  case $b_again:$b_history in "1:start "*) ;; *) add_history start ;; esac
  [ -f "$b_record/history" ] || return 0
  tail -n 50 "$b_record/history" >"$b_record/history.part" && mv -f "$b_record/history.part" "$b_record/history"
}

# ---- Waiting and reading without losing signals ----

# wait returns early when a trap ran: the status is the child's only once the child is gone.
await() {
  while :; do
    wait "$1"
    b_status=$?
    kill -0 "$1" 2>/dev/null || return "$b_status"
  done
}

pause() {
  sleep "$1" &
  await $!
}

# Runs "$@" with its output shown line by line, and kept in the file $b_log where that is set; leaves its status in
# b_status and the words that explain it in b_last: its first complaint, else its last line. What it leaves running
# keeps a reader, so that its output harms nobody.
show() {
  b_fifo=$b_local/show.$((b_shown = b_shown + 1)).$$
  rm -f "$b_fifo"
  mkfifo -m 600 "$b_fifo"
  # shellcheck disable=SC2094 # both ends of a pipe
  exec 5<>"$b_fifo" 6>>"${b_log:-/dev/null}" 7<"$b_fifo"
  rm -f "$b_fifo"
  { ("$@") 5<&- 6>&- 7<&-; echo "@end $b_fifo $?"; } 0</dev/null 1>&5 2>&5 3<&- &
  b_last='' b_complaint=''
  while :; do
    IFS= read -r b_line <&5 || continue
    case $b_line in *://*@*) without_credentials "$b_line" && b_line=$b_plain ;; esac
    case $b_line in
      "@end $b_fifo "*) break ;;
      '@berth '*) b_line=" $b_line" ;;
      fatal:* | [Ee]rror:* | ERROR:* | E:* | *'ermission denied'*) b_complaint=${b_complaint:-$b_line} ;;
    esac
    [ -z "$b_line" ] || b_last=$b_line
    printf '%s\n' "$b_line"
    printf '%s\n' "$b_line" >&6
  done
  b_status=${b_line##* }
  b_last=${b_complaint:-$b_last}
  exec 5<&-
  while IFS= read -r b_line <&7; do printf '%s\n' "$b_line" && printf '%s\n' "$b_line" >&6; done &
  exec 6>&- 7<&-
  return "$b_status"
}

# ---- Stage home: who logs in, and where ----

uid_of_boot() {
  while read -r b_key b_value _; do
    [ "$b_key" != Uid: ] || break
  done </proc/self/status
  b_boot_uid=$b_value
}

# Everything of one look at /etc/passwd: the login user, sshd's own user, and whether the last line is ended.
read_passwd() {
  b_user_shell='' b_user_home='' b_has_user='' b_has_sshd='' b_unended=''
  while IFS=: read -r b_name _ b_uid b_gid _ b_home b_shell || { [ -n "$b_name" ] && b_unended=$b_nl; }; do
    case $b_name in
      "$berth_user")
        b_has_user=1 b_user_home=$b_home b_user_shell=$b_shell
        berth_uid=$b_uid berth_gid=$b_gid
        ;;
      sshd) b_has_sshd=1 ;;
    esac
    [ -z "$b_unended" ] || break
  done </etc/passwd
}

find_shell() {
  b_login_shell=/bin/sh
  [ ! -x /bin/bash ] || b_login_shell=/bin/bash
}

prepare_user() {
  case ${berth_user%\$} in
    '' | *[!A-Za-z0-9_.@-]* | -*) die "the user name '$berth_user' cannot log in; choose another in the settings" ;;
  esac
  [ -r /etc/passwd ] || : >>/etc/passwd
  read_passwd
  if [ -z "$b_has_sshd" ]; then
    printf '%ssshd:x:%s:65534::/run/sshd:/usr/sbin/nologin\n' "$b_unended" "$(free_uid 74)" >>/etc/passwd
    b_unended=''
  fi
  if [ -z "$b_has_user" ]; then
    make_user
  else
    case $b_user_shell in
      '') b_login_shell=/bin/sh ;;
      */nologin | */false | */true) find_shell ;;
      *) if [ -x "$b_user_shell" ]; then b_login_shell=$b_user_shell; else find_shell; fi ;;
    esac
    [ "${b_user_shell:-/bin/sh}" = "$b_login_shell" ] && [ "$b_user_home" = "$berth_home" ] || rewrite_passwd
  fi
  unlock_user
}

free_uid() {
  b_taken=:
  while IFS=: read -r _ _ b_uid _; do b_taken=$b_taken$b_uid:; done </etc/passwd
  b_free=$1
  while case $b_taken in *":$b_free:"*) true ;; *) false ;; esac; do b_free=$((b_free + 1)); done
  echo "$b_free"
}

# sudo first and passwd last: killed in between, the next start finds no user and does all of it again.
make_user() {
  find_shell
  say "home note making the user $berth_user ($berth_uid)"
  b_found=''
  if [ -r /etc/group ]; then
    while IFS=: read -r _ _ b_gid _; do [ "$b_gid" != "$berth_gid" ] || b_found=1; done </etc/group
  fi
  [ -n "$b_found" ] || printf '%s:x:%s:\n' "$berth_user" "$berth_gid" >>/etc/group
  if [ "$berth_uid" != 0 ]; then
    [ -d /etc/sudoers.d ] || mkdir -p /etc/sudoers.d
    umask 0337
    printf '%s ALL=(ALL:ALL) NOPASSWD: ALL\n' "$berth_user" >/etc/sudoers.d/berth
    umask 022
  fi
  # A killed boot may have come as far as this before.
  [ ! -w /etc/shadow ] || in_shadow || printf '%s:*:::::::\n' "$berth_user" >>/etc/shadow
  printf '%s%s:x:%s:%s::%s:%s\n' "$b_unended" "$berth_user" "$berth_uid" "$berth_gid" "$berth_home" "$b_login_shell" >>/etc/passwd
}

in_shadow() {
  while IFS=: read -r b_name _; do
    [ "$b_name" != "$berth_user" ] || return 0
  done </etc/shadow
  return 1
}

# The same line with Berth's home and a shell that is there; by rename, so that a kill leaves one or the other.
rewrite_passwd() {
  say "home note the user $berth_user gets the shell $b_login_shell and the home $berth_home"
  b_text=''
  while IFS= read -r b_line || [ -n "$b_line" ]; do
    case $b_line in
      "$berth_user":*)
        b_rest=${b_line%:*}
        b_line=${b_rest%:*}:$berth_home:$b_login_shell
        ;;
    esac
    b_text=$b_text$b_line$b_nl
  done </etc/passwd
  replace /etc/passwd
}

# sshd without PAM takes exactly '!' and '!!' for a locked account; a '!hash' was locked by somebody and stays so.
unlock_user() {
  [ -r /etc/shadow ] || return 0
  b_text='' b_locked=''
  while IFS= read -r b_line || [ -n "$b_line" ]; do
    case $b_line in
      "$berth_user:!:"* | "$berth_user:!!:"*)
        b_locked=1
        b_line="$berth_user:*:${b_line#*:*:}"
        ;;
    esac
    b_text=$b_text$b_line$b_nl
  done </etc/shadow
  [ -z "$b_locked" ] || replace /etc/shadow
}

# Puts b_text in the place of a file, with its owner and mode.
replace() {
  cp -p "$1" "$1.berth" && printf '%s' "$b_text" >"$1.berth" && mv -f "$1.berth" "$1" ||
    die "cannot write $1"
}

is_empty() {
  for b_entry in "$1"/.[!.]* "$1"/* "$1"/..?*; do
    case $b_entry in */lost+found) continue ;; esac
    [ ! -e "$b_entry" ] && [ ! -L "$b_entry" ] || return 1
  done
}

# The mark stands while the copy is under way, so that a killed one is done again.
prepare_home() {
  case $berth_home in
    / | /bin | /boot | /dev | /etc | /lib | /proc | /run | /sbin | /sys | /usr | /berth | /berth/*)
      die "the home cannot be $berth_home; choose another in the settings" ;;
  esac
  if [ ! -d "$berth_home" ]; then
    mkdir -p "$berth_home" || die "cannot make the home $berth_home"
  fi
  # Between the renames of a swap (homeScript.ts) there is half of each home: nobody may work in that, nor boot fill it.
  [ ! -d "$berth_home/.berth-swap/ready" ] ||
    die "a restore is putting another home in the place of this one, or broke off while it did: all of both is there, in .berth-swap. Start again in a minute; where this is said again, restore the backup again"
  if is_filling || is_empty "$berth_home"; then
    b_from=/etc/skel
    if [ -n "$b_user_home" ] && [ "$b_user_home" != "$berth_home" ] && [ "$b_user_home" != / ] &&
      [ -d "$b_user_home" ] && ! is_empty "$b_user_home"; then
      b_from=$b_user_home
    fi
    if [ -d "$b_from" ] && ! is_empty "$b_from"; then fill_home "$b_from" "$berth_home"; fi
  fi
  [ "$berth_uid" = 0 ] || [ "$b_boot_uid" != 0 ] || own_home
}

is_filling() {
  is_boots_own filling
}

# In a home, which its user can fill with anything, only what root has put there counts.
is_boots_own() {
  [ -e "$b_state/$1" ] || return 1
  [ "$b_state" != "$b_record" ] && [ "$b_boot_uid" = 0 ] || return 0
  [ -f "$b_state/$1" ] && is_roots "$b_state" && is_roots "$b_state/$1"
}

is_roots() {
  # shellcheck disable=SC2012 # one name, and only its owner is read
  [ ! -L "$1" ] && [ "$(ls -ldn -- "$1" | { read -r _ _ b_owner _; echo "$b_owner"; })" = 0 ]
}

# For a subshell that writes there. Where boot is root, in a folder that its user has put there a link could lead anywhere.
enter_state() {
  [ -d "$b_state" ] || mkdir -p "$b_state"
  [ ! -L "$b_state" ] && cd "$b_state" || return 1
  [ "$b_state" = "$b_record" ] || [ "$b_boot_uid" != 0 ] || is_roots .
}

# Without root's attributes where boot is not root: it may not set them.
fill_home() {
  [ -d "$b_state" ] || mkdir -p "$b_state"
  : >"$b_state/filling"
  b_copy=-R
  [ "$b_boot_uid" != 0 ] || b_copy=-a
  cp "$b_copy" "$1/." "$2/" &
  await $! || say "home note not everything of $1 could be copied into the home"
  if [ "$b_boot_uid" = 0 ]; then
    hand_over "$2" &
    await $! || complain "cannot give the home $2 to $berth_user"
  fi
  rm -f "$b_state/filling"
}

# All of a home but what boot keeps there, its top last.
hand_over() {
  for b_each in "$1"/.[!.]* "$1"/* "$1"/..?*; do
    [ "$b_each" != "$b_state" ] && { [ -e "$b_each" ] || [ -L "$b_each" ]; } || continue
    chown -Rh "$berth_uid:$berth_gid" "$b_each" || return
  done
  chown "$berth_uid:$berth_gid" "$1"
}

# Beside the workspace: the volume that hides the image's own home there is mounted at $1 here. What is there is left as
# it is: folders for mounts inside the home, or what somebody has made before a first start came to its end.
fill() {
  # shellcheck source=/dev/null
  . "$b_mount/config"
  uid_of_boot
  b_state=$1/.berth
  b_fill_note=''
  if [ -d "$berth_home" ] && ! is_empty "$berth_home"; then
    if is_filling || is_empty "$1"; then fill_home "$berth_home" "$1"; else fill_gaps "$berth_home" "$1"; fi
  fi
  printf '%s\n' "$b_fill_note" >"$b_record/filled.part"
  mv -f "$b_record/filled.part" "$b_record/filled"
  stay_while_up
}

# Kubernetes never counts a pod as ready of which a container has ended, and a pod that is not ready is not told apart from
# one whose node is lost. So this one stays up, for nothing, until the workspace lets its end of the pipe go, by whatever
# ends it. One that never took it is waited for ten minutes.
stay_while_up() {
  trap 'exit 0' TERM
  up_pipe
  { sleep 600; : <>"$b_up"; } &
  cat "$b_up" &
  wait $!
  exit 0
}

up_pipe() {
  b_up=$b_record/up
  [ -p "$b_up" ] || mkfifo -m 600 "$b_up" 2>/dev/null || [ -p "$b_up" ]
}

fill_gaps() {
  b_copy=-R
  [ "$b_boot_uid" != 0 ] || b_copy=-a
  for b_each in "$1"/.[!.]* "$1"/* "$1"/..?*; do
    b_entry=$2/${b_each##*/}
    [ -e "$b_each" ] || [ -L "$b_each" ] || continue
    [ ! -e "$b_entry" ] && [ ! -L "$b_entry" ] || continue
    cp "$b_copy" "$b_each" "$b_entry" || complain "not everything of $1 could be copied into the home"
    [ "$b_boot_uid" != 0 ] || chown -R "$berth_uid:$berth_gid" "$b_entry"
  done
}

# What goes wrong while the home is filled beside the workspace is for the workspace to say.
complain() {
  [ -n "${b_fill_note+set}" ] || die "$1"
  b_fill_note=$1
  say "home note $1"
}

after_fill() {
  [ -d "$b_run" ] || mkdir -p "$b_run"
  # Held, by all that it starts too, for as long as anything of the workspace is up.
  up_pipe && exec 8<>"$b_up"
  b_tries=0
  while [ ! -e "$b_record/filled" ]; do
    b_tries=$((b_tries + 1))
    [ "$b_tries" -lt 6000 ] || die "the image's own home was not copied in time: see the log of the container fill-home"
    sleep 0.05 2>/dev/null || sleep 1
  done
  read -r b_line <"$b_record/filled" || b_line=''
  [ -z "$b_line" ] || say "home note $b_line"
}

# A home that the image lacks is root's; one that an image with another uid has used is handed over, its top last.
own_home() {
  # shellcheck disable=SC2012 # one folder, and only its owner is read
  b_owner=$(ls -ldn -- "$berth_home" | { read -r _ _ b_owner _; echo "$b_owner"; })
  [ "$b_owner" != "$berth_uid" ] || return 0
  if [ "$b_owner" != 0 ]; then
    say "home note handing the files of user $b_owner in the home over to $berth_user ($berth_uid)"
    find "$berth_home" -depth -user "$b_owner" -exec chown -h "$berth_uid:$berth_gid" {} + &
    await $! || say 'home note not every file could be handed over'
  fi
  chown "$berth_uid:$berth_gid" "$berth_home" || die "cannot give the home $berth_home to $berth_user"
}

link_inputs() {
  [ -n "$b_mount" ] || return 0
  chmod 755 "$b_record" 2>/dev/null
  for b_each in "$b_mount"/*; do
    [ -e "$b_record/${b_each##*/}" ] || ln -s "$b_each" "$b_record/"
  done
}

# Where boot may not change /etc/passwd, or need not.
join_passwd() {
  read_passwd
  find_shell
  [ ! -x "$b_user_shell" ] || b_login_shell=$b_user_shell
}

stage_home() {
  begin home
  # shellcheck source=/dev/null
  if [ -r "$b_record/config" ]; then . "$b_record/config"; else
    die "the workspace's record has no config; rebuild the workspace"
  fi
  uid_of_boot
  [ -z "$b_mount" ] || b_state=$berth_home/.berth
  [ "$b_boot_uid" = 0 ] || b_local=$b_run
  b_made=''
  [ -d "$b_run/apps" ] || b_made="$b_made $b_run/apps"
  [ -d "$b_local" ] || b_made="$b_made $b_local"
  [ -d /run/sshd ] || [ "$b_boot_uid" != 0 ] || b_made="$b_made /run/sshd"
  # shellcheck disable=SC2086 # a list of plain words
  [ -z "$b_made" ] || mkdir -p $b_made
  : >"$b_run/soon"
  if [ "$b_boot_uid" = 0 ]; then
    [ -w /etc ] || die 'the root file system is read-only, and boot writes to /etc; take the read-only option away'
    prepare_user
    prepare_home
  else
    join_passwd
    [ -n "$b_has_user" ] || die "the image has no user $berth_user, and boot may not make one because it does not run as root; choose another user"
    [ -w "$berth_home" ] || die "the home $berth_home cannot be written by $berth_user ($berth_uid)"
    prepare_home
  fi
  say 'home ok'
}

# ---- Stage hostkey ----

stage_hostkey() {
  begin hostkey
  [ -s "$b_record/ssh_host_ed25519_key" ] || die "the workspace's record has no host key; rebuild the workspace"
  say 'hostkey ok'
}

# ---- The environment of ssh sessions ----

# Leaves b_setenv: arguments of SetEnv, one a line, the image's ENV first and the workspace's own after it.
collect_environment() {
  b_setenv='' b_many_lines=''
  b_cr=$(printf '\r')
  b_pairs=$(tr '\000\n' '\n\r' <"/proc/$$/environ")
  set -f
  IFS=$b_nl
  for b_pair in $b_pairs; do
    b_name=${b_pair%%=*}
    case $b_name in
      '' | [0-9]* | *[!A-Za-z0-9_]*) continue ;;
      HOME | USER | LOGNAME | SHELL | PWD | OLDPWD | SHLVL | _ | TERM | MAIL | HOSTNAME | SSH_*) continue ;;
      BERTH_SESSION) continue ;;
    esac
    case " $berth_env_names " in *" $b_name "*) continue ;; esac
    [ "$b_name" != PATH ] || b_pair=$b_pair:$b_run/bin
    case $b_pair in
      *"$b_cr"*)
        b_many_lines="$b_many_lines $b_name"
        continue
        ;;
      *[\\\"]*) b_pair=$(printf '%s\n' "$b_pair" | sed 's/[\\"]/\\&/g') ;;
    esac
    b_setenv="$b_setenv\"$b_pair\"$b_nl"
  done
  unset IFS
  set +f
  b_setenv=$b_setenv$berth_setenv
  b_many_lines="$b_many_lines${berth_env_many_lines:+ $berth_env_many_lines}"
  [ -z "$b_many_lines" ] || say "sshd note ssh sessions go without the variables whose value has a line break:$b_many_lines"
  [ -z "$berth_env_left_out" ] || say "sshd note left out, because every session sets them itself: $berth_env_left_out"
}

# sshd before 8.7 takes a backslash for itself, has no way to say a quote, and ends any line at a '#'.
fit_to_old_sshd() {
  case $b_setenv in *[\\#]*) ;; *) return 0 ;; esac
  b_version=$("$b_sshd" -V 2>&1)
  b_version=${b_version#*OpenSSH_}
  b_major=${b_version%%.*}
  b_minor=${b_version#*.}
  b_minor=${b_minor%%[!0-9]*}
  case $b_major in '' | *[!0-9]*) return 0 ;; esac
  [ "$((b_major * 100 + b_minor))" -lt 807 ] || return 0
  b_old_setenv='' b_dropped=''
  set -f
  IFS=$b_nl
  for b_pair in $b_setenv; do
    b_name=${b_pair%%=*}
    case $b_pair in
      *'\"'* | *'#'*) b_dropped="$b_dropped ${b_name#?}" ;;
      *\\*) b_old_setenv=$b_old_setenv$(printf '%s\n' "$b_pair" | sed 's/\\\\/\\/g')$b_nl ;;
      *) b_old_setenv=$b_old_setenv$b_pair$b_nl ;;
    esac
  done
  unset IFS
  set +f
  b_setenv=$b_old_setenv
  [ -z "$b_dropped" ] || say "sshd note this old sshd cannot pass on values with a double quote or a '#':$b_dropped"
}

# Login shells reset PATH; this puts the image's back, before the other files of that folder add to it.
write_profile() {
  b_path=${berth_path:-$b_image_path}
  [ -n "$b_path" ] && [ -e /etc/profile ] || return 0
  if [ "$b_boot_uid" = 0 ]; then
    b_profile=/etc/profile.d/00-berth.sh
    [ -w /etc ] || return 0
    [ -d /etc/profile.d ] || mkdir -p /etc/profile.d
  else
    # Kubernetes mounts a line that reads it in the place of the other.
    b_profile=$b_run/profile
  fi
  case $b_path in *\'*) b_path=$(printf '%s\n' "$b_path" | sed "s/'/'\\\\''/g") ;; esac
  # shellcheck disable=SC2016 # expanded by the login shell
  printf '%s\n' '# Written by Berth at every start: login shells reset PATH to less than the image has.' \
    "berth_path='$b_path'" 'berth_rest=$PATH:' 'while [ -n "$berth_rest" ]; do' \
    '  berth_part=${berth_rest%%:*} berth_rest=${berth_rest#*:}' \
    '  case :$berth_path: in *:"$berth_part":*) ;; *) berth_path=$berth_path:$berth_part ;; esac' 'done' \
    'PATH=$berth_path' 'export PATH' 'unset berth_path berth_part berth_rest' \
    "case \$- in *i*) [ ! -t 1 ] || [ ! -x $b_run/bin/berth ] || $b_run/bin/berth login-line ;; esac" >"$b_profile"
}

# ---- Stage sshd ----

find_sshd() {
  for b_sshd in /usr/sbin/sshd /usr/local/sbin/sshd /usr/bin/sshd /sbin/sshd /opt/*/sbin/sshd; do
    [ ! -x "$b_sshd" ] || return 0
  done
  b_sshd=$(command -v sshd) && case $b_sshd in /*) return 0 ;; esac
  return 1
}

# Keys only: no password, no other way in. The one secret in it, SetEnv, is why nobody else may read it.
write_sshd_config() {
  b_root_login=no b_strict=yes b_allow=
  case $berth_user in *@*) ;; *) b_allow="AllowUsers $berth_user" ;; esac
  [ "$berth_uid" != 0 ] || b_root_login=prohibit-password
  # A Secret's mount is everybody's to write by its mode, and nobody's in fact.
  [ "$b_boot_uid" = 0 ] && [ -z "$b_mount" ] || b_strict=no
  umask 077
  {
    printf '%s\n' 'Port 22' "HostKey $b_record/ssh_host_ed25519_key" "AuthorizedKeysFile $b_record/authorized_keys" \
      "StrictModes $b_strict" "$b_allow" "PermitRootLogin $b_root_login" \
      'PubkeyAuthentication yes' 'PasswordAuthentication no' 'ChallengeResponseAuthentication no' \
      'PermitEmptyPasswords no' 'AuthenticationMethods publickey' 'UsePAM no' 'UseDNS no' 'PidFile none' \
      'LogLevel INFO' 'LoginGraceTime 60' 'MaxStartups 200:30:500' 'MaxSessions 200' 'MaxAuthTries 20' \
      'AllowTcpForwarding yes' 'AllowStreamLocalForwarding yes' 'AllowAgentForwarding yes' 'X11Forwarding no' \
      'GatewayPorts no' 'PermitTunnel no' 'TCPKeepAlive yes' 'ClientAliveInterval 30' 'ClientAliveCountMax 4' \
      'PrintMotd no' 'PrintLastLog no' 'Subsystem sftp internal-sftp'
    # Whose session it is (connections.ts).
    [ -n "$b_silent" ] || echo 'ExposeAuthInfo yes'
    if [ -n "$b_user_environment" ]; then
      echo 'PermitUserEnvironment yes'
    elif [ -n "$b_setenv" ]; then
      set -f
      IFS=$b_nl
      # shellcheck disable=SC2086 # one argument a line
      set -- $b_setenv
      IFS=' '
      printf 'SetEnv %s\n' "$*"
      unset IFS
      set +f
    fi
  } >"$b_run/sshd_config" || die "cannot write $b_run/sshd_config: is the disk full?"
  umask 022
}

# sshd before 7.8 knows no SetEnv: a file in the home does it, read for every session.
write_user_environment() {
  b_user_environment=1
  [ -d "$berth_home/.ssh" ] || mkdir -m 700 "$berth_home/.ssh"
  umask 077
  printf '%s\n' "$b_setenv" | sed -e 's/^"//' -e 's/"$//' -e 's/\\\(.\)/\1/g' >"$berth_home/.ssh/environment"
  umask 022
  chown "$berth_uid:$berth_gid" "$berth_home/.ssh" "$berth_home/.ssh/environment"
}

# sshd's words come to fd 3, so that the moment it listens is known without asking.
launch_sshd() {
  { "$b_sshd" -D -e -f "$b_run/sshd_config"; echo "@end $?"; } 0</dev/null 1>&3 2>&3 5<&- &
  b_sshd_pid=$!
}

# Starts sshd until it listens. What it complains of is put right where that can be done.
open_sshd() {
  # A pipe of this boot alone: what a killed one has left may still read from its own.
  [ ! -e "$b_local/sshd.fifo" ] || rm -f "$b_local/sshd.fifo"
  mkfifo -m 600 "$b_local/sshd.fifo"
  exec 3<>"$b_local/sshd.fifo"
  b_user_environment='' b_silent=''
  for _ in 1 2 3 4 5 6; do
    write_sshd_config
    launch_sshd
    b_said='' b_last=''
    while :; do
      IFS= read -r b_line <&3 || continue
      b_line=${b_line%"$b_cr"}
      case $b_line in
        'Server listening on '*) return 0 ;;
        '@end '*) break ;;
        ?*) b_last=$b_line b_said=$b_said$b_line$b_nl ;;
      esac
    done
    await "$b_sshd_pid"
    case $b_said in
      *'Missing privilege separation directory: '*)
        b_folder=${b_said#*'Missing privilege separation directory: '}
        mkdir -p "${b_folder%%"$b_nl"*}"
        ;;
      *'must be owned by root and not group or world-writable'*)
        chmod go-w /run/sshd /var/empty /var/empty/sshd 2>/dev/null
        ;;
      *'Bad configuration option: ExposeAuthInfo'*) b_silent=1 ;;
      *'Bad configuration option: SetEnv'*) write_user_environment ;;
      *'bad permissions'* | *'UNPROTECTED PRIVATE KEY'* | *'bad ownership'*)
        chown 0:0 "$b_record/ssh_host_ed25519_key" && chmod 600 "$b_record/ssh_host_ed25519_key"
        ;;
      *'Address already in use'*)
        die "port 22 is taken inside the workspace, it seems by the image's own ssh server; let Berth's boot be the first process" ;;
      *) break ;;
    esac
  done
  die "sshd does not start: ${b_last:-it ended with ${b_line#@end }}"
}

stage_sshd() {
  begin sshd
  collect_environment
  write_profile
  if ! find_sshd; then
    install openssh-server || die "$b_problem; $b_way_out"
    find_sshd || die "no sshd after installing openssh-server: ${b_last:-no output}; use an image that has openssh-server"
  fi
  fit_to_old_sshd
  open_sshd
  say "sshd ok $b_sshd"
}

# A file that keeps the time at which boot began: it is as new as the container's start, also where the clock was set back
# since.
be_ready() {
  [ ! -e "$b_run/soon" ] || mv -f "$b_run/soon" "$b_run/ready"
}

# What sshd says from now on: problems are shown, ordinary comings and goings are not.
follow_sshd() {
  while :; do
    IFS= read -r b_line <&3 || continue
    b_line=${b_line%"$b_cr"}
    case $b_line in
      'Server listening on '*) be_ready ;;
      '@end '*) [ ! -e "$b_run/ready" ] || mv -f "$b_run/ready" "$b_run/soon" ;;
      'Accepted '* | 'Connection '* | 'Received '* | 'Disconnected '* | 'Starting session'* | 'Close session'*) ;;
      kex_exchange_identification* | 'banner exchange'* | 'Postponed '* | '') ;;
      *) printf 'sshd: %s\n' "$b_line" ;;
    esac
  done
}

# The first process spends its life here, taking up orphans; sshd is started again when it ends. What looks at the time,
# every ten seconds and when somebody asks, is a process of its own each time: whoever kills it, or makes it fail, gets
# another a moment later. One that hangs is killed before that time counts as a gap.
keep() {
  b_turn=0 b_looker=''
  read_uptime
  b_looked=$b_up
  while :; do
    pause "${berth_tick:-2}"
    if ! kill -0 "$b_sshd_pid" 2>/dev/null; then
      wait "$b_sshd_pid"
      say "sshd note sshd ended with $? and is started again"
      launch_sshd
    fi
    b_turn=$((b_turn + 1))
    if [ -n "$b_looker" ]; then
      if kill -0 "$b_looker" 2>/dev/null; then
        [ "$b_turn" -lt "${berth_patience:-15}" ] || kill -s KILL "$b_looker"
        continue
      fi
      await "$b_looker" || act_on "$b_status"
      b_looker=''
    fi
    [ "$b_turn" -ge "${berth_turns:-5}" ] || is_asked || continue
    read_uptime
    b_gap=$((b_up - b_looked)) b_turn=0 b_looked=$b_up
    watch_time "$b_gap" 0</dev/null 3<&- &
    b_looker=$!
  done
}

# The status of a look.
act_on() {
  case $1 in
    10)
      b_by_itself=1
      leave
      ;;
    # What it wrote down cannot be read, by which bash ends with 1 and others with 2: it begins anew from what is
    # remembered here.
    1 | 2) rm -f "$b_run/time" ;;
  esac
}

# ---- Installing packages ----

# $1: openssh-server, git or sudo. Shows the package manager's output; says in b_problem why it could not.
install() {
  b_package=$1
  b_way_out="use an image that has $b_package"
  b_manager=''
  for b_each in apt-get apk dnf microdnf yum zypper pacman; do
    if command -v "$b_each" >/dev/null 2>&1; then
      b_manager=$b_each
      break
    fi
  done
  if [ -z "$b_manager" ]; then
    b_problem="the image has no $b_package and no package manager that Berth knows (apt, apk, dnf, yum, zypper, pacman)"
    return 1
  elif [ "$b_boot_uid" != 0 ]; then
    b_problem="the image has no $b_package, and boot may not install it because it does not run as root"
    return 1
  fi
  case $b_package:$b_manager in
    git:apt-get | git:apk) set -- git ca-certificates openssh-client ;;
    git:pacman | git:zypper) set -- git openssh ;;
    git:*) set -- git openssh-clients ;;
    openssh-server:pacman) set -- openssh ;;
  esac
  case $b_manager in
    apt-get) set -- install_by_apt "$@" ;;
    apk) set -- apk add --no-cache "$@" ;;
    dnf) set -- dnf install -y --setopt=install_weak_deps=False "$@" ;;
    microdnf | yum) set -- "$b_manager" install -y "$@" ;;
    zypper) set -- zypper --non-interactive install --no-recommends "$@" ;;
    pacman) set -- pacman -Sy --noconfirm --needed "$@" ;;
  esac
  say "$b_stage note the image has no $b_package: installing it with $b_manager"
  show "$@" && return 0
  b_problem="$b_manager could not install $b_package (${b_last:-it ended with $b_status})"
  b_way_out="give the workspace access to a network, or $b_way_out"
  return 1
}

# policy-rc.d keeps the package from starting a server of its own (Debian policy 9.3.3.2).
install_by_apt() {
  b_policy=/usr/sbin/policy-rc.d
  if [ -e "$b_policy" ]; then b_policy=''; else
    printf '#!/bin/sh\nexit 101\n' >"$b_policy"
    chmod 755 "$b_policy"
  fi
  DEBIAN_FRONTEND=noninteractive
  export DEBIAN_FRONTEND
  b_options='-q -o Acquire::Languages=none -o Dpkg::Options::=--force-unsafe-io -o Acquire::Retries=1 -o Acquire::http::Timeout=30 -o DPkg::Lock::Timeout=60'
  dpkg --configure -a
  # shellcheck disable=SC2086 # a list of plain words
  apt-get update $b_options
  # shellcheck disable=SC2086
  apt-get install -y --no-install-recommends $b_options "$@"
  b_status=$?
  [ -z "$b_policy" ] || rm -f "$b_policy"
  return "$b_status"
}

# ---- Running programs as people ----

# Makes a subshell's environment that of a session: the image's ENV is there, the workspace's and the user's come on top.
enter() {
  PATH=$b_image_path
  export PATH
  # shellcheck source=/dev/null
  [ ! -r "$b_record/env" ] || . "$b_record/env"
  HOME=$2 USER=$1 LOGNAME=$1 SHELL=$3
  export HOME USER LOGNAME SHELL
}

# Finds the image's way to change user, once; by path, because PATH changes before it is used.
find_switch() {
  [ -z "$b_switch" ] || return 0
  b_setsid=$(command -v setsid) || b_setsid=''
  if b_tool=$(command -v setpriv) && "$b_tool" --reuid=65534 --regid=65534 --clear-groups true 2>/dev/null; then
    b_switch=setpriv
  elif b_tool=$(command -v chroot) && "$b_tool" --userspec=65534:65534 --skip-chdir / true 2>/dev/null; then
    b_switch=chroot
  else
    b_tool=$(command -v su) || b_tool=su
    b_switch=su
  fi
}

# become UID GID NAME ARGV...: goes on as that program.
become() {
  b_as=$1:$2:$3
  shift 3
  case $b_as in 0:*) exec "$@" ;; esac
  [ "$b_boot_uid" = 0 ] || exec "$@"
  b_as_uid=${b_as%%:*} b_as_name=${b_as##*:}
  b_as_gid=${b_as#*:}
  b_as_gid=${b_as_gid%%:*}
  b_groups=--init-groups
  [ "$b_as_name" != "$b_as_uid" ] || b_groups=--clear-groups
  # shellcheck disable=SC2016 # expanded by the shell that su starts
  case $b_switch in
    setpriv) exec "$b_tool" --reuid="$b_as_uid" --regid="$b_as_gid" "$b_groups" -- "$@" ;;
    chroot) exec "$b_tool" --userspec="$b_as_uid:$b_as_gid" --skip-chdir / "$@" ;;
    *) exec "$b_tool" -s /bin/sh -c 'exec "$@"' -- "$b_as_name" sh "$@" ;;
  esac
}

# Runs ARGV as the login user in the home.
as_login() (
  enter "$berth_user" "$berth_home" "$b_login_shell"
  cd "$berth_home" || cd /
  become "$berth_uid" "$berth_gid" "$berth_user" "$@"
)

# Looks a user up, 'name', 'uid', either with ':group'; '' is root. Leaves b_who_{name,uid,gid,home}.
find_user() {
  b_wanted=${1%%:*}
  b_wanted=${b_wanted:-0} b_who_uid=''
  while IFS=: read -r b_name _ b_uid b_gid _ b_home _ || [ -n "$b_name" ]; do
    if [ "$b_name" = "$b_wanted" ] || [ "$b_uid" = "$b_wanted" ]; then
      b_who_name=$b_name b_who_uid=$b_uid b_who_gid=$b_gid b_who_home=$b_home
      break
    fi
  done </etc/passwd
  if [ -z "$b_who_uid" ]; then
    case $b_wanted in *[!0-9]*) return 1 ;; esac
    b_who_name=$b_wanted b_who_uid=$b_wanted b_who_gid=0 b_who_home=/
  fi
  case $1 in *:*[!0-9]*) ;; *:?*) b_who_gid=${1#*:} ;; esac
}

# ---- Stage git ----

# Keys and tokens become the login user's, and the system's gitconfig includes Berth's (the person's own wins over it).
prepare_git() {
  for b_file in git_key git_token; do
    if [ -n "$b_mount" ] && [ -s "$b_mount/$b_file" ]; then
      (umask 077 && cat "$b_mount/$b_file" >"$b_run/$b_file" && mv -f "$b_run/$b_file" "$b_record/$b_file")
    fi
    [ ! -s "$b_record/$b_file" ] || [ "$berth_uid" = 0 ] || [ "$b_boot_uid" != 0 ] || chown "$berth_uid:$berth_gid" "$b_record/$b_file"
  done
  b_gitconfig=/etc/gitconfig
  [ "$b_boot_uid" = 0 ] || b_gitconfig=$berth_home/.gitconfig
  [ -w "${b_gitconfig%/*}" ] || return 0
  if [ -r "$b_gitconfig" ]; then
    while IFS= read -r b_line || [ -n "$b_line" ]; do
      case $b_line in *"$b_record/gitconfig"*) return 0 ;; esac
    done <"$b_gitconfig"
  fi
  printf '\n[include]\n\tpath = %s/gitconfig\n' "$b_record" >>"$b_gitconfig"
}

# Into a folder beside the final one first: a killed clone is never taken for a whole one.
# shellcheck disable=SC2016 # run by the login user's sh: URL FOLDER BRANCH SSH
b_clone='
[ -z "$(ls -A "$2" 2>/dev/null)" ] || exit 0
rm -rf "$2.berth-part"
GIT_TERMINAL_PROMPT=0 GIT_SSH_COMMAND=$4
export GIT_TERMINAL_PROMPT GIT_SSH_COMMAND
git clone ${3:+--branch "$3"} -- "$1" "$2.berth-part" || exit
[ ! -d "$2" ] || rmdir "$2"
mv "$2.berth-part" "$2"'

clone() {
  if ! command -v git >/dev/null && ! install git; then return 1; fi
  show as_login /bin/sh -c "$b_clone" clone "$1" "$2" "$3" "$berth_git_ssh" && return 0
  b_problem="git could not clone $1 (${b_last:-it ended with $b_status})"
  return 1
}

stage_git() {
  b_stage=git
  prepare_git
  b_cloned=''
  [ ! -f "$b_state/cloned" ] || read -r b_cloned <"$b_state/cloned"
  if [ -z "$berth_repository" ] || [ "$b_cloned" = "$berth_repository" ]; then
    say 'git skip'
    return 0
  fi
  begin git
  if clone "$berth_repository" "$berth_home/$berth_repository_folder" "$berth_branch"; then
    (enter_state && printf '%s\n' "$berth_repository" >cloned) || :
    say "git ok $berth_repository_folder"
  else
    say "git fail $b_problem; the next start tries again"
  fi
}

# ---- Stage dotfiles: once for each new container ----

# shellcheck disable=SC2016 # run by the login user's sh
b_install_dotfiles='
cd "$HOME/dotfiles" || exit
GIT_TERMINAL_PROMPT=0
export GIT_TERMINAL_PROMPT
git pull --ff-only --quiet 2>/dev/null
if [ -x install.sh ]; then ./install.sh; exit; fi
find . -path ./.git -prune -o \( -type f -o -type l \) -path "./.*" -print | while IFS= read -r file; do
  file=${file#./}
  case $file in .gitignore | .gitattributes | .gitmodules | .github/* | .gitlab*) continue ;; esac
  there=$HOME/$file
  [ "$(readlink "$there")" != "$HOME/dotfiles/$file" ] || continue
  mkdir -p "${there%/*}"
  if [ -e "$there" ] || [ -L "$there" ]; then mv -f "$there" "$there.before-dotfiles"; fi
  ln -s "$HOME/dotfiles/$file" "$there" && echo "linked ~/$file"
done'

stage_dotfiles() {
  b_mark=/var/lib/berth/dotfiles
  [ "$b_boot_uid" = 0 ] || b_mark=$b_run/dotfiles
  b_done=''
  [ ! -r "$b_mark" ] || read -r b_done <"$b_mark"
  if [ -z "$berth_dotfiles" ] || [ "$b_done" = "$berth_dotfiles" ]; then
    say 'dotfiles skip'
    return 0
  fi
  begin dotfiles
  if ! clone "$berth_dotfiles" "$berth_home/dotfiles" ''; then
    say "dotfiles fail $b_problem; the next start tries again"
    return 0
  fi
  if show as_login /bin/sh -c "$b_install_dotfiles"; then say 'dotfiles ok'; else
    say "dotfiles fail install.sh ended with $b_status: $b_last"
  fi
  mkdir -p "${b_mark%/*}"
  printf '%s\n' "$berth_dotfiles" >"$b_mark"
}

# ---- Stage init ----

# As root, so that it may install things; BERTH_USER and BERTH_HOME say who works here.
run_init() {
  find_user ''
  enter "$b_who_name" "$b_who_home" /bin/sh
  BERTH_USER=$berth_user BERTH_HOME=$berth_home
  export BERTH_USER BERTH_HOME
  cd "$berth_home" || cd /
  IFS= read -r b_line <"$b_record/init"
  case $b_line in
    '#!'*) exec "$b_record/init" ;;
    *) exec /bin/sh "$b_record/init" ;;
  esac
}

stage_init() {
  if [ ! -s "$b_record/init" ]; then
    say 'init skip'
    return 0
  fi
  begin init
  b_log=$b_run/init.log
  umask 077
  : >"$b_log"
  umask 022
  if show run_init; then say 'init ok'; else say "init fail the init script ended with $b_status: $b_last"; fi
  b_log=''
}

# ---- Stage apps ----

# Takes app number $1 of the config apart into b_app_*.
load_app() {
  for b_key in id command user folder port start ready scheme restart; do
    eval "b_app_$b_key=\$berth_app_$1_$b_key"
  done
  b_app_file=$b_run/apps/$b_app_id
}

# The number of the app with the id $1.
find_app() {
  b_number=0
  while [ "$b_number" -lt "${berth_app_count:-0}" ]; do
    b_number=$((b_number + 1))
    load_app "$b_number"
    [ "$b_app_id" != "$1" ] || return 0
  done
  return 1
}

app_state() {
  printf '%s\n' "$*" >"$b_app_file.state"
}

# Supervised from here on; $! is its supervisor, which the pid file names.
start_app() {
  load_app "$1"
  app_state starting
  : >"$b_app_file.log"
  supervise_app 0</dev/null 3<&- 4>&- &
  printf '%s\n' $! >"$b_app_file.pid"
}

is_supervised() {
  [ -s "$b_app_file.pid" ] && read -r b_pid <"$b_app_file.pid" && kill -0 "$b_pid" 2>/dev/null
}

supervise_app() {
  b_app_pid='' b_watch_pid=''
  trap 'end_app; exit 0' TERM
  find_switch
  b_delay=1
  while :; do
    b_began=$(date +%s)
    run_app >>"$b_app_file.log" 2>&1 &
    b_app_pid=$!
    watch_app &
    b_watch_pid=$!
    await "$b_app_pid"
    b_code=$b_status
    kill "$b_watch_pid" 2>/dev/null
    b_app_pid='' b_watch_pid=''
    b_last=$(tail -c 500 "$b_app_file.log" 2>/dev/null | tail -n 1)
    case $b_code:$b_last in
      12[67]:*)
        b_words=${b_last%: not found} b_words=${b_words%: command not found} b_words=${b_words%: Permission denied}
        b_words="its program cannot be run: ${b_words##*: } ($b_last)"
        app_state "missing $b_words"
        say "apps fail $b_app_id: $b_words"
        return
        ;;
    esac
    app_state "exited $b_code $b_last"
    if [ "$b_app_restart" != 1 ]; then
      say "apps note $b_app_id ended with $b_code"
      return
    fi
    [ "$(($(date +%s) - b_began))" -lt 60 ] || b_delay=1
    say "apps note $b_app_id ended with $b_code and is started again in $b_delay s: $b_last"
    pause "$b_delay"
    b_delay=$((b_delay * 2))
    [ "$b_delay" -le 60 ] || b_delay=60
    app_state starting
  done
}

run_app() {
  trap - TERM
  if ! find_user "${b_app_user:-$berth_user}"; then
    echo "the user $b_app_user does not exist"
    exit 1
  fi
  enter "$b_who_name" "$b_who_home" "$b_login_shell"
  cd "${b_app_folder:-$b_who_home}" || exit
  become "$b_who_uid" "$b_who_gid" "$b_who_name" ${b_setsid:+"$b_setsid"} /bin/sh -c "$b_app_command"
}

# Ready: its path answers below 400, or its port listens; without a port, still there after a second.
watch_app() {
  trap - TERM
  b_tries=0
  while [ "$b_tries" -lt 600 ]; do
    b_tries=$((b_tries + 1))
    if [ "$b_tries" -le 50 ]; then sleep 0.1; else sleep 1; fi 2>/dev/null || sleep 1
    if [ -z "$b_app_port" ]; then
      [ "$b_tries" -ge 10 ] || continue
      app_state running
      return
    fi
    is_listening "$b_app_port" && answers && break
  done
  if [ "$b_tries" -lt 600 ]; then
    app_state "ready $b_app_port"
    say "apps note $b_app_id is ready on port $b_app_port"
  else
    app_state running "port $b_app_port does not answer"
    say "apps note $b_app_id runs, but port $b_app_port does not answer"
  fi
}

is_listening() {
  b_hex=$(printf '%04X' "$1")
  for b_table in /proc/net/tcp /proc/net/tcp6; do
    [ -r "$b_table" ] || continue
    while read -r _ b_from _ b_tcp_state _; do
      case $b_from:$b_tcp_state in *:"$b_hex":0A) return 0 ;; esac
    done <"$b_table"
  done
  return 1
}

answers() {
  [ -n "$b_app_ready" ] || return 0
  b_url=$b_app_scheme://127.0.0.1:$b_app_port/${b_app_ready#/}
  if command -v curl >/dev/null; then
    curl -fsSk -m 5 -o /dev/null -- "$b_url" 2>/dev/null
  elif command -v wget >/dev/null; then
    wget -q -T 5 -O /dev/null "$b_url" 2>/dev/null
  fi
}

# The app's whole process group, where the image has setsid to give it one.
end_app() {
  kill "$b_watch_pid" 2>/dev/null
  app_state stopped
  [ -n "$b_app_pid" ] || return 0
  b_group=$b_app_pid
  ! kill -s 0 -- "-$b_app_pid" 2>/dev/null || b_group=-$b_app_pid
  kill -s TERM -- "$b_group" 2>/dev/null
  b_tries=0
  while kill -s 0 -- "$b_group" 2>/dev/null && [ "$b_tries" -lt "$((${berth_grace:-10} * 10 - 5))" ]; do
    b_tries=$((b_tries + 1))
    sleep 0.1 2>/dev/null || sleep 1
  done
  kill -s KILL -- "$b_group" 2>/dev/null
}

# The image's own command, not restarted: what it does when it ends is the image's business.
run_beside() {
  find_switch
  if ! find_user "$1"; then
    say "apps fail the image's own command: the user $1 does not exist"
    return
  fi
  shift
  (
    enter "$b_who_name" "$b_who_home" "$b_login_shell"
    become "$b_who_uid" "$b_who_gid" "$b_who_name" "$@"
  ) 0</dev/null
  say "apps note the image's own command ended with $?"
}

stage_apps() {
  if [ "${berth_app_count:-0}" = 0 ] && [ $# -eq 0 ]; then
    say 'apps skip'
    return 0
  fi
  begin apps
  [ $# -eq 0 ] || run_beside "$@" 3<&- 4>&- &
  b_number=0 b_started=''
  while [ "$b_number" -lt "${berth_app_count:-0}" ]; do
    b_number=$((b_number + 1))
    load_app "$b_number"
    if [ "$b_app_start" = boot ]; then
      start_app "$b_number"
      b_started="$b_started $b_app_id"
    fi
  done
  say "apps ok$b_started"
}

# ---- Time: lifespan, daily stop, idle stop ----

# What is kept between two looks is in run/time, for everybody to read; times are seconds of the clock that nobody sets:
#   b_began b_gaps   when it began, and for how long since then the machine slept
#   b_hold           an extension: nothing stops it before
#   b_daily b_offset the next daily stop in Unix time, and how far the wall clock was ahead when that was planned
#   b_idle b_warned  since when nobody is connected, and since when people know of the stop; 0: they are, they do not
#   b_stop b_limit b_lead b_late  what stops it next ('': nothing), how long before that it warns, and how far it was put off
#   b_furthest       how far it can be extended from inside
#   b_code b_what    the limit that stops it next, as it is kept and in words
#   b_name b_login_line b_test_clock  for the command berth
# run/looked has when it was looked last, run/stopping since when it ends.

read_uptime() {
  if [ -n "${berth_clock-}" ]; then read -r b_up b_wall <"$berth_clock"; else read -r b_up _ </proc/uptime; fi
  b_up=${b_up%.*}
}

# The one clock that people set. Only the daily stop goes by it.
read_wall() {
  [ -n "${berth_clock-}" ] || b_wall=$(date +%s)
}

begin_time() {
  mkdir -p "$b_run/bin" "$b_run/asks"
  chmod 700 "$b_run/asks"
  [ "$b_boot_uid" != 0 ] || [ "$berth_uid" = 0 ] || chown "$berth_uid:$berth_gid" "$b_run/asks"
  # Not in the place of one that is being read.
  cp "$0" "$b_run/bin/.berth" && chmod 755 "$b_run/bin/.berth" && mv -f "$b_run/bin/.berth" "$b_run/bin/berth"
  read_uptime
  b_began=$b_up b_gaps=0 b_hold=0 b_daily=0 b_offset=0 b_idle=0 b_warned=0
  [ -n "$b_again" ] && [ -e "$b_run/time" ] || (
    begin_session
    read_limits
    plan_daily
    plan
    keep_time
  )
}

# A Job brings a pod of it back that was evicted or deleted: the session goes on with the time that it had, by the one clock
# that nodes share. BERTH_SESSION is the Job; the file says of which one, since when and until when it runs, and why it was to
# end, for a pod that comes back because it was killed in that.
begin_session() {
  [ -n "${BERTH_SESSION-}" ] || return 0
  if ! recall_session; then
    keep_session
    return 0
  fi
  read_wall
  [ "$b_since" -ge "$b_wall" ] || b_began=$((b_up - b_wall + b_since))
  [ "$b_until" -le "$b_wall" ] || b_hold=$((b_up + b_until - b_wall))
}

# What is another's session, or was not written by boot, is none.
recall_session() {
  is_boots_own session || return 1
  read -r b_session b_since b_until b_line <"$b_state/session" || return 1
  [ "$b_session" = "$BERTH_SESSION" ] || return 1
  case $b_since:$b_until in :* | *: | *[!0-9:]* | *:*:* | ????????????*:* | *:????????????*) return 1 ;; esac
}

# $1: why it ends.
keep_session() {
  [ -n "${BERTH_SESSION-}" ] && [ -n "$b_mount" ] || return 0
  read_uptime
  read_wall
  if [ -n "${1-}" ]; then
    # From the file: what the watchdog knows of its time, boot does not.
    recall_session || b_since=$b_wall b_until=0
  else
    b_since=$((b_wall - b_up + b_began + b_gaps)) b_until=0
    [ "$b_hold" = 0 ] || b_until=$((b_wall + b_hold - b_up))
  fi
  (
    enter_state &&
      printf '%s %s %s %.1000s\n' "$BERTH_SESSION" "$b_since" "$b_until" "${1-}" >session.part &&
      mv -f session.part session
  ) 2>/dev/null || :
}

# A pod that comes back of a session that was to end does so at once.
end_again() {
  [ -n "${BERTH_SESSION-}" ] && recall_session && [ -n "$b_line" ] || return 0
  b_by_itself=1
  reason "${b_line%% *}" "${b_line#* }"
  leave
}

# What the settings say now: an edit takes effect while it runs. Without them nothing stops it.
read_limits() {
  berth_lifespan=0 berth_idle=0 berth_warning=0 berth_daily='' berth_daily_words='' berth_login_line='' berth_ports=''
  berth_longest=0 berth_inside=0
  # shellcheck source=/dev/null
  [ ! -r "$b_record/limits" ] || . "$b_record/limits"
}

# One look, which takes $1 seconds of time since the last into account. Ends with 10 when it is time to stop.
watch_time() {
  b_seen=''
  if [ -r "$b_run/time" ]; then
    while IFS= read -r b_line; do b_seen=$b_seen$b_line$b_nl; done <"$b_run/time"
    eval "$b_seen"
  fi
  read_limits
  b_stopped=''
  b_gap=$1
  # Asleep, or so busy that nothing here had its turn: such time is nobody's.
  if [ "$b_gap" -gt 60 ] || [ "$b_gap" -lt 0 ]; then
    say "time note passed over a gap of $b_gap s"
    b_gaps=$((b_gaps + b_gap))
    [ "$b_idle" = 0 ] || b_idle=$((b_idle + b_gap))
    [ "$b_hold" = 0 ] || b_hold=$((b_hold + b_gap))
    [ "$b_warned" = 0 ] || b_warned=$((b_warned + b_gap))
  fi
  plan_daily
  look_for_people
  plan
  set -- "$b_run"/asks/*
  answer_asks "$@"
  decide
  keep_time
  # In its place, so that a full disk takes it too.
  printf '%-20s\n' "$b_up" 2>/dev/null 1<>"$b_run/looked" || :
  # Taken away last: then whoever asked can read what came of it.
  [ ! -e "$1" ] && [ ! -L "$1" ] || rm -f -- "$@"
  [ -z "$b_stopped" ] || exit 10
  bound_logs
}

# What grew past 4 MiB keeps its end. Whoever writes appends, and goes on behind it.
bound_logs() {
  for b_each in "$b_run"/apps/*.log "$b_run/init.log"; do
    [ -s "$b_each" ] && [ "$(wc -c <"$b_each")" -gt 4194304 ] || continue
    tail -c 262144 "$b_each" >"$b_each.part" && {
      echo '(what was here before is left out: the log had grown past 4 MiB)'
      cat "$b_each.part"
    } >"$b_each"
    rm -f "$b_each.part"
  done
}

# The first daily stop after now, and that one until it has come. Where the wall clock was set it is looked for anew: what
# a clock jumps over has not come.
plan_daily() {
  if [ -z "$berth_daily" ]; then
    b_daily=0
    return 0
  fi
  read_wall
  b_drift=$((b_wall - b_up - b_offset))
  b_last=${berth_daily##* }
  if [ "$b_daily" -gt 0 ] && [ "$b_drift" -le 60 ] && [ "$b_drift" -ge -60 ]; then
    [ "$b_drift" -le 5 ] && [ "$b_drift" -ge -5 ] || b_offset=$((b_offset + b_drift))
    case " $berth_daily " in *" $b_daily "*) return 0 ;; esac
    [ "$b_daily" -le "$b_last" ] || [ $(((b_daily - b_last) % 86400)) != 0 ] || return 0
  fi
  b_offset=$((b_wall - b_up)) b_daily=0
  for b_each in $berth_daily; do
    if [ "$b_each" -gt "$b_wall" ]; then
      b_daily=$b_each
      return 0
    fi
  done
  # Nobody has looked for a year: by the hour that it was then.
  b_daily=$((b_last + ((b_wall - b_last) / 86400 + 1) * 86400))
}

look_for_people() {
  if [ "$berth_idle" = 0 ] || is_used; then b_idle=0; else
    [ "$b_idle" != 0 ] || b_idle=$b_up
  fi
}

# Somebody is connected: by ssh on a port or over an exec, or to an app.
is_used() {
  for b_each in /proc/[0-9]*/stat; do
    read -r b_stat 2>/dev/null <"$b_each" || continue
    case $b_stat in *'(sshd)'* | *'(sshd-session)'* | *'(sshd-auth)'*) ;; *) continue ;; esac
    # shellcheck disable=SC2086 # numbers
    set -- ${b_stat##*) }
    [ "$1" = Z ] || [ "$2" = "$b_sshd_pid" ] || return 0
  done
  for b_each in /proc/net/tcp /proc/net/tcp6; do
    [ -r "$b_each" ] || continue
    while read -r _ b_from _ b_tcp_state _; do
      [ "$b_tcp_state" = 01 ] || continue
      case " 0016 $berth_ports " in *" ${b_from##*:} "*) return 0 ;; esac
    done <"$b_each"
  done
  return 1
}

# What would stop it next.
plan() {
  b_stop='' b_limit='' b_lead=0 b_late=0 b_what='' b_code='' b_furthest=$((b_up + berth_longest))
  if [ "$berth_lifespan" -gt 0 ]; then
    span_words "$berth_lifespan"
    b_furthest=$((b_began + b_gaps + berth_longest))
    sooner lifespan $((b_began + b_gaps + berth_lifespan)) $((berth_lifespan / 2)) "$b_span lifespan" "$berth_lifespan"
  fi
  [ "$b_daily" = 0 ] || sooner daily $((b_daily - b_offset)) "$berth_warning" "daily stop at $berth_daily_words" "$berth_daily_words"
  if [ "$b_idle" -gt 0 ]; then
    span_words "$berth_idle"
    sooner idle $((b_idle + berth_idle)) $((berth_idle / 2)) "$b_span without a connection" "$berth_idle"
  fi
  # A cluster ends it then, and nobody in here can ask it for more.
  b_outside=$b_furthest
  [ -z "$b_mount" ] || [ "$berth_lifespan" = 0 ] || [ "$berth_inside" -ge "$berth_longest" ] ||
    b_furthest=$((b_began + b_gaps + berth_inside))
}

# sooner LIMIT AT LEAD WORDS PARAMETER
sooner() {
  b_at=$2
  [ "$b_at" -ge "$b_hold" ] || b_at=$b_hold
  [ -z "$b_stop" ] || [ "$b_at" -lt "$b_stop" ] || return 0
  b_stop=$b_at b_limit=$1 b_lead=$3 b_late=$((b_at - $2)) b_what=$4
  b_code="$1 $b_late $5"
  [ "$b_lead" -le "$berth_warning" ] || b_lead=$berth_warning
}

is_asked() {
  for b_each in "$b_run"/asks/*; do
    [ ! -e "$b_each" ] && [ ! -L "$b_each" ] || return 0
  done
  return 1
}

# Whoever may enter asks by an empty file, whose name says it all: nothing of theirs is read in here.
answer_asks() {
  for b_each in "$@"; do
    b_ask=${b_each##*/}
    case $b_ask in
      stop.*)
        say 'time note somebody in the workspace asked it to stop'
        reason person '#inside'
        b_stopped=1
        ;;
      extend.* | outside.*)
        b_by=${b_ask#*.}
        b_by=${b_by%%.*}
        case $b_by in '' | 0* | *[!0-9]* | ???????*) continue ;; esac
        b_limit_at=$b_furthest
        [ "${b_ask%%.*}" = extend ] || b_limit_at=$b_outside
        extend "$b_by" "$b_limit_at"
        ;;
    esac
  done
}

# extend BY UNTIL: from what stops it next, else from now.
extend() {
  b_until=${b_stop:-$b_up}
  [ "$b_until" -ge "$b_up" ] || b_until=$b_up
  b_until=$((b_until + $1))
  [ "$b_until" -le "$2" ] || b_until=$2
  [ "$b_until" -gt "$b_hold" ] || return 0
  b_hold=$b_until
  keep_session
  plan
  span_words $((b_hold - b_up))
  say "time note extended: nothing stops it for $b_span"
}

# Nothing stops it of which people were not warned for as long as they were to be.
decide() {
  if [ -z "$b_stop" ] || [ $((b_stop - b_up)) -gt "$b_lead" ]; then
    b_warned=0
    return 0
  fi
  span_words $((b_stop > b_up + b_lead ? b_stop - b_up : b_lead))
  if [ "$b_warned" = 0 ]; then
    b_warned=$b_up
    if [ "$b_lead" -gt 0 ]; then
      say "time note stops in $b_span: $b_what"
      tell_terminals "Berth: this workspace stops in $b_span ($b_what). Put it off with: berth extend 2h"
    fi
  fi
  [ "$b_up" -ge "$b_stop" ] && [ "$b_up" -ge $((b_warned + b_lead)) ] || return 0
  b_stopped=1
  b_late_words=''
  if [ "$b_late" -gt 0 ]; then
    span_words "$b_late"
    b_late_words=", extended by $b_span"
  fi
  case $b_limit in
    lifespan)
      b_used=$((b_up - b_began - b_gaps))
      parts_of "$b_used" "$berth_lifespan"
      say "time note $b_parts of its lifespan$b_late_words: stopping"
      ;;
    daily)
      say "time note $b_what$b_late_words: stopping"
      ;;
    idle)
      parts_of $((b_up - b_idle)) "$berth_idle"
      say "time note idle $b_parts: stopping"
      ;;
  esac
  reason limit "#$b_code"
}

# Into every terminal, none of which is waited for.
tell_terminals() {
  for b_tty in /dev/pts/[0-9]*; do
    [ -c "$b_tty" ] || continue
    (printf '\r\n%s\r\n' "$1" >"$b_tty") 2>/dev/null &
    (sleep 5 && kill -s KILL $!) 2>/dev/null &
  done
}

# '31 of 30 min'.
parts_of() {
  if [ $(($2 % 60)) = 0 ]; then b_parts="$(($1 / 60)) of $(($2 / 60)) min"; else b_parts="$1 of $2 s"; fi
}

# '8 h', '30 min', '2 h 5 min', '50 s'.
span_words() {
  b_minutes=$((($1 + 30) / 60))
  if [ "$1" -lt 90 ] && [ "$1" != 60 ]; then b_span="$1 s"
  elif [ "$b_minutes" -lt 60 ]; then b_span="$b_minutes min"
  elif [ $((b_minutes % 60)) = 0 ]; then b_span="$((b_minutes / 60)) h"
  else b_span="$((b_minutes / 60)) h $((b_minutes % 60)) min"; fi
}

# Written only where it is another than before: most looks change nothing.
keep_time() {
  # Without a lifespan it moves on with the time, which whoever reads it has too.
  [ "$berth_lifespan" != 0 ] || b_furthest='' b_outside=''
  b_text="b_began=$b_began b_gaps=$b_gaps b_hold=$b_hold b_daily=$b_daily b_offset=$b_offset b_idle=$b_idle b_warned=$b_warned
b_stop=$b_stop b_limit=$b_limit b_lead=$b_lead b_late=$b_late b_furthest=$b_furthest b_outside=$b_outside
b_name=$berth_name b_login_line=$berth_login_line b_test_clock=${berth_clock-} b_longest=$berth_longest
b_what='$b_what' b_code='$b_code'
"
  [ "$b_text" != "${b_seen-}" ] || return 0
  { printf '%s' "$b_text" >"$b_run/time.part" && mv -f "$b_run/time.part" "$b_run/time"; } 2>/dev/null ||
    # A full disk takes no new file, but this over the old one, padded to cover it: else nobody would ever know
    # of the warning, and nothing would stop it.
    printf '%-1500s\n' "$b_text" 2>/dev/null 1<>"$b_run/time"
  return 0
}

# For whoever looks from outside: a watchdog that stopped it when it was time needs none of this.
end_overdue() {
  recall
  is_overdue || refuse 'it is not overdue'
  # Where the machine slept until a moment ago, the watchdog puts all off by that at its next look, which this asks for.
  b_ask=$b_run/asks/look.$$
  for _ in 1 2; do (ask look) 2>/dev/null && break; done
  recall
  # One that looks and has not warned yet will; one that does not look never does.
  is_overdue && { [ "$b_warned" -gt 0 ] || [ -e "$b_ask" ]; } || refuse 'it is not overdue'
  reason limit "#late $b_code"
  mark_stopping
  end_first
}

# Put in by exec, boot may die alone, by want of memory or a person's hand: then nobody in here would look again, ever.
tend() {
  recall
  for _ in 1 2; do ! (ask look) 2>/dev/null || return 0; done
  set -- "$b_local"/attached.*
  [ -d "$1" ] || refuse 'its watchdog does not look'
  /bin/sh "$0" attach </dev/null >/dev/null 2>&1 &
}

is_overdue() {
  [ -n "$b_stop" ] && [ "$b_up" -ge $((b_stop + 300)) ] || return 1
  [ "$b_warned" = 0 ] || [ "$b_up" -ge $((b_warned + b_lead + 300)) ]
}

# ---- The command berth ----

recall() {
  [ -r "$b_run/time" ] || refuse 'nobody keeps the time of this workspace yet'
  # shellcheck source=/dev/null
  . "$b_run/time"
  berth_clock=$b_test_clock
  read_uptime
  b_furthest=${b_furthest:-$((b_up + b_longest))}
  b_outside=${b_outside:-$((b_up + b_longest))}
}

berth() {
  case ${1:-status} in
    status)
      recall
      show_status
      ;;
    extend)
      seconds_of "${2-}" || refuse "how long? For example: berth extend 2h (or 90m, 1h30m)" 2
      recall
      [ "$b_longest" != 0 ] || refuse 'no limit is set: there is nothing to extend'
      b_who=extend
      [ "${3-}" != outside ] || b_who=outside b_furthest=$b_outside
      [ $((b_furthest - ${b_stop:-$b_up})) -gt 0 ] || refuse 'it is extended as far as it goes'
      ask "$b_who.$b_seconds"
      recall
      show_status
      ;;
    stop)
      recall
      ask stop
      echo 'This workspace stops.'
      ;;
    time)
      recall
      ! tell_stopping || return 0
      echo "berth-time ${b_stop:+$((b_stop - b_up))} ${b_limit:-none} $b_warned $((b_outside - ${b_stop:-$b_up})) ${b_code:+#$b_code}"
      b_seen=$(seconds_since looked)
      [ "$b_seen" -lt 300 ] || echo "berth-silent $b_seen"
      ;;
    login-line)
      # Somebody who logs in in the first moment need not hear of it.
      [ -r "$b_run/time" ] || return 0
      recall
      [ -n "$b_login_line" ] && [ -n "$b_stop" ] || return 0
      say_late
      span_words $((b_stop > b_up ? b_stop - b_up : 0))
      echo "Berth: stops in $b_span ($b_what). 'berth extend 2h' puts it off."
      ;;
    *)
      printf '%s\n' 'berth status        how long this workspace has' 'berth extend 2h     gives it more (90m, 1h30m)' \
        'berth stop          stops it'
      case $1 in help | --help | -h) ;; *) exit 2 ;; esac
      ;;
  esac
}

tell_stopping() {
  [ -e "$b_run/stopping" ] || return 1
  b_line=''
  [ ! -s "$b_run/stop-reason" ] || read -r b_line <"$b_run/stop-reason"
  echo "berth-stopping $(seconds_since stopping) $b_line"
}

# Since the moment that is in that file; 0 where there is none.
seconds_since() {
  b_moment=''
  [ ! -r "$b_run/$1" ] || read -r b_moment _ <"$b_run/$1"
  case $b_moment in '' | *[!0-9]*) b_moment=$b_up ;; esac
  echo $((b_up > b_moment ? b_up - b_moment : 0))
}

say_late() {
  [ "$b_late" -gt 0 ] || return 0
  span_words "$b_late"
  b_what="$b_what, extended by $b_span"
}

show_status() {
  span_words $((b_up - b_began))
  echo "$b_name has been running for $b_span."
  if [ -z "$b_stop" ]; then
    echo 'No limit stops it.'
    return 0
  fi
  span_words $((b_stop > b_up ? b_stop - b_up : 0))
  echo "It stops in $b_span: $b_what."
  if [ "$b_late" -gt 0 ]; then
    span_words "$b_late"
    echo "It was extended by $b_span, which counts until it stops."
  fi
  b_room=$((b_furthest - b_stop))
  [ "$b_room" -gt 0 ] || return 0
  span_words "$b_room"
  echo "It can be extended by up to $b_span, for example: berth extend 2h"
}

# Leaves in b_seconds what '2h', '90m', '1h30m' or '45s' is.
seconds_of() {
  b_rest=$1 b_seconds=0
  [ -n "$b_rest" ] || return 1
  while [ -n "$b_rest" ]; do
    b_digits=${b_rest%%[!0-9]*}
    b_rest=${b_rest#"$b_digits"}
    while case $b_digits in 0?*) true ;; *) false ;; esac; do b_digits=${b_digits#0}; done
    case $b_digits in '' | ???????*) return 1 ;; esac
    case $b_rest in
      h*) b_seconds=$((b_seconds + b_digits * 3600)) ;;
      min*) b_seconds=$((b_seconds + b_digits * 60)) b_rest=${b_rest#mi} ;;
      m*) b_seconds=$((b_seconds + b_digits * 60)) ;;
      s*) b_seconds=$((b_seconds + b_digits)) ;;
      *) return 1 ;;
    esac
    b_rest=${b_rest#?}
  done
  [ "$b_seconds" -gt 0 ] && [ "$b_seconds" -lt 1000000 ]
}

# Waits until the watchdog has taken it.
ask() {
  b_ask=$b_run/asks/$1.$$
  (: >"$b_ask") 2>/dev/null || refuse 'only who logs in to this workspace may ask that'
  b_tries=0
  while [ -e "$b_ask" ]; do
    b_tries=$((b_tries + 1))
    [ "$b_tries" -lt 100 ] || refuse 'the watchdog of this workspace does not answer'
    sleep 0.1 2>/dev/null || sleep 1
  done
}

# ---- The whole ----

# Without sudo its rule is of no use to the user that boot made; it comes after ready, because it can take a while.
stage_sudo() {
  [ -e /etc/sudoers.d/berth ] && ! command -v sudo >/dev/null || return 0
  b_stage=home
  install sudo || say "home note no sudo for $berth_user: $b_problem"
}

# All that a person need not wait for; nothing here is fatal.
after_ready() {
  exec 3<&-
  rm -f "$b_local/sshd.fifo"
  begin_history
  find_switch
  stage_sudo
  stage_git
  stage_dotfiles
  stage_init
  stage_apps "$@"
}

boot() {
  recall_stop
  [ ! -d "$b_run" ] || rm -rf "$b_run/ready" "$b_run/stop-reason" "$b_run/stopping" "$b_run/looked" "$b_run/apps" "$b_run/init.log" "$b_run/asks"
  [ -n "$b_again" ] || rm -f "$b_run/time"
  link_inputs
  take_signals
  stage_home
  end_again
  stage_hostkey
  stage_sshd
  be_ready
  say 'ready ok'
  follow_sshd &
  begin_time
  after_ready "$@" &
  keep
}

# PID 1 keeps its place; its start time tells this run of the container from an earlier one that left its lock behind.
attach() {
  [ -d "$b_local" ] || mkdir -p "$b_local"
  read -r b_stat </proc/1/stat
  # shellcheck disable=SC2086 # numbers
  set -- ${b_stat##*) }
  b_lock=$b_local/attached.${20}
  if ! mkdir "$b_lock" 2>/dev/null; then
    b_pid=''
    [ ! -r "$b_lock/pid" ] || read -r b_pid <"$b_lock/pid"
    if [ -z "$b_pid" ] || kill -0 "$b_pid" 2>/dev/null; then exit 0; fi
    # Of this run of the image: its time goes on.
    b_again=1
    end_group "$b_lock/group"
  fi
  printf '%s\n' $$ >"$b_lock/pid"
  read -r b_stat </proc/$$/stat
  # shellcheck disable=SC2086 # numbers
  set -- ${b_stat##*) }
  printf '%s\n' "$3" >"$b_lock/group"
  b_attached=1
  exec 4>&1
  if (: >>/proc/1/fd/1) 2>/dev/null; then exec >>/proc/1/fd/1 2>&1; else exec 4>/dev/null; fi
  boot
}

# What a boot has left that died alone: its sshd, which holds the port, and what watches over apps. Sessions and apps have
# groups of their own; apps are ended by what watches over them, and started again.
end_group() {
  b_group=''
  [ ! -r "$1" ] || read -r b_group <"$1"
  case $b_group in '' | 0 | 1 | *[!0-9]*) return 0 ;; esac
  b_tries=0 b_signal=TERM
  while kill -s "$b_signal" -- "-$b_group" 2>/dev/null && [ "$b_tries" -lt 200 ]; do
    b_tries=$((b_tries + 1)) b_signal=0
    [ "$b_tries" != 150 ] || b_signal=KILL
    sleep 0.1 2>/dev/null || sleep 1
  done
}

# For the subcommands that join a running workspace.
join() {
  # shellcheck source=/dev/null
  . "$b_record/config"
  uid_of_boot
  join_passwd
}

app_start() {
  join
  find_app "$1" || refuse "this workspace has no app '$1'"
  b_tries=0
  while ! mkdir "$b_app_file.lock" 2>/dev/null && [ "$b_tries" -lt 50 ]; do
    b_tries=$((b_tries + 1))
    sleep 0.1 2>/dev/null || sleep 1
  done
  if ! is_supervised; then
    b_out=/dev/null
    if (: >>/proc/1/fd/1) 2>/dev/null; then b_out=/proc/1/fd/1; fi
    start_app "$b_number" >>"$b_out" 2>&1
  fi
  rmdir "$b_app_file.lock"
  b_tries=0
  while [ "$b_tries" -lt 600 ]; do
    b_tries=$((b_tries + 1))
    read -r b_state b_words <"$b_app_file.state"
    case $b_state in
      ready | running) exit 0 ;;
      missing | stopped) refuse "$b_app_id: $b_words" ;;
      exited) [ "$b_app_restart" = 1 ] && [ "$b_tries" -lt 100 ] || refuse "$b_app_id ended with $b_words" ;;
    esac
    sleep 0.1 2>/dev/null || sleep 1
  done
  refuse "$b_app_id is not ready yet"
}

app_stop() {
  join
  find_app "$1" || refuse "this workspace has no app '$1'"
  is_supervised || exit 0
  kill -s TERM "$b_pid"
  b_tries=0
  while kill -0 "$b_pid" 2>/dev/null && [ "$b_tries" -lt 1200 ]; do
    b_tries=$((b_tries + 1))
    sleep 0.1 2>/dev/null || sleep 1
  done
}

run_as() {
  join
  find_switch
  find_user "$1" || refuse "the user $1 does not exist"
  shift
  HOME=$b_who_home USER=$b_who_name PATH=$b_image_path
  export HOME USER PATH
  cd "$HOME" 2>/dev/null || cd /
  become "$b_who_uid" "$b_who_gid" "$b_who_name" "$@"
}

refuse() {
  printf 'berth: %s\n' "$1" >&2
  exit "${2:-1}"
}

main() {
  case ${1-} in
    '') boot ;;
    beside)
      shift
      boot "$@"
      ;;
    attach) attach ;;
    sshd-i)
      [ -e "$b_run/ready" ] && find_sshd || refuse 'ssh is not open yet: boot is not ready' 75
      exec "$b_sshd" -i -f "$b_run/sshd_config"
      ;;
    app-start) app_start "${2-}" ;;
    app-stop) app_stop "${2-}" ;;
    as)
      shift
      run_as "$@"
      ;;
    fill) fill "$2" ;;
    after-fill)
      take_signals
      after_fill
      shift
      main "$@"
      ;;
    stopping) reason "$2" "${3-}" ;;
    overdue) end_overdue ;;
    tend) tend ;;
    git-credential)
      [ "${2-}" != get ] || read -r b_token <"$b_record/git_token" || :
      [ -z "${b_token-}" ] || printf 'password=%s\n' "$b_token"
      ;;
    *) refuse "unknown command '$1'" ;;
  esac
}

case ${0##*/} in
  berth) berth "$@" ;;
  *) main "$@" ;;
esac
}
