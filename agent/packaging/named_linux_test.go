package packaging

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/netip"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestFoundByName: a desktop computer in the network finds an installed agent by
// what it announces, and the machine by its name, with avahi's tools and with the
// app's own search.
func TestFoundByName(t *testing.T) {
	needsPackages(t)
	seeker := filepath.Join(t.TempDir(), "seeker")
	if out, err := exec.Command("go", "build", "-o", seeker, "pigrid/desktop/discovery/testdata/seeker").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	everyRelease(t, func(t *testing.T, m *machine) {
		desk := m.desk()
		var said string
		m.await("avahi finds the agent", 20*time.Second, func() bool {
			said, _ = desk.try("avahi-browse", "--parsable", "--resolve", "--terminate", "--no-db-lookup", "_pigrid._tcp")
			return strings.Contains(said, ";"+piAddress+";8080;")
		})
		if !strings.Contains(said, `"name=pi"`) || !strings.Contains(said, `"host=pi.local"`) {
			t.Errorf("it says of itself: %s", said)
		}
		m.await("its machine has a name", 20*time.Second, func() bool {
			said, _ = desk.try("avahi-resolve", "-4", "--name", "pi.local")
			return said == "pi.local\t"+piAddress
		})
		if page, err := desk.try("curl", "--silent", "--fail", "--max-time", "8", "http://"+piAddress+":8080/"); err != nil || !strings.Contains(page, "<html") {
			t.Errorf("where it is found it answers %v: %s", err, page)
		}
		desk.seeks(seeker)
		m.run("dpkg", "--remove", "pigrid-agent")
		m.await("avahi finds it no more", 20*time.Second, func() bool {
			said, _ = desk.try("avahi-browse", "--parsable", "--terminate", "_pigrid._tcp")
			return said == ""
		})
	})
}

// desk makes a computer at the other end of the machine's cable.
func (m *machine) desk() *machine {
	m.t.Helper()
	here := m.network()
	d := &machine{t: m.t}
	d.program = []string{
		"nsenter", "--net=" + here, "unshare", "--mount", "--pid", "--uts", "--fork", "--kill-child", "--propagation", "private", "testdata/desk",
	}
	d.up = func() bool {
		_, err := d.try("avahi-resolve", "-4", "--name", "desk.local")
		return err == nil
	}
	d.begin()
	return d
}

// seeks runs the app's search until it finds the agent.
func (m *machine) seeks(seeker string) {
	m.t.Helper()
	search := m.command(m.t.Context(), seeker)
	var log bytes.Buffer
	search.Stderr = &log
	stdin, err := search.StdinPipe()
	if err != nil {
		m.t.Fatal(err)
	}
	stdout, err := search.StdoutPipe()
	if err != nil {
		m.t.Fatal(err)
	}
	if err := search.Start(); err != nil {
		m.t.Fatal(err)
	}
	tooLong := time.AfterFunc(20*time.Second, func() { _ = stdin.Close() })
	defer tooLong.Stop()
	found := false
	for lines := bufio.NewScanner(stdout); !found && lines.Scan(); {
		var s struct {
			Name  string
			Port  int
			Addrs []netip.Addr
		}
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			m.t.Errorf("%v: %s", err, lines.Text())
		}
		found = s.Name == "pi" && s.Port == 8080 && slices.Contains(s.Addrs, netip.MustParseAddr(piAddress))
	}
	_ = stdin.Close()
	_ = search.Wait()
	if !found {
		m.t.Errorf("the app does not find it: %s", log.String())
	}
}
