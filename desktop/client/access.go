package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/api"
	"pigrid/shared/endpoint"
	"pigrid/shared/household"
)

const (
	// accessTimeout is how long a question about access may take, answer and all.
	accessTimeout = 5 * time.Second
	// maxAccessBody is how many bytes its answer may have.
	maxAccessBody = 256 << 10
	// maxClaim is the longest time to be claimed that is believed, in seconds.
	maxClaim = 3600
	// maxWatchers is how many of those who watched are listed.
	maxWatchers = 256
)

// errAnswer is wrapped when an answer about access is not as it must be.
var errAnswer = errors.New("the answer is not as it must be")

// Seen is what an agent says to everybody over TLS, and the public key with which it
// says so.
type Seen struct {
	api.Hello
	Shown  household.Hash // SHA-256 of the public key
	At     endpoint.Endpoint
	Remote netip.AddrPort
}

// Hello asks an agent over TLS who it is and who may watch it. It is told nothing.
func (c *Client) Hello(ctx context.Context, at endpoint.Endpoint) (Seen, error) {
	seen := Seen{At: at}
	there, err := c.access(ctx, at, http.MethodGet, api.HelloPath, nil, &seen.Hello)
	if err != nil {
		return Seen{}, err
	}
	seen.Shown, seen.Remote = there.shown, there.remote
	h := &seen.Hello
	if h.API <= 0 || !cameras.ValidID(h.ID) || h.Access != api.Open && h.Access != api.Locked {
		return Seen{}, failureOf(fmt.Errorf("%w: api %d, id %.80q, access %.20q", errAnswer, h.API, h.ID, h.Access))
	}
	if !h.SPKI.Equal(seen.Shown) {
		return Seen{}, failureOf(ErrOtherKey) // somebody stands between
	}
	if h.Name, h.Version = clean(h.Name, maxName), clean(h.Version, maxName); h.Name == "" {
		h.Name = h.ID
	}
	h.ClaimSeconds, h.Problem = min(max(h.ClaimSeconds, 0), maxClaim), validProblem(h.Problem)
	return seen, nil
}

// Prove asks a locked agent to show that it has a key, for a nonce that was never used
// before. It is told nothing. Shown is the public key with which it answered.
func (c *Client) Prove(ctx context.Context, at endpoint.Endpoint, nonce household.Hash) (proof, shown household.Hash, err error) {
	var answer api.Proof
	there, err := c.access(ctx, at, http.MethodPost, api.ProofPath, api.Nonce{Nonce: nonce}, &answer)
	return answer.Proof, there.shown, err
}

// Claim makes an open agent one with this key. It is the only secret that is sent to an
// agent that is not known yet, and fits no other agent.
func (c *Client) Claim(ctx context.Context, at endpoint.Endpoint, claim api.Claim) error {
	if !at.IsPinned() {
		return errPlain
	}
	_, err := c.access(ctx, at, http.MethodPost, api.AccessPath, claim, nil)
	return err
}

// Tell changes something on an agent that knows the bearer of the endpoint.
func (c *Client) Tell(ctx context.Context, at endpoint.Endpoint, method, path string, body any) error {
	if !at.IsPinned() {
		return errPlain
	}
	_, err := c.access(ctx, at, method, path, body, nil)
	return err
}

// Passwords asks an agent for its view passwords, as it keeps them: only who checks the
// code of the list may believe it.
func (c *Client) Passwords(ctx context.Context, at endpoint.Endpoint) (api.Passwords, error) {
	var answer api.Passwords
	_, err := c.access(ctx, at, http.MethodGet, api.AccessPath, nil, &answer)
	answer.Passwords = answer.Passwords[:min(len(answer.Passwords), api.MaxPasswords)]
	return answer, err
}

// Watchers asks an agent who watched lately.
func (c *Client) Watchers(ctx context.Context, at endpoint.Endpoint) ([]api.Watcher, error) {
	var answer api.Watchers
	_, err := c.access(ctx, at, http.MethodGet, api.WatchersPath, nil, &answer)
	list := answer.Watchers[:min(len(answer.Watchers), maxWatchers)]
	for i, w := range list {
		addr, _ := netip.ParseAddr(w.Address)
		list[i] = api.Watcher{Address: "", Program: clean(w.Program, maxText), Last: clean(w.Last, maxName)}
		if addr.IsValid() {
			list[i].Address = clean(addr.Unmap().String(), maxName)
		}
	}
	return list, err
}

// there is who answered.
type there struct {
	shown  household.Hash
	remote netip.AddrPort
}

// access asks one question. The error is a [cameras.Failure].
func (c *Client) access(ctx context.Context, at endpoint.Endpoint, method, path string, body, into any) (there, error) {
	ctx, cancel := context.WithTimeout(ctx, accessTimeout)
	defer cancel()
	var who there
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if ap, err := netip.ParseAddrPort(info.Conn.RemoteAddr().String()); err == nil {
			who.remote = netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
		}
	}})
	resp, err := c.send(ctx, at, method, path, body)
	if err != nil {
		f := failureOf(err)
		if errors.Is(err, errNoTLS) && !at.IsPinned() {
			f.Reason = cameras.ReasonTooOld
		}
		return there{}, f
	}
	defer resp.Body.Close()
	who.shown, _ = shownBy(resp.TLS)
	if resp.StatusCode/100 != 2 {
		return who, statusRefused(resp)
	}
	said, err := io.ReadAll(io.LimitReader(resp.Body, maxAccessBody+1))
	switch {
	case err != nil:
		return who, failureOf(err)
	case len(said) > maxAccessBody:
		return who, failureOf(fmt.Errorf("%w: it is longer than %d bytes", errAnswer, maxAccessBody))
	case into == nil:
		return who, nil
	}
	if json.Unmarshal(said, into) != nil { // the error would repeat what was sent
		return who, failureOf(fmt.Errorf("%w: it is not the JSON of this question", errAnswer))
	}
	return who, nil
}

func (c *Client) send(ctx context.Context, at endpoint.Endpoint, method, path string, body any) (*http.Response, error) {
	u := url.URL{Scheme: at.Scheme, Host: at.Addr, Path: path}
	var content io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, errPath
		}
		content = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), content)
	if err != nil {
		return nil, errPath
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "pigrid")
	if method != http.MethodGet {
		req.Header.Set("Content-Type", "application/json")
	}
	if req, err = identified(req, Source{Endpoint: at}); err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req)
	if plain := withoutURL(err); plain != err { //nolint:errorlint // whether it is the same one
		return nil, fmt.Errorf("%s: %w", at.Addr, plain)
	}
	return resp, err
}
