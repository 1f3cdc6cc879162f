package main

import (
	"context"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const defaultBytes = 1 << 30

// controller makes, clones, expands and deletes volumes.
type controller struct {
	csi.UnimplementedControllerServer
	store store
}

func (c controller) ControllerGetCapabilities(
	context.Context, *csi.ControllerGetCapabilitiesRequest,
) (*csi.ControllerGetCapabilitiesResponse, error) {
	answer := &csi.ControllerGetCapabilitiesResponse{}
	for _, kind := range []csi.ControllerServiceCapability_RPC_Type{
		csi.ControllerServiceCapability_RPC_CREATE_DELETE_VOLUME,
		csi.ControllerServiceCapability_RPC_CLONE_VOLUME,
		csi.ControllerServiceCapability_RPC_EXPAND_VOLUME,
	} {
		answer.Capabilities = append(answer.Capabilities, &csi.ControllerServiceCapability{
			Type: &csi.ControllerServiceCapability_Rpc{Rpc: &csi.ControllerServiceCapability_RPC{Type: kind}},
		})
	}
	return answer, nil
}

func (c controller) CreateVolume(
	_ context.Context, request *csi.CreateVolumeRequest,
) (*csi.CreateVolumeResponse, error) {
	found, err := c.store.find(request.GetName())
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	if found == nil {
		source, err := c.sourceOf(request)
		if err != nil {
			return nil, err
		}
		found = &volume{ID: request.GetName(), Bytes: bytesOf(request.GetCapacityRange())}
		if err := c.store.create(*found, source); err != nil {
			return nil, status.Error(codes.Internal, err.Error())
		}
	}
	return &csi.CreateVolumeResponse{Volume: &csi.Volume{
		VolumeId:      found.ID,
		CapacityBytes: found.Bytes,
		ContentSource: request.GetVolumeContentSource(),
	}}, nil
}

// sourceOf is the id of the volume to clone, or nothing for an empty one.
func (c controller) sourceOf(request *csi.CreateVolumeRequest) (string, error) {
	if request.GetVolumeContentSource() == nil {
		return "", nil
	}
	id := request.GetVolumeContentSource().GetVolume().GetVolumeId()
	if id == "" {
		return "", status.Error(codes.InvalidArgument, "only a volume can be cloned")
	}
	source, err := c.store.find(id)
	if err != nil || source == nil {
		return "", status.Errorf(codes.NotFound, "there is no volume %s to clone", id)
	}
	return id, nil
}

func (c controller) DeleteVolume(
	_ context.Context, request *csi.DeleteVolumeRequest,
) (*csi.DeleteVolumeResponse, error) {
	found, err := c.store.find(request.GetVolumeId())
	if err != nil || found == nil {
		// Gone, or never one of ours: by the specification a success.
		return &csi.DeleteVolumeResponse{}, nil
	}
	if err := c.store.remove(found.ID); err != nil {
		return nil, status.Error(codes.Internal, err.Error())
	}
	return &csi.DeleteVolumeResponse{}, nil
}

func (c controller) ValidateVolumeCapabilities(
	_ context.Context, request *csi.ValidateVolumeCapabilitiesRequest,
) (*csi.ValidateVolumeCapabilitiesResponse, error) {
	return &csi.ValidateVolumeCapabilitiesResponse{
		Confirmed: &csi.ValidateVolumeCapabilitiesResponse_Confirmed{
			VolumeCapabilities: request.GetVolumeCapabilities(),
		},
	}, nil
}

// ControllerExpandVolume notes the new size; as with most disks, the node has a part in it.
func (c controller) ControllerExpandVolume(
	_ context.Context, request *csi.ControllerExpandVolumeRequest,
) (*csi.ControllerExpandVolumeResponse, error) {
	found, err := c.store.find(request.GetVolumeId())
	if err != nil || found == nil {
		return nil, status.Errorf(codes.NotFound, "there is no volume %s", request.GetVolumeId())
	}
	if wanted := bytesOf(request.GetCapacityRange()); wanted > found.Bytes {
		found.Bytes = wanted
		if err := c.store.write(*found); err != nil {
			return nil, status.Error(codes.Internal, err.Error())
		}
	}
	return &csi.ControllerExpandVolumeResponse{CapacityBytes: found.Bytes, NodeExpansionRequired: true}, nil
}

func bytesOf(wanted *csi.CapacityRange) int64 {
	if wanted.GetRequiredBytes() > 0 {
		return wanted.GetRequiredBytes()
	}
	if wanted.GetLimitBytes() > 0 {
		return wanted.GetLimitBytes()
	}
	return defaultBytes
}
