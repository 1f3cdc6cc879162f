/**
 * A POSIX sh program that joins its standard input and output to a loopback port inside a workspace, with whatever the
 * image has for it. Its argument is the port.
 */
export const forwardScript = `
port=$1
has() { command -v "$1" >/dev/null 2>&1; }
if has socat; then exec socat -t 3600 - "TCP:localhost:$port"
elif has python3; then exec python3 -c '
import os, socket, sys, threading
peer = socket.create_connection(("localhost", int(sys.argv[1])))
def send():
    while True:
        data = os.read(0, 65536)
        if not data: break
        peer.sendall(data)
    peer.shutdown(socket.SHUT_WR)
threading.Thread(target=send, daemon=True).start()
while True:
    data = peer.recv(65536)
    if not data: break
    view = memoryview(data)
    while view: view = view[os.write(1, view):]
os._exit(0)
' "$port"
elif has perl; then exec perl -MIO::Socket::INET -e '
my $peer = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $ARGV[0]) or die "$!\\n";
my $sender = fork;
if (!$sender) {
  while (my $count = sysread STDIN, my $data, 65536) {
    for (my $at = 0; $at < $count; ) { $at += syswrite($peer, $data, $count - $at, $at) || exit }
  }
  shutdown $peer, 1; exit;
}
while (my $count = sysread $peer, my $data, 65536) {
  for (my $at = 0; $at < $count; ) { $at += syswrite(STDOUT, $data, $count - $at, $at) || last }
}
kill 9, $sender;
' "$port"
elif has nc; then exec nc 127.0.0.1 "$port"
elif has busybox; then exec busybox nc 127.0.0.1 "$port"
elif has bash; then exec bash -c '
exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
cat >&3 & sender=$!
cat <&3
kill $sender 2>/dev/null
' bash "$port"
else echo "the image has nothing to reach its ports with (socat, python3, perl, nc or bash)" >&2; exit 69
fi
`;
