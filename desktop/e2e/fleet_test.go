//go:build linux

package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// fleet is a running desktop/fleet: many test agents that fail when told to.
type fleet struct {
	*process
	control   string // URL
	key, spki string // of its household, empty when it is open
	client    *http.Client
}

// camera is one of its agents, as its control says. The names are explained in
// desktop/fleet.
type camera struct {
	Number     int
	ID         string
	Name       string
	Addr       string
	Bytes      int64
	Dials      int64
	Viewers    int64
	Asked      []float64
	Widths     []int
	BeginUS    int64 `json:"begin_us"`
	IntervalNS int64 `json:"interval_ns"`
}

func (c camera) key() string { return fmt.Sprintf("agent:%s/cam", c.ID) }

// takenAt is when the frame with this number was taken.
func (c camera) takenAt(frame uint32) time.Time {
	return time.UnixMicro(c.BeginUS).Add(time.Duration(frame) * time.Duration(c.IntervalNS))
}

// startFleet starts n agents that give fps frames per second.
func startFleet(t *testing.T, n int, fps float64, args ...string) *fleet {
	t.Helper()
	cmd := exec.Command(fleetProgram, append([]string{"-n", fmt.Sprint(n), "-fps", fmt.Sprint(fps)}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	f := &fleet{
		process: startProcess(t, cmd),
		client:  &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second},
	}
	var said struct{ Control, Key, SPKI string }
	if err := json.NewDecoder(out).Decode(&said); err != nil {
		t.Fatal(err)
	}
	f.control, f.key, f.spki = "http://"+said.Control, said.Key, said.SPKI
	return f
}

// list asks for all agents.
func (f *fleet) list(t *testing.T) []camera {
	t.Helper()
	resp, err := f.client.Get(f.control + "/agents")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var list []camera
	if err := json.NewDecoder(resp.Body).Decode(&list); err != nil {
		t.Fatal(err)
	}
	return list
}

// set breaks an agent, or makes it well again; number 0 means all.
func (f *fleet) set(t *testing.T, number int, fault string) {
	t.Helper()
	which := "all"
	if number > 0 {
		which = fmt.Sprint(number)
	}
	f.put(t, fmt.Sprintf("/agents/%s/fault?name=%s", which, fault))
}

// rigid makes all agents give full pictures that nobody scales, or not.
func (f *fleet) rigid(t *testing.T, on bool) {
	t.Helper()
	f.put(t, fmt.Sprintf("/rigid?on=%v", on))
}

func (f *fleet) put(t *testing.T, path string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPut, f.control+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := f.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", path, resp.Status)
	}
}

// home makes a home that remembers the fleet, and has its household key if it is locked.
func (f *fleet) home(t *testing.T, width, height int) home {
	t.Helper()
	cameras := f.list(t)
	h := homeOf(t, width, height, remembered(cameras))
	if f.key == "" {
		return h
	}
	const household = "f1ee7"
	var agents []any
	for _, c := range cameras {
		agents = append(agents, map[string]any{"id": c.ID, "spki": f.spki, "household": household, "key": 1, "passwords": 1})
	}
	h.change(t, map[string]any{"households": []any{map[string]string{"id": household, "name": "Fleet"}}, "agents": agents})
	kept, err := json.Marshal(map[string]any{
		"key": f.key, "serial": 1, "version": 1, "passwords": []any{map[string]string{"name": "phones", "hash": strings.Repeat("07", 32)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	h.write(t, "secrets.json", map[string]string{"household:" + household: string(kept)})
	return h
}

// remembered is what the app's settings say of these cameras.
func remembered(cameras []camera) []known {
	var list []known
	for _, c := range cameras {
		list = append(list, known{c.key(), c.Name, []string{c.Addr}})
	}
	return list
}

// bytes is how much the agents have sent so far, by number.
func (f *fleet) bytes(t *testing.T) map[int]int64 {
	t.Helper()
	sent := map[int]int64{}
	for _, c := range f.list(t) {
		sent[c.Number] = c.Bytes
	}
	return sent
}

// viewers is how many streams are open.
func (f *fleet) viewers(t *testing.T) int64 {
	t.Helper()
	total := int64(0)
	for _, c := range f.list(t) {
		total += c.Viewers
	}
	return total
}
