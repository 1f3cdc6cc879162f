/** What each test image is: the image that it starts from, the script that changes it, and its config. */

export interface Shape {
  /** Name and version under `berth-test/`: a change of the script takes a new version. */
  readonly tag: string;
  /** Absent only for the base image itself. */
  readonly from?: ImageName;
  /** Run by `sh -e` as root in the base image; gets this machine's busybox on stdin where asked for. */
  readonly script: string;
  readonly needsBusybox?: true;
  /** The image is this folder alone. */
  readonly folder?: string;
  /** Dockerfile instructions. */
  readonly changes?: readonly string[];
}

export type ImageName =
  | 'debian'
  | 'debianBare'
  | 'userRoot'
  | 'userName'
  | 'userNumber'
  | 'locked'
  | 'fish'
  | 's6'
  | 'stubborn'
  | 'studio'
  | 'desktop'
  | 'slow'
  | 'noShell'
  | 'busybox'
  | 'busyboxBare'
  | 'apk'
  | 'bash'
  | 'dnf'
  | 'yum'
  | 'zypper'
  | 'pacman';

/** Copies programs with the libraries that they are linked to into $root. */
const copyPrograms = `
copy() {
  for file; do
    mkdir -p "$root$(dirname "$file")"
    cp -L "$file" "$root$file"
    ldd "$file" 2>/dev/null | grep -o '/[^ ]*' | while read -r library; do
      mkdir -p "$root$(dirname "$library")"
      [ -e "$root$library" ] || cp -L "$library" "$root$library"
    done
  done
}
`;

/** A userland of busybox alone, laid out as Alpine does it; its root account is locked. */
const busyboxRoot = `
root=/rootfs
${copyPrograms}
mkdir -p $root/bin $root/sbin $root/usr/bin $root/usr/sbin $root/etc/profile.d $root/root $root/home $root/proc \\
  $root/sys $root/dev $root/run $root/var/empty $root/var/lib $root/tmp
chmod 1777 $root/tmp
chmod 700 $root/root
cat >$root/bin/busybox
chmod 755 $root/bin/busybox
chroot $root /bin/busybox --install -s
ln -sf /bin/busybox $root/bin/sh
rm -f $root/usr/bin/dpkg $root/usr/bin/rpm $root/usr/sbin/sshd
printf 'root:x:0:0:root:/root:/bin/ash\\nnobody:x:65534:65534:nobody:/:/sbin/nologin' >$root/etc/passwd
printf 'root:x:0:root\\nnogroup:x:65533:\\n' >$root/etc/group
printf 'root:!::0:::::\\nnobody:!::0:::::\\n' >$root/etc/shadow
chmod 640 $root/etc/shadow
printf 'export PATH=/usr/local/bin:/usr/bin:/bin\\nfor f in /etc/profile.d/*.sh; do [ -r "$f" ] && . "$f"; done\\n' \\
  >$root/etc/profile
`;

const sshServer = '/usr/sbin/sshd $(ls /usr/lib/openssh/sshd-* 2>/dev/null || true)';

/**
 * A package manager that installs for real, from the folder /opt/packages: the file tree of a package is copied to /.
 * It takes the command line of the manager that it stands in for, and refuses any other.
 */
function packageManager(name: string, accepted: string): string {
  return `
cat >$root/usr/bin/${name} <<'MANAGER'
#!/bin/sh
line=" $* "
case $line in ${accepted}) ;; *) echo "${name}: wrong command line:$line" >&2; exit 2 ;; esac
for argument; do
  case $argument in -* | add | install) continue ;; esac
  if [ ! -d "/opt/packages/$argument" ]; then
    echo "Error: Unable to find a match: $argument" >&2
    exit 1
  fi
  echo "Installing $argument"
  cp -a "/opt/packages/$argument/." /
done
MANAGER
chmod 755 $root/usr/bin/${name}
`;
}

const packagedServer = (packageName: string) => `
base=$root
root=$base/opt/packages/${packageName}
copy ${sshServer}
root=$base
`;

/** No Debian left to be seen: bash as /bin/sh, no apt, no dpkg, no ssh server but as a package. */
const bashRoot = (manager: string, accepted: string, packageName = 'openssh-server') => `
root=
mkdir -p /opt/packages/${packageName}/usr/sbin
mv /usr/sbin/sshd /opt/packages/${packageName}/usr/sbin/
mkdir -p /opt/packages/sudo/usr/bin
mv /usr/bin/sudo /opt/packages/sudo/usr/bin/
ln -sf bash /bin/sh
rm -rf /usr/bin/dash /bin/dash /usr/bin/apt* /usr/bin/dpkg* /var/lib/dpkg /etc/debian_version
printf 'PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin\\nfor f in /etc/profile.d/*.sh; do [ -r "$f" ] && . "$f"; done\\n' >/etc/profile
${packageManager(manager, accepted)}
`;

export const shapes: Readonly<Record<ImageName, Shape>> = {
  debian: { tag: 'debian:1', script: '' },
  debianBare: {
    tag: 'debian-bare:1',
    from: 'debian',
    script: `
DEBIAN_FRONTEND=noninteractive SUDO_FORCE_REMOVE=yes apt-get purge -qy openssh-server openssh-sftp-server sudo git
rm -rf /run/sshd /etc/ssh/ssh_host_*`,
  },
  /** ENV of every kind of difficulty that an image may bring, and a login shell that resets PATH. */
  userRoot: {
    tag: 'user-root:1',
    from: 'debian',
    script: `mkdir -p /opt/tools/bin && printf '#!/bin/sh\\necho image tool\\n' >/opt/tools/bin/image-tool && chmod 755 /opt/tools/bin/image-tool
echo from the image >/root/greeting`,
    changes: [
      'USER root',
      'ENV PATH=/opt/tools/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'ENV IMAGE_PLAIN=plain',
      'ENV IMAGE_SPACES="two  spaces"',
      'WORKDIR /opt',
      'CMD ["/bin/sh", "-c", "while :; do sleep 1; done"]',
    ],
  },
  userName: {
    tag: 'user-name:1',
    from: 'debian',
    script: `
useradd --create-home --shell /usr/sbin/nologin --uid 1234 dev
echo from the image >/home/dev/greeting
mkdir /home/dev/.config && echo x >/home/dev/.config/kept
chown -R dev:dev /home/dev
usermod --lock dev`,
    changes: ['USER dev', 'ENV IMAGE_PLAIN=plain'],
  },
  userNumber: { tag: 'user-number:1', from: 'debian', script: ':', changes: ['USER 4321'] },
  /** An account that somebody locked on purpose: its password hash is kept behind a '!'. */
  locked: {
    tag: 'locked:1',
    from: 'debian',
    script: `useradd --create-home --shell /bin/bash --uid 1300 held && usermod --password '!$6$abc$def' held`,
    changes: ['USER held'],
  },
  fish: {
    tag: 'fish:1',
    from: 'debian',
    script: `
apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends fish
rm -rf /var/lib/apt/lists/* && useradd --create-home --shell /usr/bin/fish --uid 1400 fisher`,
    changes: ['USER fisher', 'ENV PATH=/opt/tools/bin:/usr/local/bin:/usr/bin:/bin', 'ENV IMAGE_PLAIN=plain'],
  },
  /** As s6-overlay's: refuses any pid but 1, then becomes a supervisor that ends everything on TERM. */
  s6: {
    tag: 's6:1',
    from: 'debian',
    script: `
cat >/init <<'INIT'
#!/bin/sh
if [ $$ -ne 1 ]; then
  echo 's6-overlay-suexec: fatal: can only run as pid 1' >&2
  exit 100
fi
exec /usr/local/bin/supervisor
INIT
cat >/usr/local/bin/supervisor <<'SUPERVISOR'
#!/bin/bash
trap 'kill -TERM -1; sleep 0.2; kill -KILL -1; exit 0' TERM
echo supervisor is up
while :; do sleep 1000 & wait $!; done
SUPERVISOR
chmod 755 /init /usr/local/bin/supervisor`,
    changes: ['ENTRYPOINT ["/init"]', 'ENV IMAGE_PLAIN=plain'],
  },
  /** Keeps PID 1, and ends by KILL alone. */
  stubborn: {
    tag: 'stubborn:1',
    from: 'debian',
    script: '',
    changes: [`ENTRYPOINT ["/bin/sh", "-c", "trap '' TERM; while :; do sleep 1; done"]`],
  },
  /** As Seqera has it: an entrypoint that is of no use without Seqera's server, and a tool on CONNECT_TOOL_PORT. */
  studio: {
    tag: 'studio:1',
    from: 'debian',
    script: `
cat >/usr/bin/connect-client <<'CLIENT'
#!/bin/sh
echo 'connect-client: no server to connect to' >&2
exit 1
CLIENT
cat >/usr/local/bin/tool <<'TOOL'
#!/usr/bin/perl
use IO::Socket::INET;
my $port = $ENV{CONNECT_TOOL_PORT} or die "CONNECT_TOOL_PORT is not set\\n";
my $server = IO::Socket::INET->new(LocalPort => $port, Listen => 5, ReuseAddr => 1) or die "$!\\n";
print STDERR "the tool listens on $port\\n";
while (my $client = $server->accept) {
  while (my $line = <$client>) { last if $line =~ /^\\s*$/ }
  my $words = 'tool of ' . getpwuid($<) . " @ARGV";
  print $client "HTTP/1.0 200 OK\\r\\nContent-Length: " . length($words) . "\\r\\n\\r\\n$words";
  close $client;
}
TOOL
useradd --create-home --shell /bin/bash --uid 1500 scientist
chmod 755 /usr/bin/connect-client /usr/local/bin/tool`,
    changes: [
      'USER scientist',
      'ENV CONNECT_TOOL_PORT=1',
      'ENTRYPOINT ["/usr/bin/connect-client", "--entrypoint"]',
      'CMD ["/usr/local/bin/tool", "a b", "c"]',
    ],
  },
  /**
   * As KasmVNC's desktops are: a web page on 6901 over https by a certificate of its own, for kasm_user with the password
   * VNC_PW, that draws what comes through a WebSocket.
   */
  desktop: {
    tag: 'kasmweb/desktop:1',
    from: 'debian',
    script: `
apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends python3 openssl
apt-get clean
openssl req -x509 -newkey rsa:2048 -nodes -keyout /etc/ssl/desktop.key -out /etc/ssl/desktop.pem -days 3650 -subj /CN=desktop
cat >/usr/local/bin/desktop <<'DESKTOP'
#!/usr/bin/python3
import base64, hashlib, http.server, os, ssl
page = b'''<!DOCTYPE html><title>Desktop</title><body style="background:#136;color:#fff;font:20px sans-serif">
<h1>Desktop</h1><p id="said">nothing yet</p><script>
const socket = new WebSocket(new URL('websockify', location).href.replace(/^http/, 'ws'));
socket.onmessage = ({ data }) => { document.getElementById('said').textContent = data; };
</script>'''
class Desktop(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def do_GET(self):
        wanted = base64.b64encode(('kasm_user:' + os.environ['VNC_PW']).encode()).decode()
        if self.headers.get('Authorization') != 'Basic ' + wanted:
            return self.answer(401, b'who is there?', ('WWW-Authenticate', 'Basic realm="desktop"'))
        key = self.headers.get('Sec-WebSocket-Key')
        if key is None:
            return self.answer(200, page, ('Content-Type', 'text/html'))
        accepted = hashlib.sha1((key + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').encode()).digest()
        self.send_response(101)
        for name, value in (('Upgrade', 'websocket'), ('Connection', 'Upgrade')):
            self.send_header(name, value)
        self.send_header('Sec-WebSocket-Accept', base64.b64encode(accepted).decode())
        self.end_headers()
        words = b'a picture through a WebSocket'
        self.wfile.write(bytes([0x81, len(words)]) + words)
        self.rfile.read(1)
        self.close_connection = True
    def answer(self, status, content, header):
        self.send_response(status)
        self.send_header(*header)
        self.send_header('Content-Length', str(len(content)))
        self.end_headers()
        self.wfile.write(content)
server = http.server.ThreadingHTTPServer(('0.0.0.0', 6901), Desktop)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain('/etc/ssl/desktop.pem', '/etc/ssl/desktop.key')
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
DESKTOP
chmod 755 /usr/local/bin/desktop`,
    changes: ['ENTRYPOINT ["/usr/local/bin/desktop"]'],
  },
  /** Takes six seconds until its ssh server is up. */
  slow: {
    tag: 'slow:1',
    from: 'debian',
    script: `
mv /usr/sbin/sshd /usr/sbin/sshd.real
printf '#!/bin/sh\\n[ "$1" = -T ] || [ "$1" = -t ] || sleep 6\\nexec /usr/sbin/sshd.real "$@"\\n' >/usr/sbin/sshd
chmod 755 /usr/sbin/sshd`,
  },
  noShell: {
    tag: 'no-shell:1',
    from: 'debian',
    script: 'mkdir /rootfs && cat >/rootfs/program && chmod 755 /rootfs/program',
    needsBusybox: true,
    folder: '/rootfs',
    changes: ['ENTRYPOINT ["/program"]'],
  },
  busybox: {
    tag: 'busybox:1',
    from: 'debian',
    script: `${busyboxRoot}\ncopy ${sshServer}`,
    needsBusybox: true,
    folder: '/rootfs',
    changes: ['CMD ["/bin/sh"]', 'ENV IMAGE_PLAIN=plain'],
  },
  busyboxBare: {
    tag: 'busybox-bare:1',
    from: 'debian',
    script: busyboxRoot,
    needsBusybox: true,
    folder: '/rootfs',
    changes: ['CMD ["/bin/sh"]'],
  },
  apk: {
    tag: 'apk:1',
    from: 'debian',
    script: `${busyboxRoot}${packagedServer('openssh-server')}${packageManager('apk', '" add "*')}`,
    needsBusybox: true,
    folder: '/rootfs',
    changes: ['CMD ["/bin/sh"]'],
  },
  bash: { tag: 'bash:1', from: 'debian', script: 'ln -sf bash /bin/sh && rm -f /usr/bin/dash /bin/dash' },
  dnf: { tag: 'dnf:1', from: 'debian', script: bashRoot('dnf', '" install -y "*') },
  yum: { tag: 'yum:1', from: 'debian', script: bashRoot('yum', '" install -y "*') },
  zypper: { tag: 'zypper:1', from: 'debian', script: bashRoot('zypper', '" --non-interactive install "*') },
  pacman: {
    tag: 'pacman:1',
    from: 'debian',
    script: bashRoot('pacman', '" -Sy "*"--noconfirm"*', 'openssh'),
  },
};
