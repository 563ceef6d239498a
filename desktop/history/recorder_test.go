package history

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pigrid/desktop/cameras"
)

func key(n int) string { return cameras.Key("a", fmt.Sprint(n)) }

// recorder has one camera for each line of steps.
func recorder(t *testing.T, path string, steps ...string) *Recorder {
	t.Helper()
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for n, line := range steps {
		tr := &track{name: fmt.Sprint("Camera ", n)}
		play(tr, line)
		r.tracks[key(n)] = tr
	}
	r.changed = true
	return r
}

// at is so many seconds after the start.
func at(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }

func TestReports(t *testing.T) {
	r := recorder(t, "", "live 3600, offline:timeout 600, live 3000, slow 600, paused 600, live 600", "paused 10")
	now := at(9000)
	list := r.Reports(now, []string{key(0), key(1), key(2)}, 10)
	if len(list) != 3 || list[0].Name != "Camera 0" || len(list[0].Outages) != 1 || told(list[0].Outages) != "3600-4200 offline:timeout" {
		t.Fatalf("got %+v", list)
	}
	day := list[0].Day
	if want := 1 - 600.0/8399; day.Live < want-0.0001 || day.Live > want+0.0001 || day.Watched != 8399*time.Second {
		t.Errorf("live %v of %v, want %v", day.Live, day.Watched, want)
	}
	// 300 s each: 12 live, 2 offline, 10 live, 2 slow, 2 nobody, 2 live.
	if want := strings.Repeat("-", 258) + strings.Repeat("l", 12) + "oo" + strings.Repeat("l", 10) + "ss--ll"; len(day.Marks) != lineMarks || day.Marks != want {
		t.Errorf("got  %s\nwant %s", day.Marks, want)
	}
	if week := list[0].Week; !strings.HasSuffix(week.Marks, "lolls") && !strings.Contains(week.Marks, "o") || week.Watched != day.Watched {
		t.Errorf("week %+v", week)
	}
	for _, none := range list[1:] {
		if none.Day.Watched != 0 || none.Day.Live != 0 || strings.Trim(none.Day.Marks, "-") != "" || len(none.Outages) != 0 {
			t.Errorf("got %+v", none)
		}
	}
}

// TestAgentsThatAnswer count as well where nobody watches, and are remembered as that.
func TestAgentsThatAnswer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.json")
	r := recorder(t, path, "live 600, answers 3000, offline:timeout 600, answers 600, live 10, answers 600, paused 300")
	now := at(5710)
	check := func(r *Recorder) {
		t.Helper()
		one := r.Reports(now, []string{key(0)}, 10)[0]
		if told(one.Outages) != "3600-4200 offline:timeout" || one.Day.Watched.Round(time.Minute) != 90*time.Minute {
			t.Errorf("got %s, watched %v", told(one.Outages), one.Day.Watched)
		}
		if one.Day.Live < 0.88 || one.Day.Live > 0.90 {
			t.Errorf("well for %v", one.Day.Live)
		}
		if marks := strings.Trim(one.Day.Marks, "-"); marks != "lllaaaaaaaaaoooaaaa" {
			t.Errorf("got %s", marks)
		}
	}
	check(r)
	if err := r.Save(now); err != nil {
		t.Fatal(err)
	}
	again, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	check(again)
}

// TestAnyOutageShows: one of 20 s does, in a part of 35 minutes.
func TestAnyOutageShows(t *testing.T) {
	r := recorder(t, "", "live 4000, offline 20, live 4000")
	if week := r.Reports(at(8020), []string{key(0)}, 1)[0].Week.Marks; strings.Count(week, "o") != 1 {
		t.Errorf("got %s", week)
	}
}

func TestRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pigrid", "history.json")
	r := recorder(t, path, "live 60, offline:timeout 60, camera-error:camera 60", "live 100")
	r.tracks[key(0)].now.Phases[1].Message = `No "camera" <was> found.`
	if err := r.Save(at(200)); err != nil {
		t.Fatal(err)
	}
	again, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range []string{"0-60 live, 60-179 offline:timeout+camera-error:camera@120", "0-99 live"} {
		tr := again.tracks[key(n)]
		if got := told(tr.entries()); got != want || tr.name != fmt.Sprint("Camera ", n) {
			t.Errorf("%s: %s, want %s", tr.name, got, want)
		}
	}
	if got := again.tracks[key(0)].done[1].Phases[1].Message; got != `No "camera" <was> found.` {
		t.Errorf("got %s", got)
	}
	// Started again at once, the outage goes on; after an hour nobody watched.
	for n := range 30 {
		again.Observe(at(185+n), []Sample{{Key: key(0), Name: "Camera 0", State: cameras.CameraError, Reason: cameras.ReasonCamera}})
		again.Observe(at(3700+n), []Sample{{Key: key(1), Name: "Camera 1", State: cameras.Live}})
	}
	for n, want := range []string{"0-60 live, 60-214 offline:timeout+camera-error:camera@120", "0-99 live, 3700-3729 live"} {
		if got := told(again.tracks[key(n)].entries()); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func TestNothingNewIsNotWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.json")
	r := recorder(t, path, "live 60")
	if err := r.Save(at(60)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	r.Observe(at(61), []Sample{{Key: key(0), State: cameras.Paused}, {Key: key(7), State: cameras.Paused}})
	if err := r.Save(at(70)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("it was written: %v", err)
	}
}

func TestFilesThatCannotBeUsed(t *testing.T) {
	for text, kept := range map[string]string{
		"": ".bad", "{": ".bad", `{"version":0}`: ".bad", `{"version":2,"cameras":[]}`: "", `{"version":1,"cameras":{}}`: ".bad",
	} {
		path := filepath.Join(t.TempDir(), "history.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Open(path)
		if err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: %v", text, err)
		}
		r.Observe(at(0), []Sample{{Key: key(0), State: cameras.Live}})
		if err := r.Save(at(1)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if got, err := os.ReadFile(path + kept); err != nil || string(got) != text {
			t.Errorf("%q: kept %q, %v", text, got, err)
		}
	}
}

// TestBounded: cameras that come and go for years take no more than 10 MB, and none
// loses more than the one that has the most.
func TestBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.json")
	r := recorder(t, path, "live 100", "live 100")
	long := strings.Repeat("\"", maxMessage) // two bytes each in the file
	bad := r.tracks[key(0)]
	for n := range 7000 {
		from := at(200 + 60*n)
		e := Entry{From: from, To: from.Add(30 * time.Second)}
		for i := range 4 {
			e.Phases = append(e.Phases, Phase{From: from.Add(time.Duration(i) * time.Second), State: cameras.Offline, Reason: cameras.ReasonTimeout, Message: long})
		}
		bad.done = append(bad.done, e)
	}
	now := bad.done[len(bad.done)-1].To
	hour := now.Add(-time.Hour)
	r.tracks[key(1)] = &track{seen: now, done: []Entry{{From: hour, To: now, Phases: []Phase{{From: hour, State: cameras.Live}}}}}
	if err := r.Save(now); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() > maxFile || info.Size() < maxFile/2 {
		t.Errorf("%d bytes, %v", info.Size(), err)
	}
	again, err := Open(path)
	if err != nil || len(again.tracks) != 2 || len(again.tracks[key(1)].done) == 0 || len(again.tracks[key(0)].done) < 1000 {
		t.Errorf("%v, %d cameras", err, len(again.tracks))
	}
	if last := again.tracks[key(0)].done; !last[len(last)-1].To.Equal(now) {
		t.Error("the newest were left out")
	}
	r.prune(now.Add(keepFor + time.Hour))
	if len(r.tracks) != 0 {
		t.Errorf("after 30 days %d cameras are left", len(r.tracks))
	}
	for n := range maxTracks + 10 {
		r.Observe(at(n), []Sample{{Key: key(n), State: cameras.Live}})
	}
	if len(r.tracks) != maxTracks || r.tracks[key(0)] != nil || r.tracks[key(maxTracks)] == nil {
		t.Errorf("%d cameras", len(r.tracks))
	}
}

func TestForget(t *testing.T) {
	r := recorder(t, "", "live 60, offline 60", "live 60")
	r.Forget(key(0))
	if got := r.Reports(at(200), []string{key(0)}, 5)[0]; len(got.Outages) != 0 || got.Day.Watched != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestCSV(t *testing.T) {
	r := recorder(t, "", "live 60, offline:timeout 60, camera-error:camera 60, live 60, stalled 90, live 30", "offline 20")
	r.tracks[key(0)].name = "=cmd|' /C calc'!A0"
	r.tracks[key(0)].done[1].Phases[1].Message = "No camera,\nreally."
	rows, err := csv.NewReader(strings.NewReader(r.CSV(at(600), []string{key(0), key(1)}))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"camera", "from", "to", "seconds", "why", "key"},
		{"'=cmd|' /C calc'!A0", "2026-11-30T12:01:00Z", "2026-11-30T12:03:00Z", "120", "offline (timeout); camera-error (camera): No camera,\nreally.", key(0)},
		{"'=cmd|' /C calc'!A0", "2026-11-30T12:04:00Z", "2026-11-30T12:05:30Z", "90", "stalled", key(0)},
		{"Camera 1", "2026-11-30T12:00:00Z", "2026-11-30T12:00:19Z", "19", "offline", key(1)},
	}
	if fmt.Sprint(rows) != fmt.Sprint(want) {
		t.Errorf("got  %q\nwant %q", rows, want)
	}
}

func TestManyAtOnce(t *testing.T) {
	r := recorder(t, filepath.Join(t.TempDir(), "history.json"), "live 60")
	var wg sync.WaitGroup
	for n := range 4 {
		wg.Go(func() {
			for s := range 200 {
				r.Observe(at(s), []Sample{{Key: key(n), State: cameras.Offline}})
				r.Reports(at(s), []string{key(0), key(n)}, 3)
				if s%50 == 0 {
					if err := r.Save(at(s)); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
}

// FuzzParse: whatever the file holds, entries make sense, and what is written is read.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"version":1,"cameras":[{"key":"agent:a/x","name":"Porch","entries":[{"from":1000,"to":90000,"phases":[{"state":"offline","reason":"timeout"},{"from":50000,"state":"camera-error","message":"x"}]}]}]}`))
	f.Add([]byte(`{"version":1,"cameras":[{"key":"agent:a/x","entries":[{"from":9,"to":1,"phases":[{"state":"paused"}]},{"from":-5,"to":99999999999999999,"phases":[{"state":"live"},{"state":"live"}]}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		tracks, err := parse(data)
		if err != nil {
			return
		}
		r := &Recorder{path: "x", tracks: tracks, changed: true}
		for _, tr := range tracks {
			for i, e := range tr.done {
				if e.To.Sub(e.From) < blip || len(e.Phases) == 0 || len(e.Phases) > maxPhases || i > 0 && e.From.Before(tr.done[i-1].To) {
					t.Fatalf("entry %d: %+v", i, e)
				}
			}
		}
		written, err := json.Marshal(r.file())
		if err != nil {
			t.Fatal(err)
		}
		again, err := parse(written)
		if err != nil || len(again) != len(tracks) {
			t.Fatalf("%d of %d, %v", len(again), len(tracks), err)
		}
		for k, tr := range tracks {
			if told(again[k].entries()) != told(tr.entries()) {
				t.Errorf("%s: %s, was %s", k, told(again[k].entries()), told(tr.entries()))
			}
		}
		r.Reports(time.UnixMilli(100_000), r.keys(), 3)
	})
}
