package gridapi

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/engine"
)

// slowSecrets is a keychain that the owner has to unlock for every question. It
// lives inside a synctest bubble.
type slowSecrets struct {
	asked  chan string   // every question as it is asked
	unlock chan struct{} // lets one through
	kept   string
}

func newSlowSecrets() *slowSecrets {
	return &slowSecrets{asked: make(chan string, 20), unlock: make(chan struct{})}
}

func (s *slowSecrets) wait(ctx context.Context, question string) error {
	s.asked <- question
	select {
	case <-s.unlock:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *slowSecrets) Set(ctx context.Context, name, secret string) error {
	return s.wait(ctx, "set "+name+" "+secret)
}

func (s *slowSecrets) Get(ctx context.Context, name string) (string, error) {
	return s.kept, s.wait(ctx, "get "+name)
}

func (s *slowSecrets) Delete(ctx context.Context, name string) error {
	return s.wait(ctx, "delete "+name)
}

// questions are those that were asked since the last call.
func (s *slowSecrets) questions() string {
	synctest.Wait()
	var list []string
	for len(s.asked) > 0 {
		list = append(list, <-s.asked)
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

func TestSecretsChangeInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const camera, other = "http://cam.local:80/video", "http://cam.local:80/other"
		h := &silentHost{jpeg: testJPEG(t), stream: "cam.local:80"}
		s := newSlowSecrets()
		d := startDesk(t, "", h, func(c *engine.Config) { c.Secrets = s })
		key := cameras.ForeignKey(camera)
		d.Add("http://root:old@cam.local/video")
		d.Add("http://root:new@cam.local/video")
		d.Forget(key)
		d.Add("http://root:last@cam.local/video")
		d.Add("http://root:x@cam.local/other")
		login := func(key, password string) string {
			return "set " + key + ` {"user":"root","password":"` + password + `"}`
		}
		first := []string{login(key, "old"), login(cameras.ForeignKey(other), "x")}
		slices.Sort(first)
		if got := s.questions(); got != strings.Join(first, ", ") {
			t.Fatalf("at once: %s, want the first of each camera", got)
		}
		s.unlock <- struct{}{}
		s.unlock <- struct{}{}
		for _, want := range []string{login(key, "new"), "delete " + key, login(key, "last")} {
			if got := s.questions(); got != want {
				t.Fatalf("then %q, want %q", got, want)
			}
			s.unlock <- struct{}{}
		}
	})
}

// TestLateSecretIsNotBelieved: what a keychain gives away after a person typed
// something newer.
func TestLateSecretIsNotBelieved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &silentHost{jpeg: testJPEG(t), stream: "cam.local:80", lasts: 3 * time.Second}
		d := startDesk(t, "", h)
		if r := d.Add("http://root:old@cam.local/video"); !r.OK() {
			t.Fatalf("got %+v", r)
		}
		d.stop(t)
		h.logins = nil

		s := newSlowSecrets()
		s.kept = `{"user":"root","password":"old"}`
		again := startDesk(t, d.path, h, func(c *engine.Config) { c.Secrets = s })
		again.look(t)
		if got, want := s.questions(), "get "+cameras.ForeignKey("http://cam.local:80/video"); got != want {
			t.Fatalf("asked %q, want %q", got, want)
		}
		again.Add("http://root:new@cam.local/video")
		s.questions()
		s.unlock <- struct{}{}
		s.unlock <- struct{}{}
		time.Sleep(time.Minute)
		again.stop(t)
		if slices.Contains(h.logins, "root:old") || len(h.logins) < 3 {
			t.Errorf("let in with %v", h.logins)
		}
	})
}
