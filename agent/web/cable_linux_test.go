package web

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// island is a network of its own: a thread that lives in a namespace which
// nobody else holds, so both end together.
type island struct {
	t    *testing.T
	work chan func()
	tid  int
}

func newIsland(t *testing.T) *island {
	t.Helper()
	i := &island{t: t, work: make(chan func())}
	made := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocks: the thread ends with the goroutine
		i.tid = unix.Gettid()
		made <- unix.Unshare(unix.CLONE_NEWNET)
		for f := range i.work {
			f()
		}
	}()
	t.Cleanup(func() { close(i.work) })
	if err := <-made; err != nil {
		t.Fatal(err)
	}
	return i
}

// needIslands skips unless the network tests were asked for and can run here.
func needIslands(t *testing.T) {
	t.Helper()
	if os.Getenv("PIGRID_NETNS") != "1" {
		t.Skip("network test: set PIGRID_NETNS=1 to run it (needs root)")
	}
	if os.Geteuid() != 0 {
		t.Skip("network test: needs root, for network namespaces")
	}
}

// do runs f in the network: sockets that it makes and programs that it starts
// belong there.
func (i *island) do(f func() error) {
	i.t.Helper()
	done := make(chan error)
	i.work <- func() { done <- f() }
	if err := <-done; err != nil {
		i.t.Fatal(err)
	}
}

// ip runs iproute2's ip with the words of text.
func (i *island) ip(text string) {
	i.t.Helper()
	i.do(func() error {
		if out, err := exec.Command("ip", strings.Fields(text)...).CombinedOutput(); err != nil {
			return fmt.Errorf("ip %s: %w: %s", text, err, out)
		}
		return nil
	})
}

// plugIn gives the island eth0 with an address, on a port of the hub's bridge.
func (i *island) plugIn(hub *island, port, cidr string) {
	i.t.Helper()
	hub.ip(fmt.Sprintf("link add %s type veth peer name eth0 netns %d", port, i.tid))
	hub.ip("link set " + port + " master br0 up")
	i.ip("addr add " + cidr + " dev eth0")
	i.ip("link set eth0 up")
}

// TestAPulledCable: a viewer whose cable is pulled says nothing any more, and
// neither does the network. The limit is 15 s; the test fails after 18, for a
// busy machine, and prints what it took.
func TestAPulledCable(t *testing.T) {
	needIslands(t)
	for name, every := range map[string]time.Duration{
		"busy":               time.Second / 30,
		"a frame each 4.5 s": 4500 * time.Millisecond,
		"a frame each 9.5 s": 9500 * time.Millisecond, // when the silence is nearly over
		"asleep":             0,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bridge, pi, desk := newIsland(t), newIsland(t), newIsland(t)
			bridge.ip("link add br0 type bridge")
			bridge.ip("link set br0 up")
			pi.plugIn(bridge, "pi", "10.77.0.1/24")
			desk.plugIn(bridge, "desk", "10.77.0.2/24")

			// Only the system's own means are tried here, not those for clients that
			// take nothing.
			wait := usualPatience()
			wait.write = time.Hour
			var s *site
			pi.do(func() error {
				ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "10.77.0.1:0")
				if err == nil {
					s = newSiteOn(t, Config{}, wait, ln)
				}
				return err
			})
			var conn net.Conn
			desk.do(func() (err error) {
				conn, err = (&net.Dialer{Timeout: 10 * time.Second}).DialContext(t.Context(), "tcp", s.addr)
				if err == nil {
					_, err = conn.Write([]byte("GET /video HTTP/1.1\r\nHost: pi\r\n\r\n"))
				}
				return err
			})
			defer conn.Close()
			eventually(t, "joined", func() bool { return s.viewers() == 1 })
			if every > 0 {
				defer publishing(s.hub, every, func(int) []byte { return picture(t, 1, 45_000) })()
			}
			if _, err := conn.Read(make([]byte, 1)); err != nil {
				t.Fatal(err)
			}

			bridge.ip("link set desk down")
			begin := time.Now()
			tick := time.NewTicker(10 * time.Millisecond)
			defer tick.Stop()
			for ; s.viewers() > 0; <-tick.C {
				if time.Since(begin) > 18*time.Second {
					t.Fatal("the viewer still counts")
				}
			}
			t.Logf("gone after %v", time.Since(begin).Round(time.Millisecond))
		})
	}
}

// TestClientsOfTheSameNetwork are accepted even where its addresses are public.
func TestClientsOfTheSameNetwork(t *testing.T) {
	needIslands(t)
	pi, s := newIsland(t), New(Config{})
	neighbour, stranger := netip.MustParseAddr("203.0.113.9"), netip.MustParseAddr("198.51.100.9")
	allowed := func(addr netip.Addr) (ok bool) {
		pi.do(func() error { ok = s.clientAllowed(addr); return nil })
		return ok
	}
	if allowed(neighbour) {
		t.Error("a client is accepted before there is a network")
	}
	pi.ip("link add eth0 type veth peer name other")
	pi.ip("addr add 203.0.113.1/24 dev eth0")
	pi.ip("link set eth0 up")
	pi.ip("link set other up")
	if !allowed(neighbour) || allowed(stranger) {
		t.Error("not exactly the own network is accepted")
	}
}
