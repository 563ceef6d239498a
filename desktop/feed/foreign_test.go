package feed

import (
	"bytes"
	"context"
	"io"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/shared/endpoint"
	"pigrid/shared/mjpeg"
)

var foreign = Target{Endpoint: endpoint.HTTP("192.168.1.9:8080"), Path: "/?action=stream", Foreign: true}

// TestForeignIsThinnedOut: it comes at one rate, over one connection.
func TestForeignIsThinnedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t)
		f.SetTarget(foreign)
		c.after(time.Second)
		c.send(300, 33*time.Millisecond, false)
		if shown := f.Frame().Seq; shown < 95 || shown > 102 || c.saw().frames != int(shown) {
			t.Errorf("%d of 300 frames in ten seconds shown, %d told", shown, c.saw().frames)
		}
		if fps := f.Facts().FPS; fps < 29 || fps > 31 {
			t.Errorf("%v fps arrive", fps)
		}
		before := f.Frame().Seq
		watchLarge(t, f)
		c.after(0)
		c.send(30, 33*time.Millisecond, false)
		if shown := f.Frame().Seq - before; shown != 30 {
			t.Errorf("%d of 30 frames shown large", shown)
		}
		if got := c.saw(); !slices.Equal(got.dialled, []string{"192.168.1.9:8080/?action=stream"}) {
			t.Errorf("dialled %v", got.dialled)
		}
		wantState(t, f, cameras.Live)
	})
}

func TestForeignThatFallsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t)
		f.SetTarget(foreign)
		c.after(time.Second)
		c.send(20, 100*time.Millisecond, false)
		c.after(giveUpAfter - time.Second)
		wantState(t, f, cameras.Stalled)
		if got := c.saw(); got.probes != 0 || len(got.dials) != 1 {
			t.Errorf("%d probes, %d dials", got.probes, len(got.dials))
		}
		c.after(10 * time.Second)
		if got := c.saw(); got.probes != 0 || len(got.dials) < 2 || got.most != 1 {
			t.Errorf("%d probes, %d dials, %d open at once", got.probes, len(got.dials), got.most)
		}
	})
}

// places is a network of streams by host:port and path.
type places struct {
	mu      sync.Mutex
	answers map[string]func() (*client.Stream, error)
	asked   []string
	open    int
	most    int
}

func (p *places) Alive(context.Context, endpoint.Endpoint) error { return nil }

func (p *places) Open(ctx context.Context, from client.Source) (*client.Stream, error) {
	p.mu.Lock()
	where := from.Addr + from.Path
	p.asked = append(p.asked, where)
	answer := p.answers[where]
	p.open++
	p.most = max(p.most, p.open)
	p.mu.Unlock()
	stream, err := (*client.Stream)(nil), error(&cameras.Failure{Reason: cameras.ReasonCamera, Status: 404})
	if answer != nil {
		stream, err = answer()
	}
	if err != nil {
		p.closed()
		return nil, err
	}
	done := sync.OnceFunc(p.closed)
	context.AfterFunc(ctx, done)
	stream.Body = closing{stream.Body, done}
	return stream, nil
}

func (p *places) closed() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open--
}

type closing struct {
	io.ReadCloser
	done func()
}

func (c closing) Close() error {
	c.done()
	return c.ReadCloser.Close()
}

func fails(r cameras.Reason) func() (*client.Stream, error) {
	return func() (*client.Stream, error) { return nil, &cameras.Failure{Reason: r} }
}

func gives(contentType string, body []byte) func() (*client.Stream, error) {
	return func() (*client.Stream, error) {
		r, w := io.Pipe()
		go func() { _, _ = w.Write(body) }()
		return &client.Stream{Body: r, ContentType: contentType}, nil
	}
}

func TestTry(t *testing.T) {
	targets := []Target{
		{Endpoint: endpoint.HTTP("h:1"), Path: "/a", Foreign: true},
		{Endpoint: endpoint.HTTP("h:1"), Path: "/b", Foreign: true},
		{Endpoint: endpoint.HTTP("h:2"), Path: "/a", Foreign: true},
		{Endpoint: endpoint.HTTP("h:2"), Path: "/b", Foreign: true},
	}
	all := []string{"h:1/a", "h:1/b", "h:2/a", "h:2/b"}
	stream := append([]byte(mjpeg.Opening), mjpeg.NewPart(picture(t), time.Now(), false).Standard...)
	for _, tt := range []struct {
		name    string
		answers map[string]func() (*client.Stream, error)
		asked   []string
		reason  cameras.Reason // "" when there is a stream
	}{
		{"the first", map[string]func() (*client.Stream, error){"h:1/a": gives(mjpeg.ContentType, stream)}, all[:1], ""},
		{"the last", map[string]func() (*client.Stream, error){"h:2/b": gives(mjpeg.ContentType, stream)}, all, ""},
		{"none", nil, all, cameras.ReasonCamera},
		{"a web page, then it", map[string]func() (*client.Stream, error){
			"h:1/a": gives("text/html", []byte("<html>")), "h:1/b": gives(mjpeg.ContentType, stream),
		}, all[:2], ""},
		{"nothing listens on a port", map[string]func() (*client.Stream, error){
			"h:1/a": fails(cameras.ReasonRefused), "h:2/a": gives(mjpeg.ContentType, stream),
		}, []string{"h:1/a", "h:2/a"}, ""},
		{"nothing listens at all", map[string]func() (*client.Stream, error){
			"h:1/a": fails(cameras.ReasonRefused), "h:2/a": fails(cameras.ReasonTimeout),
		}, []string{"h:1/a", "h:2/a"}, cameras.ReasonRefused},
		{"no way there", map[string]func() (*client.Stream, error){"h:1/a": fails(cameras.ReasonUnreachable)}, all[:1], cameras.ReasonUnreachable},
		{"not of this network", map[string]func() (*client.Stream, error){"h:1/a": fails(cameras.ReasonNotLocal)}, all[:1], cameras.ReasonNotLocal},
		{"somebody else looks", map[string]func() (*client.Stream, error){"h:1/a": fails(cameras.ReasonBusy)}, []string{"h:1/a", "h:2/a", "h:2/b"}, cameras.ReasonBusy},
		{"nobody is let in", map[string]func() (*client.Stream, error){"h:1/a": fails(cameras.ReasonForbidden)}, []string{"h:1/a", "h:2/a", "h:2/b"}, cameras.ReasonForbidden},
		{"a password is asked for", map[string]func() (*client.Stream, error){"h:1/b": fails(cameras.ReasonUnauthorized)}, all, cameras.ReasonUnauthorized},
		{"a stream without pictures", map[string]func() (*client.Stream, error){"h:1/b": gives(mjpeg.ContentType, nil)}, all, cameras.ReasonNoFrames},
		{"a picture", map[string]func() (*client.Stream, error){"h:1/b": gives("image/jpeg", picture(t))}, all[:2], ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &places{answers: tt.answers}
				connection, failure := Try(t.Context(), p, targets)
				if !slices.Equal(p.asked, tt.asked) || p.most != 1 {
					t.Errorf("asked %v, %d at once", p.asked, p.most)
				}
				if failure != nil {
					if failure.Reason != tt.reason || p.open != 0 {
						t.Errorf("got %v, %d open", failure, p.open)
					}
					return
				}
				if got := connection.Target(); tt.reason != "" || got.Addr+got.Path != tt.asked[len(tt.asked)-1] {
					t.Errorf("got %+v, want %q", got, tt.reason)
				}
				connection.Close()
				synctest.Wait()
				if p.open != 0 {
					t.Error("still open")
				}
			})
		})
	}
}

// mute takes connections and never answers.
type mute struct{ places }

func (*mute) Open(ctx context.Context, _ client.Source) (*client.Stream, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestTryWaitsNotForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		_, failure := Try(t.Context(), &mute{}, []Target{{Endpoint: endpoint.HTTP("h:1"), Path: "/a"}, {Endpoint: endpoint.HTTP("h:1"), Path: "/b"}, {Endpoint: endpoint.HTTP("h:2"), Path: "/a"}})
		if took := time.Since(begin); failure == nil || failure.Reason != cameras.ReasonTimeout || failure.Detail == "" || took != 2*tryTimeout {
			t.Errorf("got %v after %v", failure, took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin = time.Now()
		_, failure = Try(ctx, &mute{}, []Target{{Endpoint: endpoint.HTTP("h:1"), Path: "/a"}, {Endpoint: endpoint.HTTP("h:2"), Path: "/a"}})
		if took := time.Since(begin); failure == nil || failure.Reason != cameras.ReasonTimeout || took != time.Second {
			t.Errorf("given up: got %v after %v", failure, took)
		}
	})
}

// TestTryWaitsForASlowCamera: the only target was typed by somebody, and may give
// a picture now and then.
func TestTryWaitsForASlowCamera(t *testing.T) {
	stream := append([]byte(mjpeg.Opening), mjpeg.NewPart(picture(t), time.Now(), false).Standard...)
	for after, want := range map[time.Duration]cameras.Reason{20 * time.Second: "", time.Hour: cameras.ReasonNoFrames} {
		synctest.Test(t, func(t *testing.T) {
			p := &places{answers: map[string]func() (*client.Stream, error){"h:1/a": func() (*client.Stream, error) {
				r, w := io.Pipe()
				time.AfterFunc(after, func() { _, _ = w.Write(stream) })
				return &client.Stream{Body: r, ContentType: mjpeg.ContentType}, nil
			}}}
			begin := time.Now()
			connection, failure := Try(t.Context(), p, []Target{{Endpoint: endpoint.HTTP("h:1"), Path: "/a", Foreign: true}})
			if took := time.Since(begin); (failure == nil) != (want == "") || failure != nil && failure.Reason != want || took > tryOnlyTimeout {
				t.Errorf("got %v after %v, want %q", failure, took, want)
			}
			if connection != nil {
				connection.Close()
			}
		})
	}
}

// TestForeignIsNotAskedTwiceAfterSleep: waking may come while it is dialled.
func TestForeignIsNotAskedTwiceAfterSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dialling, goOn := make(chan struct{}, 2), make(chan struct{})
		open := gives(mjpeg.ContentType, []byte(mjpeg.Opening))
		p := &places{answers: map[string]func() (*client.Stream, error){foreign.Addr + foreign.Path: func() (*client.Stream, error) {
			dialling <- struct{}{}
			<-goOn
			return open()
		}}}
		f, _, _ := start(t)
		f = New(Config{Opener: p, Group: f.cfg.Group, Arrived: func(Frame) {}, Doubted: func() {}, Early: 5 * time.Second, Logger: f.cfg.Logger})
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { f.Run(ctx) })
		f.SetTarget(foreign)
		<-dialling
		f.Renew()
		close(goOn)
		time.Sleep(time.Second)
		synctest.Wait()
		if p.most != 1 || len(p.asked) != 2 {
			t.Errorf("%d at once, asked %v", p.most, p.asked)
		}
		cancel()
		wg.Wait()
	})
}

// TestFirstConnectionIsTheFeeds: what was tried is not opened again.
func TestFirstConnectionIsTheFeeds(t *testing.T) {
	for name, wait := range map[string]time.Duration{"taken": time.Second, "not wanted any more": 0} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				stream := append([]byte(mjpeg.Opening), mjpeg.NewPart(picture(t), time.Now(), false).Standard...)
				p := &places{answers: map[string]func() (*client.Stream, error){foreign.Addr + foreign.Path: gives(mjpeg.ContentType, stream)}}
				connection, failure := Try(t.Context(), p, []Target{foreign})
				if failure != nil {
					t.Fatal(failure)
				}
				f, _, _ := start(t)
				f = New(Config{Opener: p, Group: f.cfg.Group, Arrived: func(Frame) {}, Doubted: func() {}, Early: 5 * time.Second, Logger: f.cfg.Logger, First: connection})
				ctx, cancel := context.WithCancel(t.Context())
				var wg sync.WaitGroup
				wg.Go(func() { f.Run(ctx) })
				if wait > 0 {
					f.SetTarget(foreign)
				}
				time.Sleep(wait)
				synctest.Wait()
				if wait > 0 && f.Frame().Seq != 1 || len(p.asked) != 1 {
					t.Errorf("frame %d, asked %v", f.Frame().Seq, p.asked)
				}
				cancel()
				wg.Wait()
				synctest.Wait()
				if p.open != 0 {
					t.Error("still open")
				}
			})
		})
	}
}

// TestSinglePicturesArePolled: a camera without a stream is asked once a second.
func TestSinglePicturesArePolled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jpeg := picture(t)
		p := &places{answers: map[string]func() (*client.Stream, error){foreign.Addr + foreign.Path: func() (*client.Stream, error) {
			return &client.Stream{Body: io.NopCloser(bytes.NewReader(jpeg)), ContentType: "image/jpg"}, nil
		}}}
		other, c, unwant := start(t)
		f := New(Config{Opener: p, Group: other.cfg.Group, Arrived: func(Frame) {}, Doubted: func() {}, Early: 5 * time.Second, Logger: other.cfg.Logger})
		f.SetTarget(foreign)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { f.Run(ctx) })
		defer func() { cancel(); wg.Wait() }()
		for range 21 {
			f.Want(grid())
			c.after(500 * time.Millisecond)
		}
		wantState(t, f, cameras.Live)
		if f.Frame().Seq < 10 || f.Frame().Seq > 12 || p.most != 1 || f.Facts().BytesPerSecond == 0 {
			t.Errorf("%d pictures in 10.5 s, %d questions at once, facts %+v", f.Frame().Seq, p.most, f.Facts())
		}
		p.mu.Lock()
		p.answers[foreign.Addr+foreign.Path] = gives("text/html", []byte("<html>"))
		p.mu.Unlock()
		for range 14 {
			f.Want(grid())
			c.after(500 * time.Millisecond)
		}
		wantState(t, f, cameras.Offline)
		unwant()
	})
}
