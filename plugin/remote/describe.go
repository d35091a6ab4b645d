package remote

import (
	"context"

	"google.golang.org/grpc"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// Describe asks the other end of a connection what it is. where names it in errors.
func Describe(ctx context.Context, conn grpc.ClientConnInterface, where string) (*providerv1.DescribeResponse, error) {
	about, err := providerv1.NewPluginServiceClient(conn).Describe(ctx, &providerv1.DescribeRequest{})
	if err != nil {
		p := &Provider{options: Options{Where: where}}
		return nil, p.translate(ctx, ctx, conn, "Describe", look, err)
	}
	return about, nil
}
