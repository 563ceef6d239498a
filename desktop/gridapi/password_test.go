package gridapi

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/desktop/engine"
	"pigrid/shared/endpoint"
)

// TestPasswordsThatAreNoURL: nothing of one is asked for as a host, logged or told.
func TestPasswordsThatAreNoURL(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	client := &asking{}
	d := startDesk(t, "", client, func(cfg *engine.Config) { cfg.Logger = slog.New(slog.NewTextHandler(&lockedWriter{w: &log}, nil)) })
	for _, in := range []string{
		"http://root:s3/cret@cam/v", "root:s3/cret@cam", "http://root:s3#cret@cam/v", "http://root:s3?cret@cam:81/v", "http://root:12/s3cret@cam/v",
		"http://root:s3@cret/x@cam/v", "http://s3@cret/x@cam/v", "http://s3/cret:x@cam/v", "http://root:s3/c?r#e@t@cam/v", "http://root:s3/cret@[fe80::1%25eth0]/v",
		"http://root:/s3cret@cam", "http://root:s3cret/@cam", "http://root:s3//cret@cam", "cam/v?user=root&pwd=s3#cret", "http://a:b@cam?pwd=s3#cret@x",
	} {
		r := d.Add(in)
		if r.OK() || r.Reason != cameras.ReasonBadLogin || r.Detail != "" || r.Address != "" {
			t.Errorf("%s: %+v", in, r)
		}
		if text := fmt.Sprintf("%+v", r); strings.Contains(text, "s3") || strings.Contains(text, "cret") {
			t.Errorf("%s: %s", in, text)
		}
	}
	d.stop(t)
	if client.asked.Load() != 0 || log.Len() != 0 || len(d.State().Cameras) != 0 {
		t.Errorf("%d addresses were asked; the log: %s", client.asked.Load(), log.String())
	}
}

// asking counts the addresses that are asked.
type asking struct{ asked atomic.Int32 }

func (a *asking) Find(context.Context, string, []endpoint.Endpoint) (client.Found, error) {
	a.asked.Add(1)
	return client.Found{}, &cameras.Failure{Reason: cameras.ReasonUnreachable}
}

func (a *asking) Open(context.Context, client.Source) (*client.Stream, error) {
	a.asked.Add(1)
	return nil, &cameras.Failure{Reason: cameras.ReasonUnreachable}
}

func (a *asking) Alive(context.Context, endpoint.Endpoint) error { return nil }
