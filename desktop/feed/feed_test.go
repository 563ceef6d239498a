package feed

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"io"
	"log/slog"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/shared/api"
	"pigrid/shared/endpoint"
	"pigrid/shared/mjpeg"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// picture is a JPEG of 16 by 8 pixels.
func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 16, 8)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// camera is a fake agent with one camera, inside a synctest bubble.
type camera struct {
	t      *testing.T
	jpeg   []byte
	begin  time.Time
	mu     sync.Mutex
	refuse error         // what dials end with
	noPage bool          // nobody looks, from the start
	spare  Spare         // of its group
	early  time.Duration // wanted for so long without a page
	tile   int           // how many pixels across its tile has, 0 for all
	dead   bool          // no sign of life
	header time.Duration // how long the headers take
	group  *Group        // nil: one of its own
	seen   record
}

// record is what a fake camera saw.
type record struct {
	dials   []time.Duration
	dialled []string
	probes  int
	stream  *io.PipeWriter   // the newest one
	streams []*io.PipeWriter // all of them
	closed  int              // streams the feed closed
	most    int              // that were open at once
	doubts  int
	frames  int
}

func (c *camera) saw() record {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen
}

func (c *camera) Open(ctx context.Context, from client.Source) (*client.Stream, error) {
	c.mu.Lock()
	c.seen.dials = append(c.seen.dials, time.Since(c.begin))
	c.seen.dialled = append(c.seen.dialled, from.Addr+from.Path)
	refuse, header := c.refuse, c.header
	c.mu.Unlock()
	select {
	case <-time.After(header):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if refuse != nil {
		return nil, refuse
	}
	r, w := io.Pipe()
	c.mu.Lock()
	c.seen.stream, c.seen.streams = w, append(c.seen.streams, w)
	c.seen.most = max(c.seen.most, len(c.seen.streams)-c.seen.closed)
	c.mu.Unlock()
	return &client.Stream{Body: &body{PipeReader: r, camera: c}, ContentType: mjpeg.ContentType}, nil
}

type body struct {
	*io.PipeReader
	camera *camera
	once   sync.Once
}

func (b *body) Close() error {
	b.once.Do(func() { b.camera.count(&b.camera.seen.closed) })
	return b.PipeReader.Close()
}

func (c *camera) Alive(ctx context.Context, _ endpoint.Endpoint) error {
	c.count(&c.seen.probes)
	c.mu.Lock()
	dead := c.dead
	c.mu.Unlock()
	if !dead {
		return nil
	}
	<-ctx.Done()
	return &cameras.Failure{Reason: cameras.ReasonTimeout}
}

func (c *camera) pixels() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tile
}

func (c *camera) count(n *int) {
	c.mu.Lock()
	*n++
	c.mu.Unlock()
}

func (c *camera) set(change func(*camera)) {
	c.mu.Lock()
	change(c)
	c.mu.Unlock()
}

// send writes parts to the newest stream, one per interval.
func (c *camera) send(n int, interval time.Duration, placeholder bool) {
	c.t.Helper()
	c.sendOn(c.saw().stream, n, interval, placeholder)
}

// sendOn writes parts to one of the streams.
func (c *camera) sendOn(w io.Writer, n int, interval time.Duration, placeholder bool) {
	c.t.Helper()
	for range n {
		time.Sleep(interval)
		p := mjpeg.NewPart(c.jpeg, time.Now(), placeholder)
		if _, err := w.Write(append([]byte(mjpeg.Opening), p.Standard...)); err != nil {
			c.t.Fatalf("the feed does not read: %v", err)
		}
	}
	synctest.Wait()
}

// offer writes one part to the newest stream, which the feed may close meanwhile.
func (c *camera) offer() {
	w := c.saw().stream
	if w == nil {
		return
	}
	c.mu.Lock()
	p := mjpeg.NewPart(c.jpeg, time.Now(), false)
	c.mu.Unlock()
	_, _ = w.Write(append([]byte(mjpeg.Opening), p.Standard...))
}

func (c *camera) after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// start runs a Feed on a fake camera, inside a synctest bubble. It counts as
// wanted all the time unless the test stops it.
func start(t *testing.T, change ...func(*camera)) (f *Feed, c *camera, unwant func()) {
	t.Helper()
	c = &camera{t: t, jpeg: picture(t), begin: time.Now()}
	for _, ch := range change {
		ch(c)
	}
	if c.group == nil {
		c.group = NewGroup(LimitsFor(8<<30), c.spare)
	}
	f = New(Config{
		Key: "agent:a/x", Opener: c, Group: c.group, Logger: slog.New(slog.DiscardHandler),
		Arrived: func(Frame) { c.count(&c.seen.frames) }, Doubted: func() { c.count(&c.seen.doubts) },
		Early: c.early,
	})
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { f.Run(ctx) })
	page, unwant := context.WithCancel(ctx)
	wg.Go(func() {
		for !c.noPage && page.Err() == nil {
			f.Want(Rendition{FPS: 10, Width: c.pixels()})
			select {
			case <-time.After(500 * time.Millisecond):
			case <-page.Done():
			}
		}
	})
	t.Cleanup(func() { cancel(); unwant(); wg.Wait() })
	return f, c, unwant
}

func (f *Feed) state() cameras.State {
	facts := cameras.Facts{Stream: f.Facts(), Agent: cameras.Agent{API: api.Version, Camera: api.Live}}
	return cameras.Next(facts, time.Now()).State
}

func wantState(t *testing.T, f *Feed, want cameras.State) {
	t.Helper()
	if got := f.state(); got != want {
		t.Errorf("state %q, want %q; facts %+v", got, want, f.Facts())
	}
}

var target = Target{Endpoint: endpoint.HTTP("192.168.1.2:8080"), Path: "/cameras/x/video", Rate: 10}

// TestLiveFromTwoFrames: a LIVE badge that is made up (osiris#79) lights up for a
// connection, or for one frame that was left over.
func TestLiveFromTwoFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t)
		c.after(time.Second)
		if len(c.saw().dials) != 0 {
			t.Fatal("dialled without an address")
		}
		f.SetTarget(target)
		c.after(dialSpread)
		wantState(t, f, cameras.Connecting)
		c.send(1, 0, false)
		wantState(t, f, cameras.Connecting)
		c.send(30, 100*time.Millisecond, false)
		wantState(t, f, cameras.Live)
		facts := f.Facts()
		if facts.FPS < 9.9 || facts.FPS > 10.1 || facts.Width != 16 || facts.Height != 8 || facts.Frames != 31 {
			t.Errorf("got %+v", facts)
		}
		if frame := f.Frame(); frame.Seq != 31 || !bytes.Equal(frame.JPEG, c.jpeg) || c.saw().frames != 31 {
			t.Errorf("frame %d, %d arrived", frame.Seq, c.saw().frames)
		}
		if c.saw().dialled[0] != "192.168.1.2:8080/cameras/x/video" {
			t.Errorf("dialled %v", c.saw().dialled)
		}
	})
}

func TestUnwantedIsClosedWithinTwoSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, unwant := start(t)
		f.SetTarget(target)
		c.after(6 * time.Second)
		f.Want(grid())
		unwant()
		c.after(1500 * time.Millisecond)
		if c.saw().closed != 0 {
			t.Error("closed too early")
		}
		c.after(200 * time.Millisecond)
		if c.saw().closed != 1 || len(c.saw().dials) != 1 {
			t.Errorf("closed %d of %d", c.saw().closed, len(c.saw().dials))
		}
		wantState(t, f, cameras.Paused)
		if phase := f.Facts().Phase; phase != cameras.Closed {
			t.Errorf("phase %d", phase)
		}
		c.after(time.Hour)
		if len(c.saw().dials) != 1 {
			t.Error("dialled though nobody looks")
		}
		f.Want(grid())
		c.after(time.Millisecond)
		if len(c.saw().dials) != 2 {
			t.Error("did not dial at once when somebody looked")
		}
	})
}

func TestPictureOfAClosedCameraIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, unwant := start(t)
		f.SetTarget(target)
		c.after(time.Second)
		c.send(100, 100*time.Millisecond, false)
		unwant()
		c.after(dropAfter)
		if frame := f.Frame(); len(frame.JPEG) == 0 {
			t.Error("dropped too early")
		}
		c.after(unwantedAfter + time.Second)
		if frame := f.Frame(); frame.JPEG != nil || frame.Seq != 100 {
			t.Errorf("frame %d still has %d bytes", frame.Seq, len(frame.JPEG))
		}
		f.Want(grid())
		c.after(time.Second)
		c.send(1, 0, false)
		if frame := f.Frame(); len(frame.JPEG) == 0 || frame.Seq != 101 {
			t.Errorf("frame %d has %d bytes", frame.Seq, len(frame.JPEG))
		}
	})
}

func TestNewFeedDialsBeforeThePageAsks(t *testing.T) {
	for _, early := range []time.Duration{0, time.Second, 5 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			f, c, _ := start(t, func(c *camera) { c.noPage, c.early = true, early })
			f.SetTarget(target)
			c.after(early - 100*time.Millisecond)
			if early > 0 && (len(c.saw().dials) != 1 || c.saw().closed != 0) {
				t.Errorf("%v: %d dials, %d closed", early, len(c.saw().dials), c.saw().closed)
			}
			c.after(200 * time.Millisecond)
			if c.saw().closed != len(c.saw().dials) {
				t.Errorf("%v: kept open for nobody", early)
			}
		})
	}
}

// TestNewFeedIsClosedWhenAPageAsksForOthers: it is not on the page that is seen.
func TestNewFeedIsClosedWhenAPageAsksForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t, func(c *camera) { c.noPage, c.early = true, time.Minute })
		f.SetTarget(target)
		c.after(time.Second)
		f.Settle()
		c.after(unwantedAfter + 100*time.Millisecond)
		if c.saw().closed != 1 {
			t.Errorf("%d closed", c.saw().closed)
		}
		f.Settle()
		c.after(time.Minute)
		if len(c.saw().dials) != 1 {
			t.Errorf("%d dials", len(c.saw().dials))
		}
	})
}

// TestNobodyFailsWhomNobodyDials: what is not looked at any more must not make
// others wait longer. Since when it is offline stays known.
func TestNobodyFailsWhomNobodyDials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, unwant := start(t, func(c *camera) { c.refuse = &cameras.Failure{Reason: cameras.ReasonRefused} })
		f.SetTarget(target)
		c.after(10 * time.Second)
		wantState(t, f, cameras.Offline)
		if n := f.cfg.Group.Failing(); n != 1 {
			t.Errorf("%d fail", n)
		}
		unwant()
		c.after(unwantedAfter + 100*time.Millisecond)
		wantState(t, f, cameras.Paused)
		if n := f.cfg.Group.Failing(); n != 0 {
			t.Errorf("%d fail", n)
		}
		f.Want(grid())
		c.after(100 * time.Millisecond)
		wantState(t, f, cameras.Offline)
		if since, n := f.Facts().FailedSince.Sub(c.begin), f.cfg.Group.Failing(); since > time.Second || n != 1 {
			t.Errorf("failed %v after the start; %d fail", since, n)
		}
	})
}

// TestRetryAfterOutlastsAClickBefore: what is asked for while it is dialled must
// not dial it again as soon as it said when to come back.
func TestRetryAfterOutlastsAClickBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t, func(c *camera) {
			c.header = time.Second
			c.refuse = &cameras.Failure{Reason: cameras.ReasonBusy, Status: 503, RetryAfter: time.Minute}
		})
		f.SetTarget(target)
		c.after(500 * time.Millisecond) // it is being dialled
		f.Retry()
		c.after(50 * time.Second)
		if n := len(c.saw().dials); n != 1 {
			t.Errorf("%d dials", n)
		}
		f.Retry()
		c.after(time.Second)
		if n := len(c.saw().dials); n != 2 {
			t.Errorf("%d dials after a click", n)
		}
	})
}

// TestNewFeedIsClosedSoonAfterThePageLookedAway: the time before the page can
// ask is over once it has asked.
func TestNewFeedIsClosedSoonAfterThePageLookedAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, unwant := start(t, func(c *camera) { c.early = 5 * time.Second })
		unwant()
		f.SetTarget(target)
		c.after(time.Second)
		f.Want(grid())
		c.after(unwantedAfter + 100*time.Millisecond)
		if c.saw().closed != 1 {
			t.Error("kept open for nobody")
		}
	})
}

// TestStalledAgentIsProbed: a tile that freezes silently (WebRTC#925,
// cctv-viewer#112, motioneye#82, frigate#15692) says so, and whether its agent is
// still there.
func TestStalledAgentIsProbed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t)
		f.SetTarget(target)
		c.after(time.Second)
		c.send(20, 100*time.Millisecond, false)
		c.after(3500 * time.Millisecond)
		wantState(t, f, cameras.Stalled)
		if c.saw().probes != 1 || c.saw().doubts != 1 || c.saw().closed != 0 {
			t.Errorf("%d probes, %d doubts, %d closed", c.saw().probes, c.saw().doubts, c.saw().closed)
		}
		c.send(2, 0, false)
		wantState(t, f, cameras.Live)
		if len(c.saw().dials) != 1 {
			t.Error("dialled again")
		}
	})
}

// TestSlowCameraIsGivenItsTime: a frame each 5 s; the agent lives, so a stream
// that does not count as stalled yet is not given up.
func TestSlowCameraIsGivenItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t)
		slow := target
		slow.Rate = 0.2
		f.SetTarget(slow)
		c.after(time.Second)
		c.send(3, 5*time.Second, false)
		c.after(24 * time.Second)
		if len(c.saw().dials) != 1 || c.saw().probes == 0 {
			t.Errorf("%d dials, %d probes", len(c.saw().dials), c.saw().probes)
		}
		c.after(4 * time.Second)
		if len(c.saw().dials) < 2 {
			t.Error("never given up")
		}
	})
}

func TestStalledAndSilentIsOfflineAndDialledAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t)
		f.SetTarget(target)
		c.after(time.Second)
		c.send(20, 100*time.Millisecond, false)
		c.set(func(c *camera) { c.dead = true })
		c.after(2*time.Second + probeTimeout + 100*time.Millisecond) // asked before it counts as stalled
		wantState(t, f, cameras.Offline)
		if c.saw().closed != 1 {
			t.Error("the dead connection is still open")
		}
		c.set(func(c *camera) { c.dead = false })
		c.after(2 * time.Second)
		c.send(2, 0, false)
		wantState(t, f, cameras.Live)
		if f.Facts().Failure != nil || f.cfg.Group.Failing() != 0 {
			t.Error("the failure is remembered")
		}
	})
}

func TestSilentConnectionToALivingAgentIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t)
		f.SetTarget(target)
		c.after(time.Second)
		c.send(20, 100*time.Millisecond, false)
		c.after(giveUpAfter - time.Second)
		if len(c.saw().dials) != 1 {
			t.Fatal("gave up early")
		}
		c.after(8 * time.Second)
		if len(c.saw().dials) < 2 || c.saw().closed == 0 {
			t.Errorf("%d dials, %d closed", len(c.saw().dials), c.saw().closed)
		}
		wantState(t, f, cameras.Stalled)
	})
}

func TestPlaceholdersAreShownAndNeverLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t)
		f.SetTarget(target)
		c.after(time.Second)
		c.send(1, time.Second, true)
		if n := c.saw().doubts; n != 1 {
			t.Errorf("the agent is asked why %d times", n)
		}
		c.send(59, time.Second, true)
		wantState(t, f, cameras.Stalled)
		if f.Frame().Seq != 60 || f.Facts().Frames != 0 || !f.Facts().LastFrame.IsZero() {
			t.Errorf("got %+v", f.Facts())
		}
		if len(c.saw().dials) != 1 {
			t.Error("a connection that carries placeholders was replaced")
		}
		if n := c.saw().doubts; n < 2 || n > 20 {
			t.Errorf("the agent is asked why %d times in a minute", n)
		}
		c.send(2, 100*time.Millisecond, false)
		wantState(t, f, cameras.Live)
	})
}

func TestRefusedIsTriedAgainWithGrowingWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t, func(c *camera) { c.refuse = &cameras.Failure{Reason: cameras.ReasonRefused} })
		f.SetTarget(target)
		c.after(time.Minute)
		wantState(t, f, cameras.Offline)
		if n := len(c.saw().dials); n < 11 || n > 19 {
			t.Errorf("%d dials in a minute at %v", n, c.saw().dials)
		}
		for i := 1; i < len(c.saw().dials); i++ {
			wait := c.saw().dials[i] - c.saw().dials[i-1]
			nominal := []time.Duration{1, 2, 4, 5}[min(i-1, 3)] * time.Second
			if wait < nominal*3/4 || wait > nominal*5/4 {
				t.Errorf("wait %d is %v", i, wait)
			}
		}
		if f.cfg.Group.Failing() != 1 || c.saw().doubts != len(c.saw().dials) {
			t.Errorf("%d failing, %d doubts", f.cfg.Group.Failing(), c.saw().doubts)
		}
		c.set(func(c *camera) { c.refuse = nil })
		f.Retry()
		c.after(0)
		wantState(t, f, cameras.Connecting)
	})
}

func TestAgentSaysWhenToComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t, func(c *camera) { c.refuse = &cameras.Failure{Reason: cameras.ReasonBusy, RetryAfter: 20 * time.Second} })
		f.SetTarget(target)
		c.after(19 * time.Second)
		if n := len(c.saw().dials); n != 1 {
			t.Errorf("%d dials before it was time", n)
		}
		c.after(12 * time.Second) // at the latest: waits are spread
		if n := len(c.saw().dials); n != 2 {
			t.Errorf("%d dials", n)
		}
	})
}

func TestShortSessionsAreNotDialledInAStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t)
		f.SetTarget(target)
		for range 10 {
			c.after(time.Second)
			n := len(c.saw().dials)
			c.send(3, 100*time.Millisecond, false)
			_ = c.saw().stream.Close()
			c.after(4900 * time.Millisecond)
			wantState(t, f, cameras.Offline)
			if len(c.saw().dials) != n {
				t.Fatal("dialled before 5 s")
			}
			c.after(2700 * time.Millisecond) // at the latest: waits are spread
		}
	})
}

func TestLongSessionIsDialledAgainSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t)
		f.SetTarget(target)
		c.after(time.Second)
		c.send(110, 100*time.Millisecond, false)
		_ = c.saw().stream.CloseWithError(syscall.ECONNRESET)
		c.after(0)
		if v := f.Facts(); v.Failure == nil || v.Failure.Reason != cameras.ReasonEnded {
			t.Errorf("got %+v", v)
		}
		c.after(1300 * time.Millisecond)
		if len(c.saw().dials) != 2 {
			t.Errorf("%d dials", len(c.saw().dials))
		}
	})
}

func TestNewAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t)
		f.SetTarget(target)
		c.after(time.Second)
		c.send(20, 100*time.Millisecond, false)
		moved := target
		moved.Addr = "192.168.1.9:8080"
		f.SetTarget(moved)
		c.after(time.Second)
		if len(c.saw().dials) != 1 {
			t.Fatal("cut a stream that moves")
		}
		c.after(4 * time.Second)
		wantState(t, f, cameras.Stalled)
		moved.Addr = "192.168.1.10:8080"
		f.SetTarget(moved)
		c.after(0)
		if len(c.saw().dials) != 2 || c.saw().dialled[1] != "192.168.1.10:8080/cameras/x/video" {
			t.Errorf("dialled %v", c.saw().dialled)
		}
	})
}

// TestNewAddressWhileItDials: nobody may be at the old address any more, and a dial takes
// seconds to say so.
func TestNewAddressWhileItDials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t, func(c *camera) { c.header = 3 * time.Second })
		f.SetTarget(target)
		c.after(time.Second)
		moved := target
		moved.Addr = "192.168.1.9:8080"
		f.SetTarget(moved)
		c.after(0)
		if d := c.saw().dialled; len(d) != 2 || d[1] != "192.168.1.9:8080/cameras/x/video" {
			t.Errorf("dialled %v", d)
		}
		f.SetTarget(moved) // again: it is not left for that
		c.after(3 * time.Second)
		c.send(20, 100*time.Millisecond, false)
		wantState(t, f, cameras.Live)
		if d := c.saw(); len(d.dialled) != 2 || d.doubts != 0 {
			t.Errorf("dialled %v, %d doubts", d.dialled, d.doubts)
		}
	})
}

func TestSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t)
		f.SetTarget(target)
		c.after(time.Second)
		c.send(30, 100*time.Millisecond, false)
		c.send(12, time.Second, false)
		wantState(t, f, cameras.Slow)
		c.send(30, 100*time.Millisecond, false)
		c.send(30, 100*time.Millisecond, false)
		wantState(t, f, cameras.Live)
	})
}

func TestStallAfterTwoFramesFarApartIsNoticed(t *testing.T) {
	for _, rate := range []float64{0, 10, 1e-300} {
		synctest.Test(t, func(t *testing.T) {
			f, c, _ := start(t)
			to := target
			to.Rate = rate
			f.SetTarget(to)
			c.after(time.Second)
			c.send(1, 0, false)
			c.after(9 * time.Second)
			c.send(1, 0, false)
			wantState(t, f, cameras.Live)
			if !f.Facts().SlowSince.IsZero() {
				t.Error("one gap made it slow")
			}
			c.after(3500 * time.Millisecond)
			wantState(t, f, cameras.Stalled)
		})
	}
}

func TestNotAStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t)
		f.SetTarget(target)
		c.after(time.Second)
		go func(w io.Writer) { _, _ = w.Write(make([]byte, 2<<20)) }(c.saw().stream)
		c.after(time.Second)
		if v := f.Facts(); v.Failure == nil || v.Failure.Reason != cameras.ReasonBadStream {
			t.Errorf("got %+v", v)
		}
		wantState(t, f, cameras.Offline)
	})
}

func TestStopWhileDialling(t *testing.T) {
	for name, prepare := range map[string]func(*Feed, *camera){
		"no headers": func(_ *Feed, c *camera) { c.header = time.Hour },
		"not its turn": func(f *Feed, _ *camera) {
			for range dialSlots {
				f.cfg.Group.slots <- struct{}{}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var stop time.Time
				t.Cleanup(func() { // after the one of start, which waits for Run
					if took := time.Since(stop); took > 0 {
						t.Errorf("stopping took %v", took)
					}
				})
				f, c, _ := start(t)
				c.set(func(c *camera) { prepare(f, c) })
				f.SetTarget(target)
				c.after(time.Minute)
				wantState(t, f, cameras.Connecting)
				stop = time.Now()
			})
		})
	}
}

func TestGroupLetsEightDialAndDeadOnesDoNotBlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGroup(LimitsFor(8<<30), nil)
		begin := time.Now()
		var wg sync.WaitGroup
		var mu sync.Mutex
		entered := map[time.Duration]int{}
		for range 20 {
			wg.Go(func() {
				leave, err := g.enter(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				entered[time.Since(begin)]++
				mu.Unlock()
				time.Sleep(5 * time.Second) // a dial that times out
				leave()
			})
		}
		wg.Wait()
		if entered[0] != 8 || entered[slotHold] != 8 || entered[2*slotHold] != 4 {
			t.Errorf("entered %v", entered)
		}
	})
}

func TestMeter(t *testing.T) {
	begin := time.Now()
	tests := []struct {
		name string
		at   []time.Duration
		want time.Duration
	}{
		{"one", []time.Duration{0}, 0},
		{"two", []time.Duration{0, 4 * time.Second}, 4 * time.Second},
		{"two far apart", []time.Duration{0, 20 * time.Second}, 0},
		{"even", []time.Duration{0, 100, 200, 300}, 100},
		{"uneven", []time.Duration{0, 50, 200, 300}, 100},
		{"one long gap", []time.Duration{0, 100, 100 + 7*time.Second}, 100},
		{"two long gaps", []time.Duration{0, 6 * time.Second, 13 * time.Second}, 6 * time.Second},
		{"after a gap", []time.Duration{0, 100, 7 * time.Second, 7*time.Second + 50}, 50},
	}
	for _, tt := range tests {
		var m meter
		for _, at := range tt.at {
			m.add(begin.Add(at))
		}
		if got := m.interval(); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	var m meter
	for i := range 1000 {
		m.add(begin.Add(time.Duration(i) * time.Millisecond))
	}
	if got := m.interval(); got != time.Millisecond {
		t.Errorf("many: %v", got)
	}
}

// A camera of tiny pictures, or of much between them, took a processor for itself.
func TestAFloodWaitsInTheNetwork(t *testing.T) {
	for name, tt := range map[string]struct {
		between     int // bytes
		least, most int // frames read in three seconds
	}{
		"tiny pictures":    {0, 3 * mostFrames, 5 * mostFrames},
		"much between":     {1 << 19, 3 * 6, 5 * 8},
		"a usual camera's": {1 << 10, 3 * mostFrames, 5 * mostFrames},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, c, _ := start(t)
				f.SetTarget(target)
				c.after(time.Second)
				part := mjpeg.NewPart(c.jpeg, time.Now(), false).Standard
				sent := append(bytes.Repeat([]byte("\n"), tt.between), append([]byte(mjpeg.Opening), part...)...)
				w, end := c.saw().stream, time.Now().Add(3*time.Second)
				for n := 0; n < 2*tt.most && time.Now().Before(end); n++ {
					if _, err := w.Write(sent); err != nil {
						t.Fatal(err)
					}
				}
				if n := int(f.Facts().Frames); n < tt.least || n > tt.most {
					t.Errorf("%d frames in %v", n, time.Since(c.begin)-time.Second)
				}
				wantState(t, f, cameras.Live)
			})
		})
	}
}
