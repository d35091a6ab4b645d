package remote

import (
	"context"
	"errors"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/durokit/duro/core"
	"github.com/durokit/duro/plugin/wire"

	providerv1 "github.com/durokit/duro/plugin/proto/duro/provider/v1"
)

// session is an open store on one connection.
type session struct {
	conn     grpc.ClientConnInterface
	frames   *frames // nil for an other end without them
	opened   *providerv1.OpenResponse
	provider providerv1.ProviderServiceClient
	admin    providerv1.AdminServiceClient
}

func (s *session) handle() string { return s.opened.GetHandle() }

// session returns the store on the connection of now, and opens it there if need be.
func (p *Provider) session(ctx context.Context) (*session, error) {
	conn, err := p.options.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if s := p.current.Load(); s != nil && s.conn == conn {
		return s, nil
	}
	select {
	case p.opening <- struct{}{}:
		defer func() { <-p.opening }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if s := p.current.Load(); s != nil && s.conn == conn {
		return s, nil // somebody else did meanwhile
	}
	s, err := p.open(ctx, conn)
	if err != nil {
		return nil, err
	}
	p.use(s)
	return s, nil
}

// use makes a session that of now. Calls on the one before may still be under way, on
// the same connection.
func (p *Provider) use(s *session) {
	old := p.last
	p.last = s
	p.current.Store(s)
	if old != nil && old.frames != nil && old.frames != s.frames {
		old.frames.close()
	}
}

// endFrames ends the frames of the last session.
func (p *Provider) endFrames(ctx context.Context) {
	select {
	case p.opening <- struct{}{}:
	case <-ctx.Done():
		return // they end with their connection
	}
	defer func() { <-p.opening }()
	if p.last != nil && p.last.frames != nil {
		p.last.frames.close()
	}
}

// framesOn are the frames of a connection, those of the session before if it was on it.
func (p *Provider) framesOn(conn grpc.ClientConnInterface) *frames {
	if p.last != nil && p.last.conn == conn && p.last.frames != nil {
		return p.last.frames
	}
	return newFrames(conn)
}

func (p *Provider) open(ctx context.Context, conn grpc.ClientConnInterface) (*session, error) {
	ctx, cancel := within(ctx, answerWithin)
	defer cancel()
	c := carrier{ClientConnInterface: conn}
	ask := p.options.Open
	if ask == nil {
		ask = func(ctx context.Context) (*providerv1.OpenResponse, error) {
			return providerv1.NewPluginServiceClient(c).Open(ctx, &providerv1.OpenRequest{Config: p.options.Config})
		}
	}
	opened, err := ask(ctx)
	if _, ok := errors.AsType[*core.ProviderError](err); ok {
		return nil, err
	}
	if err != nil {
		return nil, p.translate(ctx, ctx, conn, "Open", change, err)
	}
	if opened.GetFrames() {
		c.frames = p.framesOn(conn)
	}
	return &session{conn, c.frames, opened, providerv1.NewProviderServiceClient(c), providerv1.NewAdminServiceClient(c)}, nil
}

// forget has the next call open the store again.
func (p *Provider) forget(s *session) { p.current.CompareAndSwap(s, nil) }

// closeSession closes the store at the other end. If nobody is there, it is closed.
func (p *Provider) closeSession(ctx context.Context) error {
	s := p.current.Load()
	if s == nil {
		return nil
	}
	limited, cancel := within(ctx, answerWithin)
	defer cancel()
	_, err := providerv1.NewPluginServiceClient(s.conn).Close(limited, &providerv1.CloseRequest{Handle: s.handle()})
	d, code := wire.Detail(err), status.Code(err)
	gone := code == codes.Unavailable || code == codes.Canceled && ctx.Err() == nil
	if d.GetUnknownHandle() || d == nil && gone {
		return nil
	}
	if err != nil {
		return p.translate(ctx, limited, s.conn, "Close", change, err)
	}
	return nil
}
