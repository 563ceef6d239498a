package e2e

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pigrid/agent/capture/fakecam"
	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

const (
	// mostMemory is what the agent may take under any attack, in KiB.
	mostMemory = 64 << 10
	// hostile is the address that attacks come from; good viewers have another.
	hostile = "127.0.0.66"
	// bigPicture is the size of a picture of a camera with twelve megapixels.
	bigPicture = 2_700_000
	// bigCamera as the first argument makes this test binary a camera of those.
	bigCamera = "-big-camera"
	// bigFramerate is theirs.
	bigFramerate = 10
)

// maybeBigCamera writes large pictures until nobody reads them.
func maybeBigCamera() {
	if len(os.Args) < 2 || os.Args[1] != bigCamera {
		return
	}
	jpegs := fakecam.Frames()
	end := bytes.Index(jpegs[2:], []byte{0xFF, 0xD8, 0xFF}) + 2
	sof := bytes.Index(jpegs[2:end], []byte{0xFF, 0xC0}) + 2
	sos := bytes.Index(jpegs[2:end], []byte{0xFF, 0xDA}) + 2
	frame := append([]byte{}, jpegs[:sos]...)
	copy(frame[sof+5:], []byte{3040 >> 8, 3040 & 0xFF, 4056 >> 8, 4056 & 0xFF}) // high, wide
	for n := bigPicture; n > 0; n -= 60_000 {                                   // comments, which no decoder looks into
		frame = append(frame, 0xFF, 0xFE, 60_000>>8, 60_000&0xFF)
		frame = append(frame, make([]byte, 60_000-2)...)
	}
	frame = append(frame, jpegs[sos:end]...)
	tick := time.NewTicker(time.Second / bigFramerate)
	for range tick.C {
		if _, err := os.Stdout.Write(frame); err != nil {
			os.Exit(0)
		}
	}
}

// startUsual runs an agent with the pictures of a real camera, startBig one with
// large ones.
func startUsual(t *testing.T) *agent {
	t.Helper()
	env, _ := withCamera(t)
	return start(t, env)
}

func startBig(t *testing.T) *agent {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	env, _ := withCamera(t)
	return start(t, env, "--source", fmt.Sprintf("exec:'%s' %s", self, bigCamera), "--framerate", strconv.Itoa(bigFramerate))
}

// TestAttacks: whatever a client of the network does to the agent costs little
// memory, and who watches notices nothing. Each ends by itself. `make soak` makes
// four times as many connections.
func TestAttacks(t *testing.T) {
	for _, attack := range []struct {
		name string
		big  bool // the camera's pictures
		attack
	}{
		{"half requests", false, attack{n: 18_500, send: "GET / HTTP/1.1\r\nHost: pi\r\nX-Half: "}},
		{"half requests with long headers", false, attack{n: 18_500, send: "GET / HTTP/1.1\r\nHost: pi\r\n" + strings.Repeat("X: "+strings.Repeat("y", 60)+"\r\n", 110)}},
		{"connections that say nothing", false, attack{n: 18_500, send: ""}},
		// A ClientHello of 16 KB of which the first bytes come (RFC 8446, section 4.1.2).
		{"half hellos of TLS", false, attack{n: 18_500, send: "\x16\x03\x01\x40\x00\x01\x00\x3f\xfc\x03\x03" + strings.Repeat("r", 32)}},
		{"long half hellos of TLS", false, attack{n: 18_500, send: "\x16\x03\x01\x40\x00\x01\x00\x3f\xfc\x03\x03" + strings.Repeat("r", 16_000)}},
		{"unread snapshots", true, attack{n: 300, over: 10 * time.Second, send: "GET /snapshot.jpg?settle=0 HTTP/1.1\r\nHost: pi\r\n\r\n"}},
		{"unread streams", true, attack{n: 300, over: 10 * time.Second, send: "GET /video HTTP/1.1\r\nHost: pi\r\n\r\n"}},
		{"unread streams for browsers", true, attack{n: 300, over: 10 * time.Second, send: "GET /video?advance=1 HTTP/1.1\r\nHost: pi\r\n\r\n"}},
		{"unread snapshots over TLS", true, attack{n: 300, over: 10 * time.Second, send: "GET /snapshot.jpg?settle=0 HTTP/1.1\r\nHost: pi\r\n\r\n", secure: true}},
		{"unread streams over TLS", true, attack{n: 300, over: 10 * time.Second, send: "GET /video HTTP/1.1\r\nHost: pi\r\n\r\n", secure: true}},
		{"unread answers", false, attack{n: 300, send: strings.Repeat("GET /metrics HTTP/1.1\r\nHost: pi\r\n\r\n", 500)}},
	} {
		t.Run(attack.name, func(t *testing.T) {
			launch := startUsual
			if attack.big {
				launch = startBig
			}
			underAttack(t, launch, attack.attack)
		})
	}
}

// TestSlowReaders take a little each 100 ms, for ever: the agent keeps them, and
// what it keeps for them stays small.
func TestSlowReaders(t *testing.T) {
	for _, secure := range []bool{false, true} {
		for _, path := range []string{"/snapshot.jpg?settle=0", "/video", "/video?advance=1"} {
			t.Run(map[bool]string{false: "", true: "TLS "}[secure]+path, func(t *testing.T) {
				underAttack(t, startBig, attack{300, 10 * time.Second, "GET " + path + " HTTP/1.1\r\nHost: pi\r\n\r\n", secure, trickleFrom})
			})
		}
	}
}

// TestRareViewers read all they get, which is a picture each ten seconds, another
// one for each: what was shown last is kept for browsers.
func TestRareViewers(t *testing.T) {
	underAttack(t, startBig, attack{n: 300, over: 40 * time.Second, send: "GET /video?fps=0.1&advance=1&placeholder=1 HTTP/1.1\r\nHost: pi\r\n\r\n", read: readFrom})
}

// attack is what hostile clients do.
type attack struct {
	n      int           // connections
	over   time.Duration // in which they are opened, for frames that differ
	send   string
	secure bool                            // over TLS
	read   func(context.Context, net.Conn) // below TLS; nil for nothing
}

// begin has a connection send what the attack sends.
func (a attack) begin(c net.Conn) {
	_ = c.SetDeadline(time.Now().Add(3 * time.Second))
	to := c
	if a.secure {
		to = tls.Client(c, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}}) //nolint:gosec // nothing is believed
	}
	if a.read == nil {
		smallBuffer(c)
	}
	_, _ = io.WriteString(to, a.send) // fails when the agent has hung up
	_ = c.SetDeadline(time.Time{})
}

// underAttack watches an agent's memory and two good viewers, one of them over TLS as the
// attack is, while there are so many connections. What the viewers miss is compared with
// one of an agent that nobody attacks: the attack keeps the machine busy, too.
func underAttack(t *testing.T, launch func(*testing.T) *agent, by attack) *agent {
	t.Helper()
	length := 3 * time.Second
	if soaking() {
		length *= 3
	} else {
		by.n, by.over = by.n/4, by.over/4
	}
	a, calm := launch(t), launch(t)
	ctx, cancel := context.WithCancel(t.Context())
	var clients sync.WaitGroup
	defer clients.Wait()
	defer cancel()
	viewers := []*good{{agent: a}, {agent: a}, {agent: calm}}
	for i, v := range viewers {
		url := v.url + "/video"
		if by.secure && i > 0 {
			url = strings.Replace(url, "http:", "https:", 1)
		}
		clients.Go(func() { count(ctx, t, url, &v.frames) })
	}
	pass(2 * time.Second)
	before, kernel := a.use(t), tcpMemory(t)
	for _, v := range viewers {
		v.begin(t)
	}
	conns := flood(t, a.addr, by, func(c net.Conn) {
		by.begin(c)
		if by.read != nil {
			clients.Go(func() { by.read(ctx, c) })
		}
	})
	pass(length)
	share, usual := min(viewers[0].share(t), viewers[1].share(t)), viewers[2].share(t)
	kernel = tcpMemory(t) - kernel
	answered := answers(t, a.url+"/healthz")
	for _, c := range conns {
		c.Close()
	}
	peak := a.peak(t)
	t.Logf("%d connections: resident %d MiB before, %d MiB at most, kernel %d MiB; good viewers get %.0f %% of the frames, elsewhere %.0f %%; another client %s",
		len(conns), before.rss>>10, peak>>10, kernel>>20, 100*share, 100*usual, answered)
	if peak > mostMemory {
		t.Errorf("the agent took %d MiB, more than %d", peak>>10, mostMemory>>10)
	}
	if by.n <= 300 && kernel > 2*mostMemory<<10 { // of all programs, and of both ends
		t.Errorf("the kernel took %d MiB", kernel>>20)
	}
	if share < 0.9*usual {
		t.Errorf("good viewers get %.0f %% of the frames, elsewhere %.0f %%", 100*share, 100*usual)
	}
	if !strings.HasPrefix(answered, "200") {
		t.Errorf("another client: %s", answered)
	}
	return a
}

// good is a viewer that reads all it gets.
type good struct {
	*agent
	frames        atomic.Int64
	got, cameraAt int64 // when it began to count
}

func (g *good) begin(t *testing.T) {
	t.Helper()
	g.got, g.cameraAt = g.frames.Load(), g.taken(t)
}

// share is how many of the camera's frames it got since then.
func (g *good) share(t *testing.T) float64 {
	t.Helper()
	got := g.frames.Load() - g.got
	return float64(got) / float64(g.taken(t)-g.cameraAt)
}

// flood opens the connections of an attack, evenly over its time. begin is called with
// each, by several goroutines. An address makes only so many TLS handshakes, so such an
// attack comes from many.
func flood(t *testing.T, addr string, by attack, begin func(net.Conn)) []net.Conn {
	t.Helper()
	n, over := by.n, by.over
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if most := int(min(limit.Max, 1<<20)) - 500; n > most {
		t.Logf("only %d connections instead of %d: no more descriptors", most, n)
		n = most
	}
	var left atomic.Int64
	left.Store(int64(n))
	pace := time.NewTicker(max(over/time.Duration(n), time.Nanosecond)) // each meets another frame
	defer pace.Stop()
	var mu sync.Mutex
	var conns []net.Conn
	var dialers sync.WaitGroup
	for range 8 {
		dialers.Go(func() {
			d := net.Dialer{Timeout: 2 * time.Second, KeepAlive: -1, Control: anyPort}
			for i := left.Add(-1); i >= 0; i = left.Add(-1) {
				from := net.ParseIP(hostile).To4()
				if by.secure {
					from[2] = byte(i % 16)
				}
				d.LocalAddr = &net.TCPAddr{IP: from}
				if over > 0 {
					<-pace.C
				}
				c, err := d.DialContext(t.Context(), "tcp", addr)
				if err != nil {
					continue
				}
				begin(c)
				mu.Lock()
				conns = append(conns, c)
				mu.Unlock()
			}
		})
	}
	dialers.Wait()
	return conns
}

// anyPort leaves the choice of a port to connect(2): bind(2) takes milliseconds of
// the processor for it when thousands are taken, which the viewers would miss.
func anyPort(_, _ string, c syscall.RawConn) (err error) {
	failed := c.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1)
	})
	return errors.Join(failed, err)
}

// smallBuffer has the system take little that nobody reads.
func smallBuffer(c net.Conn) { _ = c.(*net.TCPConn).SetReadBuffer(8 << 10) }

// readFrom reads all.
func readFrom(ctx context.Context, c net.Conn) {
	defer context.AfterFunc(ctx, func() { c.Close() })()
	_, _ = io.Copy(io.Discard, c)
}

// trickleFrom reads a little each 100 ms.
func trickleFrom(ctx context.Context, c net.Conn) {
	smallBuffer(c)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for b := make([]byte, 2<<10); ctx.Err() == nil; <-tick.C {
		if _, err := c.Read(b); err != nil {
			return
		}
	}
}

// count reads a stream until ctx ends.
func count(ctx context.Context, t *testing.T, url string, frames *atomic.Int64) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Error(err)
		return
	}
	tr := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // its own agent
	answer, err := (&http.Client{Transport: tr}).Do(r)
	if err != nil {
		t.Error(err)
		return
	}
	defer answer.Body.Close()
	reader, err := mjpeg.NewReader(answer.Body, answer.Header.Get("Content-Type"))
	for err == nil {
		if _, err = reader.Next(); err == nil {
			frames.Add(1)
		}
	}
	if ctx.Err() == nil {
		t.Errorf("a good viewer was disconnected: %v", err)
	}
}

// answers says how the agent answers one request.
func answers(t *testing.T, url string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 3 * time.Second}).Do(r)
	if err != nil {
		return err.Error()
	}
	defer answer.Body.Close()
	return fmt.Sprintf("%s after %v", answer.Status, time.Since(begin).Round(time.Millisecond))
}

// taken is how many frames the camera has given.
func (a *agent) taken(t *testing.T) int64 {
	t.Helper()
	var status api.Status
	if err := json.Unmarshal(get(t, a.url+api.StatusPath), &status); err != nil || len(status.Cameras) == 0 {
		t.Fatalf("status %+v, error %v", status, err)
	}
	return int64(status.Cameras[0].Frames)
}

// peak is the most that the agent has ever held resident, in KiB.
func (a *agent) peak(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", a.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	line, _, _ := strings.Cut(rest, "\n")
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(line), " kB"))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// tcpMemory is what the kernel holds in TCP buffers of all programs, in bytes.
func tcpMemory(t *testing.T) int {
	t.Helper()
	stat, err := os.ReadFile("/proc/net/sockstat")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(stat), "TCP: ")
	line, _, _ := strings.Cut(rest, "\n")
	_, pages, _ := strings.Cut(line, "mem ")
	n, err := strconv.Atoi(pages)
	if err != nil {
		t.Fatal(err)
	}
	return n * os.Getpagesize()
}

// pass waits: these tests are about what happens in the meantime.
func pass(d time.Duration) { <-time.After(d) }

// TestOutOfDescriptors: an agent that may open few of them is full early and still
// answers, and says so once.
func TestOutOfDescriptors(t *testing.T) {
	env, _ := withCamera(t)
	usual := binary
	defer func() { binary = usual }()
	binary = filepath.Join(t.TempDir(), "pigrid-agent")
	script := "#!/bin/sh\nulimit -n 100\nexec " + usual + " \"$@\"\n"
	if err := os.WriteFile(binary, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	a := underAttack(t, func(t *testing.T) *agent { return start(t, env) }, attack{n: 2000, send: "GET / HTTP/1.1\r\nHost: pi\r\nX-Half: "})
	if n := strings.Count(a.log.String(), "level=WARN"); n != 1 {
		t.Errorf("%d warnings: %s", n, a.log)
	}
}
