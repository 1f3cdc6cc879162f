/**
 * What is run beside a home, by the workspace's own image, as root where that may be: it packs the home, unpacks another in
 * its place, or copies one. POSIX sh with tar; its words on stderr are read by homeWords.ts.
 */
import { swapFolder } from '../backup/tarGuard.ts';

/**
 * `read HOME`, `stage HOME OWN`, `swap HOME OWN`, `drop HOME OWN`, `adopt HOME UID UID GID GID`, `copy FROM HOME UID UID GID
 * GID`: arguments of `sh -c SCRIPT berth`. OWN is a word by which a restore's steps know what is theirs.
 */
export type HomeVerb = 'read' | 'stage' | 'swap' | 'drop' | 'adopt' | 'copy';

export function homeArgv(verb: HomeVerb, ...words: readonly string[]): readonly string[] {
  return ['/bin/sh', '-c', homeScript, 'berth', verb, ...words];
}

/**
 * What a container or pod beside homes does itself: it ends once nothing has run in it for a minute, since whoever made it
 * may be dead.
 */
export const idleArgv: readonly string[] = [
  '/bin/sh',
  '-c',
  `n=0
while [ $n -lt 12 ]; do
  sleep 5
  set -- /proc/[0-9]*
  if [ $# -gt 1 ]; then n=0; else n=$((n + 1)); fi
done`,
];

/*
 * A new home is put together in .berth-swap/new-OWN, beside the old one. Once it is known to be whole it becomes `ready`, the old
 * one moves to `old`, which becomes `gone`, and the new one moves in. Only renames, each state with a name of its own: what
 * breaks off goes on where it was.
 */
const homeScript = `export LC_ALL=C
say() { echo "@berth $*" >&2; }
end() { say end "$1"; exit "$1"; }
kind=other
case $(tar --version 2>/dev/null) in *'GNU tar'*) kind=gnu ;; esac
command -v tar >/dev/null 2>&1 || kind=none
swap=${swapFolder}
mine=$swap/new
case $1 in stage | swap | drop) mine=$swap/new-$3 ;; esac
used() { du -sk "$1" 2>/dev/null | { read -r n rest; echo "\${n:-0}"; }; }
free() { df -Pk "$1" 2>/dev/null | tail -n 1 | { read -r a b c n rest; echo "\${n:-0}"; }; }
pack() {
  set -- -cf - .
  if [ $kind = gnu ]; then
    set -- --exclude="./$swap" --exclude=./lost+found --numeric-owner --format=posix --pax-option=delete=atime,delete=ctime -S --xattrs '--xattrs-include=user.*' --xattrs-include=security.capability --warning=no-file-ignored "$@"
  fi
  tar "$@"
}
unpack() {
  set -- --numeric-owner -xpf -
  [ $kind = gnu ] && set -- --xattrs '--xattrs-include=user.*' --xattrs-include=security.capability "$@"
  tar "$@"
}
move() {
  for f in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    [ -e "$f" ] || [ -L "$f" ] || continue
    case \${f##*/} in "$swap" | lost+found) continue ;; esac
    # Left there by what ran in half a home: folders do not give way by themselves.
    rm -rf -- "$2/\${f##*/}"
    mv -f -- "$f" "$2"/ || return 1
  done
}
wipe() {
  [ -e "$1" ] || return 0
  chmod -R u+rwX "$1" 2>/dev/null
  rm -rf "$1"
}
own() {
  [ "$2" = "$3" ] || find "$1" -user "$2" -exec chown -h "$3" {} + || return 1
  [ "$4" = "$5" ] || find "$1" -group "$4" -exec chgrp -h "$5" {} +
}
finish() {
  # Anything else of that name leads elsewhere, or keeps every home out.
  [ -d $swap ] && [ ! -L $swap ] || rm -f $swap
  [ ! -d $swap/ready ] || [ -d $swap/gone ] || {
    mkdir -p $swap/old && move . $swap/old && mv $swap/old $swap/gone || return 1
  }
  [ ! -d $swap/gone ] || {
    [ ! -d $swap/ready ] || {
      move $swap/ready . || return 1
      chmod "$(stat -c %a $swap/ready)" . 2>/dev/null
      chown "$(stat -c %u:%g $swap/ready)" . 2>/dev/null
      # An empty one without the old beside it would be taken for a whole home.
      wipe $swap/ready || return 1
    }
    wipe $swap/left
    wipe $swap/gone || return 1
    rmdir $swap 2>/dev/null
  }
  return 0
}
settled() { [ ! -d "$1/$swap/ready" ] || end 44; }
# Another restore may still write there, and never finds what was taken from it: by its name it would be taken for whole.
clear() {
  wipe $swap/left
  for f in $swap/new*; do
    [ ! -d "$f" ] || mv "$f" $swap/left
  done
  wipe $swap/left
}
prepare() {
  cd "$1" && finish || end 43
  clear
  mkdir -p $swap && mkdir $mine && chmod 700 $swap || end 43
}
# What came by half, in the folder that it came to, wherever that is by now.
undo() {
  chmod -R u+rwX . 2>/dev/null
  for f in ./* ./.[!.]* ./..?*; do rm -rf -- "$f"; done
  cd "$1" && rmdir $mine $swap 2>/dev/null
}
case $1 in
read)
  cd "$2" || end 43
  settled .
  say home $kind "$(used .)" 0
  [ $kind = none ] && end 42
  pack
  code=$?
  say end $code
  # Engines may drop what a program printed last once it has ended: it stays until all has come.
  cat >/dev/null
  exit $code ;;
stage)
  prepare "$2"
  say home $kind 0 "$(free .)"
  [ $kind = none ] && end 42
  cd $mine || end 43
  unpack
  code=$?
  [ $code = 0 ] || undo "$2"
  end $code ;;
swap)
  cd "$2" || end 43
  say home $kind 0 0
  [ -d $mine ] || end 46
  settled .
  mv $mine $swap/ready && finish || end 44
  end 0 ;;
drop)
  cd "$2" || end 43
  say home $kind 0 0
  wipe $mine
  rmdir $swap 2>/dev/null
  end 0 ;;
adopt)
  cd "$2" || end 43
  settled .
  say home $kind 0 0
  wipe $swap
  [ -n "$(ls -A | grep -vx 'lost+found')" ] || end 45
  own . "$3" "$4" "$5" "$6" || end 2
  end 0 ;;
copy)
  settled "$2"
  prepare "$3"
  n=$(used "$2") m=$(free .)
  say home $kind "$n" "$m"
  [ $kind = none ] && end 42
  [ "$m" = 0 ] || [ "$m" -gt "$n" ] || end 28
  new=$PWD/$mine
  (while sleep 2 2>/dev/null; do say at "$(used "$new")"; done) >/dev/null &
  watch=$!
  codes=$({ { cd "$2" && pack; echo "p$?" >&3; } | { cd "$new" && unpack; echo "u$?" >&3; }; } 3>&1)
  kill $watch 2>/dev/null
  case $codes in *u0*) ;; *) end 2 ;; esac
  case $codes in *p0*) ;; *p1*) say changed ;; *) end 2 ;; esac
  wipe "$new/$swap"
  wipe "$new/lost+found"
  own "$new" "$4" "$5" "$6" "$7" || end 2
  cd "$3" && mv $mine $swap/ready && finish || end 44
  end 0 ;;
esac
`;
