//go:build linux

package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pigrid/shared/mjpeg"
)

const (
	serveRounds  = 3
	serveCameras = 16
	serveFPS     = 10
	serveFor     = 10 * time.Second // each measurement
	serveSettle  = 3 * time.Second
)

// fed is what one program did in one measurement.
type fed struct {
	perPicture float64 // CPU µs
	perSecond  float64 // pictures
	resident   float64 // MB
}

// TestServeFigures measures pigrid-serve and rewrites its table in docs/PERFORMANCE.md.
// Nothing in it makes a test fail.
func TestServeFigures(t *testing.T) {
	if os.Getenv("PIGRID_BENCH") == "" {
		t.Skip("set PIGRID_BENCH=1 to measure")
	}
	fleet := startFleet(t, serveCameras, serveFPS)
	s := startServe(t, fleet)
	source := recorded(t, s, fleet)
	served, agents := map[int][]fed{}, map[int][]fed{}
	for range serveRounds {
		for _, n := range []int{1, 10} {
			agents[n] = append(agents[n], feedViewers(t, source, n))
			served[n] = append(served[n], feedGuests(t, s, fleet, n))
			t.Logf("%2d: agent %+v, serve %+v", n, agents[n], served[n])
		}
	}
	seen := serveAges(t, s, fleet) + "\n" + firstPaint(t, s)
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\nTaken on %s: %s, %d CPUs, load average at the end %s. Medians of %d interleaved rounds of %v.\n\n",
		time.Now().Format(time.DateOnly), runtime.GOARCH, runtime.NumCPU(), strings.Join(strings.Fields(string(load))[:2], " "), serveRounds, serveFor)
	b.WriteString("| pictures of 45 KB | CPU µs per picture: agent | pigrid-serve | ratio | target | pictures a second: agent | pigrid-serve | resident, pigrid-serve | target |\n" +
		"| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, n := range []int{1, 10} {
		var ratios []float64
		for i := range served[n] {
			ratios = append(ratios, served[n][i].perPicture/agents[n][i].perPicture)
		}
		perPicture := func(f fed) float64 { return f.perPicture }
		perSecond := func(f fed) float64 { return f.perSecond }
		fmt.Fprintf(&b, "| %d at once | %.0f | %.0f | **%.2f** | ≤ 2.50 | %.0f | %.0f | %.1f MB | ≤ %.1f MB |\n", n,
			middleOf(agents[n], perPicture), middleOf(served[n], perPicture), middle(ratios),
			middleOf(agents[n], perSecond), middleOf(served[n], perSecond),
			middleOf(served[n], func(f fed) float64 { return f.resident }), 60+0.25*float64(n))
	}
	publish(t, "make serve-bench", b.String()+"\n"+seen)
}

func middle(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

func middleOf(all []fed, what func(fed) float64) float64 {
	values := make([]float64, len(all))
	for i, f := range all {
		values[i] = what(f)
	}
	return middle(values)
}

// measureFed tells what a program uses while pictures are counted.
func measureFed(t *testing.T, p *process, pictures *atomic.Int64) fed {
	t.Helper()
	time.Sleep(serveSettle)
	begin, cpu, had := time.Now(), p.cpu(t), pictures.Load()
	time.Sleep(serveFor)
	took, used, came := time.Since(begin), p.cpu(t)-cpu, pictures.Load()-had
	if came == 0 {
		t.Fatal("no pictures came")
	}
	return fed{float64(used.Microseconds()) / float64(came), float64(came) / took.Seconds(), float64(p.resident(t)) / 1e6}
}

// cpu is what the program itself has used, without what it has started.
func (p *process) cpu(t *testing.T) time.Duration {
	t.Helper()
	var ts unix.Timespec
	clock := int32(^p.cmd.Process.Pid<<3 | 2) // MAKE_PROCESS_CPUCLOCK(pid, CPUCLOCK_SCHED)
	if err := unix.ClockGettime(clock, &ts); err != nil {
		t.Fatal(err)
	}
	return time.Duration(ts.Nano())
}

// resident is how many bytes of the program are in memory.
func (p *process) resident(t *testing.T) int {
	t.Helper()
	return p.usage(t).app
}

// feedGuests measures pigrid-serve while so many look at all cameras.
func feedGuests(t *testing.T, s *serve, f *fleet, n int) fed {
	t.Helper()
	var pictures atomic.Int64
	stop := guests(t, s, f.list(t), n, &pictures)
	defer stop()
	return measureFed(t, s.process, &pictures)
}

// recorded is a program that writes the pictures of the fleet at its rate.
func recorded(t *testing.T, s *serve, f *fleet) string {
	t.Helper()
	cameras := f.list(t)
	path := "/frame?key=" + url.QueryEscape(cameras[0].key())
	g := newGuest(t, s, new(atomic.Int64))
	defer g.client.CloseIdleConnections()
	var picture []byte
	until(t, 10*time.Second, "there is a picture", func() bool {
		g.ask(t.Context(), cameras[:1])
		var err error
		picture, err = g.do(t.Context(), http.MethodGet, path, nil)
		return err == nil
	})
	file := filepath.Join(t.TempDir(), "picture.jpg")
	if err := os.WriteFile(file, picture, 0o600); err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(t.TempDir(), "camera")
	if err := os.WriteFile(script, fmt.Appendf(nil, "#!/bin/sh\nwhile cat %s; do sleep %.3f; done\n", file, 1.0/serveFPS), 0o700); err != nil {
		t.Fatal(err)
	}
	return script
}

// feedViewers measures an agent with one camera and so many viewers.
func feedViewers(t *testing.T, source string, n int) fed {
	t.Helper()
	port := freePort(t)
	cmd := exec.Command(agentProgram, "--listen", "127.0.0.1:"+port, "--mdns=false", "--state-dir", t.TempDir(), "--source", "exec:"+source)
	p := startProcess(t, cmd)
	defer p.kill()
	until(t, 10*time.Second, "the agent answers", func() bool {
		resp, err := http.Get("http://" + net127(port) + "/healthz")
		return err == nil && resp.Body.Close() == nil
	})
	var pictures atomic.Int64
	var viewers sync.WaitGroup
	defer viewers.Wait()
	for range n {
		resp, err := http.Get("http://" + net127(port) + "/video")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		viewers.Go(func() {
			r, err := mjpeg.NewReader(resp.Body, resp.Header.Get("Content-Type"))
			for ; err == nil; pictures.Add(1) {
				_, err = r.Next()
			}
		})
	}
	return measureFed(t, p, &pictures)
}

// serveAges tells how old pictures are in Chromium, far from pigrid-serve.
func serveAges(t *testing.T, s *serve, f *fleet) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| 16 tiles in Chromium | protocol | shown per second | age p50 | oldest | target |\n| --- | --- | ---: | ---: | ---: | ---: |\n")
	for _, way := range []struct {
		roundTrip time.Duration
		h2        bool
		target    time.Duration
	}{{20 * time.Millisecond, false, 300 * time.Millisecond}, {80 * time.Millisecond, true, 500 * time.Millisecond}} {
		scheme, to := "http", net127(s.port)
		if way.h2 {
			scheme, to = "https", tlsFront(t, s)
		}
		e := engines(t)[1]
		e.capabilities["acceptInsecureCerts"] = true
		page := e.open(t, scheme+"://"+slowLink(t, to, way.roundTrip)+"/?key="+s.password)
		page.untilWall(t, serveCameras)
		time.Sleep(settleFor)
		var protocol string
		page.run(t, `return performance.getEntriesByType("navigation")[0].nextHopProtocol`, &protocol)
		v := page.glance(t).watch(f.list(t), measureFor)
		p50, _, oldest := v.age()
		fmt.Fprintf(&b, "| round trip of %v | %s | %.0f | **%.0f ms** | %.0f ms | ≤ %.0f ms |\n", way.roundTrip, protocol, v.perSecond(), ms(p50), ms(oldest), ms(way.target))
		page.load(t, "about:blank")
	}
	return b.String()
}

// tlsFront is a proxy that speaks TLS and HTTP/2.
func tlsFront(t *testing.T, s *serve) string {
	t.Helper()
	to := &url.URL{Scheme: "http", Host: net127(s.port)}
	front := httptest.NewUnstartedServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host
	}})
	front.EnableHTTP2 = true
	front.StartTLS()
	t.Cleanup(front.Close)
	return front.Listener.Addr().String()
}

// firstPaint tells how soon a phone-shaped Chromium that was never here shows something.
func firstPaint(t *testing.T, s *serve) string {
	t.Helper()
	const tries = 3
	var paints, pictures []float64
	for range tries {
		e := engines(t)[1]
		e.capabilities["goog:chromeOptions"].(map[string]any)["mobileEmulation"] = map[string]any{
			"deviceMetrics": map[string]any{"width": 390, "height": 844, "pixelRatio": 3.0, "touch": true},
		}
		page := e.open(t, "http://"+slowLink(t, net127(s.port), 2*time.Millisecond)+"/?key="+s.password)
		var at struct{ Paint, Picture *float64 }
		until(t, 20*time.Second, "the phone shows pictures", func() bool {
			page.run(t, `return {
				Paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
				Picture: performance.getEntriesByType("resource").find((e) => e.name.includes("/frame?"))?.responseEnd }`, &at)
			return at.Paint != nil && at.Picture != nil
		})
		paints, pictures = append(paints, *at.Paint), append(pictures, *at.Picture)
		page.save(t, "figures-phone")
		page.load(t, "about:blank")
	}
	return fmt.Sprintf("A cold Chromium in the shape of a phone, 2 ms away, showed its first words after %.0f ms and had its first picture\nafter %.0f ms, from opening the address with the login (medians of %d; the aim is 1.5 s).\n",
		middle(paints), middle(pictures), tries)
}

// net127 is a port of this machine.
func net127(port string) string { return "127.0.0.1:" + port }
