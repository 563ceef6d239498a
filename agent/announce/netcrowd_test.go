package announce

import (
	"encoding/json"
	"strconv"
	"testing"
	"time"
)

// TestTwoHundredAgents: ten machines of twenty agents each, one app, which finds
// them within five seconds and answers the page all the while. A machine that is
// slow has as much more time as it takes to ask all of them by address, and a busy
// one as much as its programs have to share.
func TestTwoHundredAgents(t *testing.T) {
	needNetlab(t, "curl")
	l := newNetlab(t)
	crowd, desk := l.build("pigrid/agent/announce/testdata/crowd"), l.host("desk", "10.77.0.50/24")
	app := &programs{l, "", l.buildPlain("pigrid/desktop/gridapi/testdata/viewer")}
	var crowds []*process
	for i := range 10 {
		address := "10.77.0." + strconv.Itoa(100+i)
		m := l.host("pi"+strconv.Itoa(i), address+"/24")
		crowds = append(crowds, l.start(m.command(crowd, strconv.Itoa(i), "20", address)))
	}
	for _, c := range crowds {
		c.line(time.Minute)
	}
	askAll := func() time.Duration {
		begin := time.Now()
		desk.run("curl", "-sf", "--parallel", "--parallel-max", "64", "-o", "/dev/null", "http://10.77.0.[100-109]:[9000-9019]/api/v1/status")
		return time.Since(begin)
	}
	before := askAll()
	v := app.viewer(desk, "-page=false")
	took := v.until(2*time.Minute, "200 agents", func(s appState) bool { return len(s.Cameras) == 200 })
	asking := max(before, askAll())
	slowest := v.slowest()
	t.Logf("asking all of them by address took %v, the slowest answer to the page %v", asking, slowest)
	if limit := allowed(5*time.Second) + 10*asking; took > limit {
		t.Errorf("the app found 200 agents after %v, want %v", took, limit)
	}
	if limit := allowed(500*time.Millisecond) + 2*asking; slowest > limit {
		t.Errorf("the slowest answer to the page took %v, want %v", slowest, limit)
	}
}

// slowest ends the app and answers how long the page waited for it at most.
func (v *viewer) slowest() time.Duration {
	v.t.Helper()
	v.stopWithin(time.Minute)
	var last struct{ SlowestAnswer time.Duration }
	if err := json.Unmarshal([]byte(v.lastLine), &last); err != nil || last.SlowestAnswer <= 0 {
		v.t.Fatalf("the app ended with %.200q: %v", v.lastLine, err)
	}
	return last.SlowestAnswer
}
