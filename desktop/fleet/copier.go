//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"pigrid/shared/api"
)

// copier says word for word what a good agent says of itself, at another address,
// with pictures of its own: whoever believes it shows them in the good one's tile.
type copier struct {
	*agent
	n *neighbour

	mu     sync.Mutex
	copied []byte // the status
	id     string // in it
}

// turn copies another agent, now and then with another time of its start, as a
// second agent with the same id has it.
func (c *copier) turn(ctx context.Context) {
	body, err := get(ctx, "http://"+one(c.n.good)+api.StatusPath)
	var s api.Status
	if err != nil || json.Unmarshal(body, &s) != nil {
		return // a good agent that is too busy; another one next time
	}
	attack := "attack: a copy of a good agent"
	if one([]bool{true, false, false}) {
		body, attack = bytes.ReplaceAll(body, []byte(s.Started), []byte("2020-01-01T00:00:00Z")), "attack: a twin of a good agent"
	}
	c.n.count(attack)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.copied, c.id = body, s.ID
}

func get(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

func (c *copier) answer(w http.ResponseWriter, r *http.Request) bool {
	switch r.URL.Path {
	case api.StatusPath:
		c.n.count("questions for a copied status")
		c.mu.Lock()
		defer c.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(c.copied)
		return true
	case "/video":
		c.n.count("streams of a copy")
	}
	return false
}

// door is a camera without an agent that a person added with a name and a
// password, when it asked for them by Digest. Now it asks in any way.
type door struct {
	*agent
	n *neighbour
}

// challenges are ways to ask for a password. The first is how the door asked when
// it was added.
var challenges = []string{
	`Digest realm="door", nonce="n", qop="auth"`,
	`Basic realm="door"`,
	`Digest realm="router", nonce="n", qop="auth"`,
	`Basic realm="router", Digest realm="router", nonce="n", algorithm=MD4`,
	`Digest realm="door", nonce="", Basic`,
	"",
}

func (d *door) answer(w http.ResponseWriter, r *http.Request) bool {
	said := r.Header.Get("Authorization")
	switch asks := one(challenges); {
	case strings.HasPrefix(said, "Basic"), said != "" && !strings.Contains(said, `realm="door"`):
		d.n.count("passwords told to a stranger")
	case said != "":
		d.n.count("questions with a password by Digest")
		return false // lets it in
	case asks != "":
		d.n.count("attack: asks for a password in any way")
		w.Header().Set("WWW-Authenticate", asks)
	}
	w.WriteHeader(http.StatusUnauthorized)
	return true
}
