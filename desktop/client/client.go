package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"slices"
	"syscall"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/api"
	"pigrid/shared/endpoint"
	"pigrid/shared/lan"
)

const (
	dialTimeout   = 3 * time.Second
	headerTimeout = 5 * time.Second
	maxStatusBody = 256 << 10 // 4 KiB for each camera; to read it costs as much as twenty usual ones
	maxErrorBody  = 64 << 10
)

// errNotLocal is why an address was not dialled.
var errNotLocal = errors.New("the address is not on the local network")

// Client opens every connection of the app to an agent. It is safe for
// concurrent use. Connections are never reused: an answer always proves that
// the agent answers now.
type Client struct {
	http    *http.Client
	foreign *http.Transport // to cameras without an agent, whose answers are repaired
	allowed func(netip.Addr) bool
	dialer  *net.Dialer
	names   *names // nil: the system alone resolves
	own     func() ([]netip.Prefix, error)
}

// NewClient returns a Client that dials only addresses of the local network,
// as this machine's interfaces say at the time of each dial.
func NewClient() *Client { return newClient(onLocalNetwork, dialTimeout) }

func newClient(allowed func(netip.Addr) bool, timeout time.Duration) *Client {
	dialer := &net.Dialer{
		Timeout:         timeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: 5 * time.Second, Count: 2},
		ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
			if ap, err := netip.ParseAddrPort(address); err != nil || !allowed(ap.Addr()) {
				return errNotLocal
			}
			return nil
		},
	}
	c := &Client{allowed: allowed, dialer: dialer, own: lan.OwnPrefixes}
	agents := transport(c.dial)
	agents.DialTLSContext = c.dialTLS
	c.http = &http.Client{
		Transport:     agents,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c.foreign = transport(func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := c.dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return newRepairedConn(conn), nil
	})
	return c
}

func transport(dial func(ctx context.Context, network, address string) (net.Conn, error)) *http.Transport {
	return &http.Transport{
		DialContext:            dial,
		DisableKeepAlives:      true,
		DisableCompression:     true,
		ResponseHeaderTimeout:  headerTimeout,
		MaxResponseHeaderBytes: 64 << 10,
		ReadBufferSize:         64 << 10,
	}
}

// on reports whether this computer is on a network; so it is when that is not known.
func (c *Client) on(network string) bool {
	p, err := netip.ParsePrefix(network)
	if err != nil {
		return true
	}
	own, err := c.own()
	return err != nil || slices.Contains(own, p)
}

func onLocalNetwork(addr netip.Addr) bool {
	if lan.Local(addr, nil) {
		return true
	}
	own, err := lan.OwnPrefixes()
	return err == nil && lan.Local(addr, own)
}

// Stream is an open MJPEG stream; whoever opened it closes the Body.
type Stream struct {
	Body        io.ReadCloser
	ContentType string
}

// Open asks for a stream and returns once the response headers are there. The
// error is a [cameras.Failure]. The stream ends with ctx.
func (c *Client) Open(ctx context.Context, from Source) (*Stream, error) {
	resp, err := c.get(ctx, from, "multipart/x-mixed-replace, image/jpeg;q=0.5")
	if err != nil {
		return nil, failureAt(from, err)
	}
	if resp.StatusCode != http.StatusOK {
		defer resp.Body.Close()
		return nil, streamRefused(resp)
	}
	return &Stream{Body: resp.Body, ContentType: resp.Header.Get("Content-Type")}, nil
}

// Alive asks an agent for a sign of life. Any HTTP answer is one.
func (c *Client) Alive(ctx context.Context, at endpoint.Endpoint) error {
	from := Source{Endpoint: at, Path: "/healthz"}
	resp, err := c.get(ctx, from, "")
	if err != nil {
		return failureAt(from, err)
	}
	return resp.Body.Close()
}

// Found is an agent that answered.
type Found struct {
	Status api.Status
	At     endpoint.Endpoint // where it was asked
	Remote netip.AddrPort    // where the answer came from
	// Denied says that the agent is locked and why it did not say more; its Status has
	// no cameras then. It is empty after a whole answer.
	Denied cameras.Access
}

// Status asks an agent about itself. The error is a
// [cameras.Failure].
func (c *Client) Status(ctx context.Context, at endpoint.Endpoint) (Found, error) {
	found := Found{At: at}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if ap, err := netip.ParseAddrPort(info.Conn.RemoteAddr().String()); err == nil {
			found.Remote = netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
		}
	}})
	from := Source{Endpoint: at, Path: api.StatusPath}
	resp, err := c.get(ctx, from, "application/json")
	if err != nil {
		return Found{}, failureAt(from, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return Found{}, statusRefused(resp)
	}
	switch found.Status, err = readStatus(resp); {
	case errors.Is(err, ErrNotStatus):
		return Found{}, &cameras.Failure{Reason: cameras.ReasonNotPigrid, Status: resp.StatusCode, Detail: clean(err.Error(), maxText)}
	case err != nil:
		return Found{}, failureAt(from, err)
	}
	return found, nil
}

func (c *Client) get(ctx context.Context, from Source, accept string) (*http.Response, error) {
	u, err := url.Parse(from.Path)
	if err != nil {
		return nil, errPath // the error would repeat the path
	}
	u.Scheme, u.Host = from.Scheme, from.Addr
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, errPath
	}
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	req.Header.Set("User-Agent", "pigrid")
	if from.Scheme == "https" && !from.IsPinned() {
		return nil, errPlain
	}
	if req, err = identified(req, from); err != nil {
		return nil, err
	}
	if from.Credentials.HasQuery() {
		if !c.on(from.Home) {
			return nil, &cameras.Failure{
				Reason: cameras.ReasonOtherNetwork, RetryAfter: otherAgain,
				Detail: "this computer is not on " + from.Home + ", where the camera was seen last",
			}
		}
		req.URL.RawQuery = from.Credentials.Query
	}
	resp, err := c.ask(req, from)
	if err == nil && from.Foreign {
		resp, err = c.follow(resp, from)
	}
	if plain := withoutURL(err); plain != err { //nolint:errorlint // whether it is the same one
		return nil, fmt.Errorf("%s: %w", from.Addr, plain)
	}
	return resp, err
}

// ask sends a question, and once more with name and password when it is refused
// without them.
func (c *Client) ask(req *http.Request, from Source) (*http.Response, error) {
	do := c.http.Do
	if from.Foreign {
		do = c.foreign.RoundTrip // sends nobody on by itself, and reads no Location
	}
	if !from.Credentials.HasPassword() {
		return do(req)
	}
	auth := from.Auth
	if auth == nil {
		auth = &Auth{}
	}
	auth.answer(req, from.Credentials)
	resp, err := do(req)
	if err != nil || !auth.learn(resp) {
		return resp, err
	}
	_ = resp.Body.Close()
	if err := auth.otherwise(); err != nil {
		return nil, err
	}
	auth.answer(req, from.Credentials)
	return do(req)
}
