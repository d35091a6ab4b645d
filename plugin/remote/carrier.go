package remote

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/protobuf/proto"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/wire"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// carrier sends calls in frames where the other end takes them, large requests as
// transfers, fetches large answers, and marks the errors of calls that never left.
type carrier struct {
	grpc.ClientConnInterface
	frames *frames // nil for an other end without them
}

// Invoke implements grpc.ClientConnInterface.
func (c carrier) Invoke(ctx context.Context, method string, q, answer any, _ ...grpc.CallOption) error {
	if c.frames == nil || proto.Size(q.(proto.Message)) > wire.MaxInline {
		return c.single(ctx, method, q, answer)
	}
	name := method[strings.LastIndexByte(method, '/')+1:]
	transfer, err := c.frames.invoke(ctx, name, q.(proto.Message), answer.(proto.Message))
	if transfer != "" {
		return c.download(ctx, transfer, answer.(proto.Message))
	}
	return err
}

// single makes a call by itself.
func (c carrier) single(ctx context.Context, method string, q, answer any) error {
	var header metadata.MD
	var to peer.Peer
	if m := q.(proto.Message); proto.Size(m) > wire.MaxInline {
		id, err := c.upload(ctx, m)
		if err != nil {
			return err
		}
		ctx = metadata.AppendToOutgoingContext(ctx, wire.TransferKey, id)
		q = m.ProtoReflect().New().Interface()
	}
	err := c.ClientConnInterface.Invoke(ctx, method, q, answer, grpc.Header(&header), grpc.Peer(&to))
	if err != nil && to.Addr == nil {
		return unsent{err}
	}
	if ids := header.Get(wire.TransferKey); err == nil && len(ids) > 0 {
		return c.download(ctx, ids[0], answer.(proto.Message))
	}
	return err
}

// upload sends a request ahead of its call. Nothing of it has happened when it fails.
func (c carrier) upload(ctx context.Context, m proto.Message) (id string, err error) {
	data, err := proto.Marshal(m)
	if err != nil {
		return "", err
	}
	if len(data) > wire.MaxTransfer {
		return "", wire.Status("Upload", core.Errorf("Upload", core.ErrInvalidArgument,
			"the message has %d bytes, and the protocol carries %d at most; make smaller turns", len(data), wire.MaxTransfer))
	}
	stream, err := providerv1.NewTransferServiceClient(c.ClientConnInterface).Upload(ctx)
	if err != nil {
		return "", unsent{err}
	}
	for chunk := range slices.Chunk(data, wire.MaxInline) {
		if stream.Send(&providerv1.UploadRequest{Data: chunk}) != nil {
			break // CloseAndRecv says why
		}
	}
	answer, err := stream.CloseAndRecv()
	if err != nil {
		return "", unsent{err}
	}
	return answer.GetTransfer(), nil
}

// download fetches an answer.
func (c carrier) download(ctx context.Context, id string, answer proto.Message) error {
	stream, err := providerv1.NewTransferServiceClient(c.ClientConnInterface).Download(
		ctx, &providerv1.DownloadRequest{Transfer: id})
	if err != nil {
		return err
	}
	var data []byte
	for {
		chunk, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return proto.Unmarshal(data, answer)
		}
		if err != nil {
			return err
		}
		data = append(data, chunk.GetData()...)
	}
}
