/** The programs of a cluster made here: how each is called and configured. Pure; the paths are those inside its room. */
import { inside } from './enclosure.ts';
import type { Network } from './network.ts';
import { pauseImage } from './programs.ts';

export const nodeName = 'berth-node';
export const provisionerName = 'csi.berth.test';

const { folder, kubernetes, addons } = inside;
const pki = `${folder}/pki`;
const admin = `${folder}/admin.kubeconfig`;
const volumeSocket = `/var/lib/kubelet/plugins/${provisionerName}/csi.sock`;

export type ComponentName =
  | 'etcd'
  | 'apiserver'
  | 'controllerManager'
  | 'scheduler'
  | 'containerd'
  | 'kubelet'
  | 'registry'
  | 'driver'
  | 'provisioner'
  | 'resizer'
  | 'metrics';

export function commandOf(component: ComponentName, network: Network): string[] {
  const { ports, address } = network;
  switch (component) {
    case 'etcd': {
      const client = `http://127.0.0.1:${ports.etcd}`;
      const peer = `http://127.0.0.1:${ports.etcdPeer}`;
      return command(`${kubernetes}/etcd`, {
        name: 'default',
        'data-dir': '/var/lib/etcd',
        'listen-client-urls': client,
        'advertise-client-urls': client,
        'listen-peer-urls': peer,
        'initial-advertise-peer-urls': peer,
        'initial-cluster': `default=${peer}`,
        // It never outlives its machine.
        'unsafe-no-fsync': 'true',
        'log-level': 'warn',
      });
    }
    case 'apiserver':
      return command(`${kubernetes}/kube-apiserver`, {
        'etcd-servers': `http://127.0.0.1:${ports.etcd}`,
        'bind-address': '127.0.0.1',
        'secure-port': String(ports.apiserver),
        'advertise-address': address,
        'endpoint-reconciler-type': 'none',
        'service-cluster-ip-range': '10.96.0.0/16',
        'cert-dir': '/run/apiserver',
        'tls-cert-file': `${pki}/apiserver.crt`,
        'tls-private-key-file': `${pki}/apiserver.key`,
        'client-ca-file': `${pki}/ca.crt`,
        'token-auth-file': `${pki}/tokens.csv`,
        'authorization-mode': 'RBAC',
        'allow-privileged': 'true',
        'service-account-issuer': 'https://kubernetes.default.svc',
        'service-account-key-file': `${pki}/serviceAccounts.pub`,
        'service-account-signing-key-file': `${pki}/serviceAccounts.key`,
        'kubelet-client-certificate': `${pki}/kubeletClient.crt`,
        'kubelet-client-key': `${pki}/kubeletClient.key`,
        'kubelet-preferred-address-types': 'InternalIP',
        'requestheader-client-ca-file': `${pki}/ca.crt`,
        'requestheader-allowed-names': 'aggregator',
        'requestheader-username-headers': 'X-Remote-User',
        'requestheader-group-headers': 'X-Remote-Group',
        'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
        'proxy-client-cert-file': `${pki}/proxyClient.crt`,
        'proxy-client-key-file': `${pki}/proxyClient.key`,
      });
    case 'controllerManager':
      return command(`${kubernetes}/kube-controller-manager`, {
        kubeconfig: admin,
        'leader-elect': 'false',
        'secure-port': '0',
        'service-account-private-key-file': `${pki}/serviceAccounts.key`,
        'root-ca-file': `${pki}/ca.crt`,
        'enable-hostpath-provisioner': 'true',
        'flex-volume-plugin-dir': '/var/lib/kubelet/volumeplugins',
      });
    case 'scheduler':
      return command(`${kubernetes}/kube-scheduler`, {
        kubeconfig: admin,
        'leader-elect': 'false',
        'secure-port': '0',
      });
    case 'containerd':
      return ['containerd', '--config', `${folder}/containerd.toml`];
    case 'kubelet':
      return command(`${kubernetes}/kubelet`, {
        config: `${folder}/kubelet.json`,
        kubeconfig: admin,
        'hostname-override': nodeName,
        'node-ip': address,
        'cert-dir': '/var/lib/kubelet/pki',
      });
    case 'registry':
      return ['docker-registry', 'serve', `${folder}/registry.json`];
    case 'driver':
      return command(`${addons}/driver`, {
        folder: '/var/lib/volumes',
        socket: volumeSocket,
        registry: '/var/lib/kubelet/plugins_registry',
        node: nodeName,
      });
    case 'provisioner':
      return command(`${addons}/csi-provisioner`, {
        kubeconfig: admin,
        'csi-address': volumeSocket,
        'default-fstype': 'ext4',
      });
    case 'resizer':
      return command(`${addons}/csi-resizer`, { kubeconfig: admin, 'csi-address': volumeSocket });
    case 'metrics':
      return command(`${addons}/metrics-server`, {
        kubeconfig: admin,
        'authentication-kubeconfig': admin,
        'authorization-kubeconfig': admin,
        'bind-address': '127.0.0.1',
        'secure-port': String(ports.metrics),
        'cert-dir': '/run/metrics',
        'kubelet-insecure-tls': 'true',
        'kubelet-preferred-address-types': 'InternalIP',
        'metric-resolution': '10s',
        'kubelet-request-timeout': '5s',
      });
  }
}

function command(program: string, flags: Readonly<Record<string, string>>): string[] {
  return [program, ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)];
}

/** The cgroup that holds all pods, in each hierarchy of the machine. */
export function cgroupOf({ bridge }: Network): string {
  return bridge;
}

/** Files in the cluster's folder that the programs read. */
export function configFiles(network: Network): Readonly<Record<string, string>> {
  return {
    'kubelet.json': json(kubeletConfig(network)),
    'containerd.toml': containerdConfig(),
    'registry.json': json(registryConfig(network)),
    'cni/10-berth.conflist': json(podNetwork(network)),
    [`hosts/127.0.0.1:${network.ports.registry}/hosts.toml`]: `server = "http://127.0.0.1:${network.ports.registry}"\n`,
  };
}

function kubeletConfig(network: Network): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: network.address,
    healthzPort: 0,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: `${pki}/ca.crt` },
    },
    authorization: { mode: 'Webhook' },
    containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroupOf(network)}`,
    failCgroupV1: false,
    enforceNodeAllocatable: [],
    failSwapOn: false,
    // The machine's own, which its owner watches over.
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '0%', 'imagefs.available': '0%' },
    imageGCHighThresholdPercent: 100,
    makeIPTablesUtilChains: false,
    resolvConf: `${folder}/resolv.conf`,
    serializeImagePulls: false,
    syncFrequency: '10s',
    volumePluginDir: '/var/lib/kubelet/volumeplugins',
  };
}

function containerdConfig(): string {
  return `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"

[grpc]
  address = "/run/containerd/containerd.sock"

[plugins."io.containerd.internal.v1.opt"]
  path = "/var/lib/containerd/opt"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  # Small machines withhold the right to lower it.
  restrict_oom_score_adj = true
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "${folder}/cni"

[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "overlayfs"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = false

[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "${folder}/hosts"
`;
}

/** The bridge is there already, and the way out is in the machine's rules: nothing is left behind by a pod. */
function podNetwork({ bridge, podCidr, address }: Network): object {
  return {
    cniVersion: '1.0.0',
    name: bridge,
    plugins: [
      {
        type: 'bridge',
        bridge,
        isGateway: true,
        hairpinMode: true,
        ipam: {
          type: 'host-local',
          ranges: [[{ subnet: podCidr, gateway: address }]],
          routes: [{ dst: '0.0.0.0/0' }],
          dataDir: '/var/lib/cni/addresses',
        },
      },
    ],
  };
}

function registryConfig({ ports }: Network): object {
  return {
    version: '0.1',
    log: { level: 'warn' },
    storage: { filesystem: { rootdirectory: `${folder}/registry` }, delete: { enabled: true } },
    http: { addr: `127.0.0.1:${ports.registry}` },
    auth: { htpasswd: { realm: 'berth-test', path: `${folder}/registry.htpasswd` } },
  };
}

function json(value: object): string {
  return JSON.stringify(value, null, 2);
}
