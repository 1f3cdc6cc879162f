// Driver is a CSI driver whose volumes are directories of one node: created, cloned, expanded, mounted and deleted as
// a storage of the real kind would, without its disks. Sizes are noted, never enforced.
//
//	driver -folder=/var/lib/volumes -socket=/var/lib/kubelet/plugins/NAME/csi.sock -registry=/var/lib/kubelet/plugins_registry -node=NODE
package main

import (
	"context"
	"flag"
	"log"
	"net"
	"os"
	"path/filepath"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc"
	registration "k8s.io/kubelet/pkg/apis/pluginregistration/v1"
)

const (
	driverName    = "csi.berth.test"
	driverVersion = "1.0.0"
)

func main() {
	folder := flag.String("folder", "", "where the volumes are")
	socket := flag.String("socket", "", "where the driver is spoken to")
	registry := flag.String("registry", "", "the folder in which the kubelet looks for drivers")
	node := flag.String("node", "", "name of this node")
	flag.Parse()
	if err := os.MkdirAll(*folder, 0o700); err != nil {
		log.Fatal(err)
	}

	driver := grpc.NewServer()
	csi.RegisterIdentityServer(driver, identity{})
	csi.RegisterControllerServer(driver, controller{store: store{*folder}})
	csi.RegisterNodeServer(driver, nodeServer{store: store{*folder}, name: *node})
	go serve(driver, *socket)

	registrar := grpc.NewServer()
	registration.RegisterRegistrationServer(registrar, kubeletRegistration{endpoint: *socket})
	serve(registrar, filepath.Join(*registry, driverName+"-reg.sock"))
}

func serve(server *grpc.Server, socket string) {
	if err := os.MkdirAll(filepath.Dir(socket), 0o750); err != nil {
		log.Fatal(err)
	}
	if err := os.Remove(socket); err != nil && !os.IsNotExist(err) {
		log.Fatal(err)
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(server.Serve(listener))
}

// kubeletRegistration answers the kubelet when it finds the socket: what the driver is and where it listens.
type kubeletRegistration struct {
	registration.UnimplementedRegistrationServer
	endpoint string
}

func (r kubeletRegistration) GetInfo(context.Context, *registration.InfoRequest) (*registration.PluginInfo, error) {
	return &registration.PluginInfo{
		Type:              registration.CSIPlugin,
		Name:              driverName,
		Endpoint:          r.endpoint,
		SupportedVersions: []string{driverVersion},
	}, nil
}

func (r kubeletRegistration) NotifyRegistrationStatus(
	_ context.Context, status *registration.RegistrationStatus,
) (*registration.RegistrationStatusResponse, error) {
	if !status.PluginRegistered {
		log.Fatalf("the kubelet refused the driver: %s", status.Error)
	}
	return &registration.RegistrationStatusResponse{}, nil
}

type identity struct {
	csi.UnimplementedIdentityServer
}

func (identity) GetPluginInfo(context.Context, *csi.GetPluginInfoRequest) (*csi.GetPluginInfoResponse, error) {
	return &csi.GetPluginInfoResponse{Name: driverName, VendorVersion: driverVersion}, nil
}

func (identity) GetPluginCapabilities(
	context.Context, *csi.GetPluginCapabilitiesRequest,
) (*csi.GetPluginCapabilitiesResponse, error) {
	service := &csi.PluginCapability{Type: &csi.PluginCapability_Service_{
		Service: &csi.PluginCapability_Service{Type: csi.PluginCapability_Service_CONTROLLER_SERVICE},
	}}
	expansion := &csi.PluginCapability{Type: &csi.PluginCapability_VolumeExpansion_{
		VolumeExpansion: &csi.PluginCapability_VolumeExpansion{Type: csi.PluginCapability_VolumeExpansion_ONLINE},
	}}
	return &csi.GetPluginCapabilitiesResponse{Capabilities: []*csi.PluginCapability{service, expansion}}, nil
}

func (identity) Probe(context.Context, *csi.ProbeRequest) (*csi.ProbeResponse, error) {
	return &csi.ProbeResponse{}, nil
}
