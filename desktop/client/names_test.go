package client

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/endpoint"
)

func TestLookup(t *testing.T) {
	one, two := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	unknown, silent := errors.New("unknown"), errors.New("silent")
	after := func(asked *bool, d time.Duration, addr netip.Addr, err error) Resolver {
		return func(ctx context.Context, _ string) ([]netip.Addr, error) {
			*asked = true
			select {
			case <-time.After(d):
				if err != nil {
					return nil, err
				}
				return []netip.Addr{addr}, nil
			case <-ctx.Done():
				return nil, silent
			}
		}
	}
	type r struct {
		after time.Duration
		err   error
	}
	for name, c := range map[string]struct {
		system, local r
		want          netip.Addr
		err           error
		took          time.Duration
		asked         bool
	}{
		"the system knows":        {r{time.Millisecond, nil}, r{0, nil}, one, nil, time.Millisecond, false},
		"it does not":             {r{0, unknown}, r{time.Millisecond, nil}, two, nil, time.Millisecond, true},
		"it takes its time":       {r{time.Minute, nil}, r{time.Millisecond, nil}, two, nil, systemFirst + time.Millisecond, true},
		"it knows after a while":  {r{time.Second, nil}, r{time.Minute, nil}, one, nil, time.Second, true},
		"nobody knows":            {r{0, unknown}, r{time.Minute, nil}, netip.Addr{}, unknown, nameTimeout, true},
		"nobody says a word":      {r{time.Minute, nil}, r{time.Minute, nil}, netip.Addr{}, silent, nameTimeout, true},
		"local fails, system not": {r{time.Second, nil}, r{0, unknown}, one, nil, time.Second, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			var system, asked bool
			n := names{after(&system, c.system.after, one, c.system.err), after(&asked, c.local.after, two, c.local.err)}
			begin := time.Now()
			got, err := n.lookup(t.Context(), "pi.local")
			if took := time.Since(begin); !errors.Is(err, c.err) || took != c.took {
				t.Errorf("%s: %v, %v after %v", name, got, err, took)
			}
			if c.want.IsValid() && !slices.Equal(got, []netip.Addr{c.want}) {
				t.Errorf("%s: %v", name, got)
			}
			if !system || asked != c.asked {
				t.Errorf("%s: asked the system: %v, the network: %v", name, system, asked)
			}
		})
	}
}

// TestAForeignAnswerOfTheSystemIsNone: some providers know every name.
func TestAForeignAnswerOfTheSystemIsNone(t *testing.T) {
	far, near := netip.MustParseAddr("8.8.8.8"), netip.MustParseAddr("192.168.1.2")
	for name, c := range map[string]struct{ known, want []netip.Addr }{
		"far": {[]netip.Addr{far}, nil}, "near": {[]netip.Addr{near}, []netip.Addr{near}}, "both": {[]netip.Addr{far, near}, []netip.Addr{near}}, "none": {},
	} {
		got, err := NewClient().localOnly(func(context.Context, string) ([]netip.Addr, error) { return slices.Clone(c.known), nil })(t.Context(), "pi.local")
		if !slices.Equal(got, c.want) || errors.Is(err, errNotLocal) != (c.want == nil) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	unknown := errors.New("unknown")
	if _, err := NewClient().localOnly(func(context.Context, string) ([]netip.Addr, error) { return nil, unknown })(t.Context(), "pi.local"); !errors.Is(err, unknown) {
		t.Errorf("%v, want %v", err, unknown)
	}
}

func TestNamesAreDialled(t *testing.T) {
	addr := agentServer(t, func(w http.ResponseWriter, r *http.Request) {
		if host, _, _ := net.SplitHostPort(r.Host); host != "Pi.local" {
			t.Errorf("asked for %s", r.Host)
		}
		_, _ = io.WriteString(w, goodStatus)
	})
	_, port, _ := net.SplitHostPort(addr)
	var asked string
	at := map[string][]netip.Addr{
		"Pi.local":   {netip.MustParseAddr("127.0.0.99"), netip.MustParseAddr("127.0.0.1")},
		"far.local":  {netip.MustParseAddr("8.8.8.8")},
		"dead.local": {netip.MustParseAddr("127.0.0.99")},
	}
	c := NewClient().LocalNames(func(_ context.Context, host string) ([]netip.Addr, error) {
		asked = host
		if at[host] == nil {
			return nil, errors.New("nobody")
		}
		return at[host], nil
	})
	c.names.system = func(context.Context, string) ([]netip.Addr, error) {
		return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
	}
	found, err := c.Status(t.Context(), endpoint.HTTP("Pi.local:"+port))
	if err != nil || found.Remote.String() != addr || found.At.Addr != "Pi.local:"+port {
		t.Errorf("found %+v, %v", found, err)
	}
	for host, want := range map[string]cameras.Reason{
		"far.local": cameras.ReasonNotLocal, "dead.local": cameras.ReasonRefused, "nobody.local": cameras.ReasonUnreachable,
	} {
		if _, err := c.Status(t.Context(), endpoint.HTTP(host+":"+port)); reasonIn(t, err).Reason != want {
			t.Errorf("%s: %v, want %s", host, err, want)
		}
	}
	asked = ""
	if _, err := c.Status(t.Context(), endpoint.HTTP("pi.lan.invalid:"+port)); err == nil || asked != "" {
		t.Errorf("pi.lan.invalid: %v, asked the network for %q", err, asked)
	}
}
