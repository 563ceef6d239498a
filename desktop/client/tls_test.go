package client

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/api"
	"pigrid/shared/endpoint"
	"pigrid/shared/household"
)

// tlsServer is a server over TLS and the SHA-256 of its public key.
func tlsServer(t *testing.T, handler http.HandlerFunc) (addr string, spki household.Hash) {
	t.Helper()
	s := httptest.NewUnstartedServer(handler)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.Listener.Addr().String(), sha256.Sum256(s.Certificate().RawSubjectPublicKeyInfo)
}

func anybody() *Client { return newClient(func(netip.Addr) bool { return true }, time.Second) }

// TestBearerIsSentToItsAgentOnly: inside TLS with the right public key.
func TestBearerIsSentToItsAgentOnly(t *testing.T) {
	t.Parallel()
	var asked, told atomic.Int32
	bearer := household.Hash{1, 2, 3}
	handler := func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.Header.Get("Authorization") == "Bearer "+bearer.Hex() {
			told.Add(1)
		}
		_, _ = io.WriteString(w, `{"api":1,"id":"a","access":"locked","cameras":[]}`)
	}
	addr, spki := tlsServer(t, handler)
	plain := httptest.NewServer(http.HandlerFunc(handler))
	t.Cleanup(plain.Close)
	unencrypted := plain.Listener.Addr().String()
	other := spki
	other[0]++
	for name, tt := range map[string]struct {
		at          endpoint.Endpoint
		reason      cameras.Reason
		asked, told int32
	}{
		"right":               {endpoint.Pinned(addr, spki, bearer), "", 1, 1},
		"right, no bearer":    {endpoint.Pinned(addr, spki, household.Hash{}), "", 1, 0},
		"another key":         {endpoint.Pinned(addr, other, bearer), cameras.ReasonChangedKey, 0, 0},
		"no TLS there":        {endpoint.Pinned(unencrypted, spki, bearer), cameras.ReasonChangedKey, 0, 0},
		"no key is known":     {endpoint.Pinned(addr, household.Hash{}, bearer), cameras.ReasonBadHTTP, 0, 0},
		"any key, no bearer":  {endpoint.TLS(addr), cameras.ReasonBadHTTP, 0, 0},
		"without encryption":  {endpoint.Endpoint{Scheme: "http", Addr: unencrypted, Bearer: bearer}, cameras.ReasonBadHTTP, 0, 0},
		"http, with a pin":    {endpoint.Endpoint{Scheme: "http", Addr: unencrypted, Bearer: bearer, Pin: spki}, cameras.ReasonBadHTTP, 0, 0},
		"https of an http":    {endpoint.Endpoint{Scheme: "http", Addr: addr, Bearer: bearer, Pin: spki}, cameras.ReasonBadHTTP, 0, 0},
		"open, no encryption": {endpoint.HTTP(unencrypted), "", 1, 0},
	} {
		asked.Store(0)
		told.Store(0)
		_, err := anybody().Status(context.Background(), tt.at)
		reason := cameras.NoReason
		if f := FailureOf(err); f != nil {
			reason = f.Reason
		}
		if reason == cameras.ReasonNotPigrid {
			reason = cameras.ReasonBadHTTP
		}
		if reason != tt.reason || asked.Load() != tt.asked || told.Load() != tt.told {
			t.Errorf("%s: %q (%v), asked %d times, told %d times", name, reason, err, asked.Load(), told.Load())
		}
		if strings.Contains(fmt.Sprintf("%v %+v %#v", err, tt.at, tt.at), bearer.Hex()) {
			t.Errorf("%s: a text has the bearer", name)
		}
	}
}

// TestHello is validated: who answers says nothing that is believed without a check.
func TestHello(t *testing.T) {
	t.Parallel()
	var answer atomic.Pointer[string]
	addr, spki := tlsServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("it was told something")
		}
		_, _ = io.WriteString(w, *answer.Load())
	})
	good := func(change func(*api.Hello)) string {
		h := api.Hello{API: 1, ID: "a", Name: "Garage", Version: "1", Access: api.Open, SPKI: spki, ClaimSeconds: 600}
		change(&h)
		data, _ := json.Marshal(h)
		return string(data)
	}
	ask := func(text string) (Seen, error) {
		answer.Store(&text)
		return anybody().Hello(context.Background(), endpoint.TLS(addr))
	}
	seen, err := ask(good(func(h *api.Hello) {
		h.Name, h.ClaimSeconds = "Gar\x00age\u202e", 1<<30
		h.Problem = &api.Problem{Code: "x", Message: strings.Repeat("m", 5000)}
	}))
	if err != nil || seen.Name != "Gar age" || seen.ClaimSeconds != maxClaim || len(seen.Problem.Message) != maxText || seen.Shown != spki || !seen.Remote.IsValid() {
		t.Errorf("got %+v, %v", seen, err)
	}
	for name, text := range map[string]string{
		"no JSON": "{", "an array": "[]", "nothing": "", "long": `{"name":"` + strings.Repeat("x", maxAccessBody) + `"}`,
		"no id":          good(func(h *api.Hello) { h.ID = "" }),
		"a bad id":       good(func(h *api.Hello) { h.ID = "../x" }),
		"no access":      good(func(h *api.Hello) { h.Access = "" }),
		"another access": good(func(h *api.Hello) { h.Access = "OPEN" }),
		"api 0":          good(func(h *api.Hello) { h.API = 0 }),
		"another key":    good(func(h *api.Hello) { h.SPKI[31]++ }),
		"a short key":    `{"api":1,"id":"a","access":"open","spki":"00"}`,
	} {
		if seen, err := ask(text); err == nil || seen.ID != "" {
			t.Errorf("%s: %+v", name, seen)
		}
	}
}

// TestAccessErrorsRepeatNothing that was sent.
func TestAccessErrorsRepeatNothing(t *testing.T) {
	t.Parallel()
	key := household.AgentKey{9, 9, 9}
	for name, handler := range map[string]http.HandlerFunc{
		"echo": func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) },
		"refusal with an echo": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusTeapot)
			_, _ = io.Copy(w, r.Body)
		},
		"hangs up": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"sends on": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/"+r.Header.Get("Authorization"), http.StatusTemporaryRedirect)
		},
	} {
		addr, spki := tlsServer(t, handler)
		at := endpoint.Pinned(addr, spki, key.Bearer())
		c := anybody()
		_, _, proof := c.Prove(context.Background(), at, household.Hash(key))
		_, list := c.Passwords(context.Background(), at)
		_, watchers := c.Watchers(context.Background(), at)
		for _, err := range []error{
			c.Claim(context.Background(), at, api.Claim{Key: key}), c.Tell(context.Background(), at, http.MethodPut, api.KeyPath, api.NewKey{Key: key}),
			proof, list, watchers,
		} {
			text := fmt.Sprintf("%v %+v", err, FailureOf(err))
			if strings.Contains(text, household.Hash(key).Hex()) || strings.Contains(text, key.Bearer().Hex()) {
				t.Errorf("%s: %s", name, text)
			}
		}
	}
}

// TestSilentTLS: a handshake or an answer that does not come ends in time.
func TestSilentTLS(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	begin := time.Now()
	_, err = anybody().Hello(context.Background(), endpoint.TLS(l.Addr().String()))
	if f := FailureOf(err); f == nil || f.Reason != cameras.ReasonTimeout || time.Since(begin) > 3*time.Second {
		t.Errorf("after %v: %v", time.Since(begin), err)
	}
}

// TestHungUpTLS: one that has no room for a connection shows no other key.
func TestHungUpTLS(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_ = conn.Close()
		}
	}()
	_, err = anybody().Status(context.Background(), endpoint.Pinned(l.Addr().String(), household.Hash{1}, household.Hash{2}))
	if f := FailureOf(err); f == nil || f.Reason != cameras.ReasonEnded {
		t.Errorf("got %v", err)
	}
}

// TestPasswordsAndWatchersAreBounded however many an agent lists.
func TestPasswordsAndWatchersAreBounded(t *testing.T) {
	t.Parallel()
	var many bytes.Buffer
	many.WriteString(`{"passwords":[` + strings.Repeat(`{"name":"a\n","hash":"`+strings.Repeat("0", 64)+`","until":"soon"},`, 50) + `{}],"watchers":[`)
	many.WriteString(strings.Repeat(`{"address":"fe80::1%eth0","program":"x"},`, 400) + `{}]}`)
	addr, spki := tlsServer(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(many.Bytes()) })
	at := endpoint.Pinned(addr, spki, household.Hash{1})
	list, err := anybody().Passwords(context.Background(), at)
	if err != nil || len(list.Passwords) != api.MaxPasswords {
		t.Errorf("got %+v, %v", list, err)
	}
	watchers, err := anybody().Watchers(context.Background(), at)
	if err != nil || len(watchers) != maxWatchers {
		t.Errorf("got %d, %v", len(watchers), err)
	}
}
