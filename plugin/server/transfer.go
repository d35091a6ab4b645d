package server

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/wire"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// maxWaiting bounds what all transfers together may hold that nobody has fetched yet.
const maxWaiting = 2 * wire.MaxTransfer

// transfers keep messages that are too large for one frame until they are asked for.
type transfers struct {
	providerv1.UnimplementedTransferServiceServer
	mu      sync.Mutex
	waiting map[string]transfer
	size    int
}

type transfer struct {
	data []byte
	at   time.Time
}

func newTransfers() *transfers { return &transfers{waiting: map[string]transfer{}} }

// put keeps a message, and returns its id.
func (t *transfers) put(data []byte) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for id, old := range t.waiting {
		if time.Since(old.at) > wire.Remembered {
			t.remove(id)
		}
	}
	if t.size+len(data) > maxWaiting {
		return "", core.Errorf("Transfer", core.ErrExhausted,
			"%d bytes of large messages wait to be fetched already; try again in a minute", t.size)
	}
	id := rand.Text()
	t.waiting[id] = transfer{data, time.Now()}
	t.size += len(data)
	return id, nil
}

// take returns a message and forgets it.
func (t *transfers) take(id string) ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	found, ok := t.waiting[id]
	if !ok {
		return nil, core.Errorf("Transfer", core.ErrUnavailable, "no transfer of this id waits; it was fetched, or waited over a minute")
	}
	t.remove(id)
	return found.data, nil
}

func (t *transfers) remove(id string) {
	t.size -= len(t.waiting[id].data)
	delete(t.waiting, id)
}

// Upload implements TransferService.
func (t *transfers) Upload(stream grpc.ClientStreamingServer[providerv1.UploadRequest, providerv1.UploadResponse]) error {
	var data bytes.Buffer
	for {
		chunk, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if data.Len()+len(chunk.GetData()) > wire.MaxTransfer {
			return wire.Status("Upload", core.Errorf("Upload", core.ErrInvalidArgument,
				"a message is longer than %d bytes; make smaller turns", wire.MaxTransfer))
		}
		data.Write(chunk.GetData())
	}
	id, err := t.put(data.Bytes())
	if err != nil {
		return wire.Status("Upload", err)
	}
	return stream.SendAndClose(&providerv1.UploadResponse{Transfer: id})
}

// Download implements TransferService.
func (t *transfers) Download(q *providerv1.DownloadRequest, stream grpc.ServerStreamingServer[providerv1.DownloadResponse]) error {
	data, err := t.take(q.GetTransfer())
	if err != nil {
		return wire.Status("Download", err)
	}
	for chunk := range slices.Chunk(data, wire.MaxInline) {
		if err := stream.Send(&providerv1.DownloadResponse{Data: chunk}); err != nil {
			return err
		}
	}
	return nil
}

// intercept puts requests together that were uploaded, and answers with a transfer's
// id where the answer is too long.
func (t *transfers) intercept(ctx context.Context, q any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	op := operation(info.FullMethod)
	if ids := metadata.ValueFromIncomingContext(ctx, wire.TransferKey); len(ids) > 0 {
		data, err := t.take(ids[0])
		if err == nil {
			err = proto.Unmarshal(data, q.(proto.Message))
		}
		if err != nil {
			return nil, wire.Status(op, err)
		}
	}
	answer, err := next(ctx, q)
	if err != nil {
		return nil, err
	}
	m := answer.(proto.Message)
	if proto.Size(m) <= wire.MaxInline {
		return answer, nil
	}
	data, err := proto.Marshal(m)
	if err != nil {
		return nil, wire.Status(op, err)
	}
	id, err := t.put(data)
	if err == nil {
		err = grpc.SetHeader(ctx, metadata.Pairs(wire.TransferKey, id))
	}
	if err != nil {
		return nil, wire.Status(op, err)
	}
	return m.ProtoReflect().New().Interface(), nil
}
