package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pigrid/shared/household"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func example() Settings {
	return Settings{Version: Version, Window: Window{1280, 800, true, 40, 30, "1920x1080"}, Pictures: Pictures{Folder: os.TempDir(), Name: "{time}"}, Cameras: []Camera{
		{Key: "agent:a/imx708", Name: "Küche", Host: "pi", Addresses: []string{"192.168.1.2:8080", "[fe80::1%eth0]:8080", "pi.local:8080"}, Width: 640, Height: 480, Added: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)},
		{Key: "agent:b/x", Name: "Bench", Addresses: []string{}, Own: &Own{Mounted: true, Name: "Desk", Rotation: 270, Mirror: true}},
	}, Households: []Household{{ID: "h1", Name: "Home"}}, Declined: []string{"c"}, Agents: []Agent{
		{ID: "a", SPKI: household.Hash{1}, Household: "h1", Key: 2, Passwords: 3}, {ID: "b", SPKI: household.Hash{2}},
	}, Arrangement: Arrangement{Hidden: []string{"agent:b/x", "url:gone"}, Fill: []string{"agent:a/imx708"}, Order: []string{"agent:b/x", "agent:a/imx708"}, Layout: Focus, Views: []View{
		{Name: "Garden", Cameras: []string{"agent:b/x"}, Layout: Focus}, {Name: "Empty", Cameras: []string{}},
	}}}
}

// TestOlderProgramsReadWhatHasNoKeys: only a file that they would spoil is not theirs.
func TestOlderProgramsReadWhatHasNoKeys(t *testing.T) {
	with := example()
	without := with
	without.Households, without.Agents = nil, nil
	for want, s := range map[int]Settings{3: with, 2: without} {
		path := filepath.Join(t.TempDir(), "settings.json")
		store, _ := Open(path)
		if err := store.Save(func(Settings) Settings { return s }); err != nil {
			t.Fatal(err)
		}
		data, _ := os.ReadFile(path)
		if !strings.Contains(string(data), fmt.Sprintf(`"version": %d`, want)) {
			t.Errorf("written as %.40s, want version %d", data, want)
		}
	}
}

// TestWherePicturesGo: what is no folder is the usual one.
func TestWherePicturesGo(t *testing.T) {
	for _, bad := range []Pictures{{Folder: "pictures"}, {Folder: "../x"}, {Folder: "/a\x00b"}, {Folder: "/" + strings.Repeat("a", maxPath)}, {Name: "a\nb"}, {Name: strings.Repeat("a", 256)}} {
		if got := bad.valid(); got != (Pictures{}) {
			t.Errorf("%+v is %+v", bad, got)
		}
	}
}

// TestAccessIsValidated: what cannot be right is left out.
func TestAccessIsValidated(t *testing.T) {
	got, err := Parse([]byte(`{"version":3,"cameras":[{"key":"agent:a/x","own":{"mounted":true,"rotation":45}}],
		"households":[{"id":"h1","name":"Home"},{"id":"h1","name":"again"},{"id":"No","name":"x"}],
		"agents":[{"id":"a","spki":"` + strings.Repeat("0", 64) + `"},{"id":"b","spki":"` + strings.Repeat("1", 64) + `","household":"gone","key":3},
		{"id":"c","spki":"` + strings.Repeat("2", 64) + `","household":"h1","key":-1}],
		"declined":["d","d","D"]}`))
	if err != nil {
		t.Fatal(err)
	}
	one, two := household.Hash{}, household.Hash{}
	for i := range one {
		one[i], two[i] = 0x11, 0x22
	}
	if want := []Agent{{ID: "b", SPKI: one}, {ID: "c", SPKI: two}}; !slices.Equal(got.Agents, want) {
		t.Errorf("agents: %+v", got.Agents)
	}
	if len(got.Households) != 1 || !slices.Equal(got.Declined, []string{"d"}) || got.Cameras[0].Own != nil {
		t.Errorf("got %+v", got)
	}
}

func TestSaveAndOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pigrid", "settings.json")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Get(); got.Version != withoutAccess || got.Cameras == nil {
		t.Errorf("defaults: %+v", got)
	}
	if err := s.Save(func(Settings) Settings { return example() }); err != nil {
		t.Fatal(err)
	}
	again, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := again.Get(); !reflect.DeepEqual(got, example()) {
		t.Errorf("got %+v\nwant %+v", got, example())
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
}

func TestSaveWritesOnlyChanges(t *testing.T) {
	path := filepath.Join(t.TempDir(), "settings.json")
	s, _ := Open(path)
	same := func(Settings) Settings { return example() }
	if err := s.Save(same); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := s.Save(same); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Error("wrote what was there already")
	}
}

// TestUnusableFileIsKeptAside: layouts that others lost (zmNinja#194,
// lightNVR#326) were in files that could not be read any more.
func TestUnusableFileIsKeptAside(t *testing.T) {
	for name, content := range map[string]string{
		"corrupt": `{"version": 1, "cam`,
		"newer":   `{"version": 2, "cameras": {"new": "shape"}}`,
		"version": `{}`,
		"empty":   ``,
		"shape":   `{"version": 1, "cameras": 7}`,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "settings.json")
			for n, aside := range []string{path + ".bad", path + ".bad.2"} {
				text := fmt.Sprintf("%s%*s", content, n, "") // a different one each time
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				s, err := Open(path)
				if err == nil || !strings.Contains(err.Error(), aside) || strings.Contains(err.Error(), "\n") {
					t.Errorf("says %q", err)
				}
				if err := s.Save(func(Settings) Settings { return example() }); err != nil {
					t.Fatal(err)
				}
				if kept, _ := os.ReadFile(aside); string(kept) != text {
					t.Errorf("%s holds %q", aside, kept)
				}
			}
			if s, err := Open(path); err != nil || len(s.Get().Cameras) != 2 {
				t.Errorf("what was saved since is not there: %v", err)
			}
		})
	}
}

func TestUnusableFileThatCannotBeMovedIsNotOverwritten(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "settings.json")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 100; n++ {
		name := path + ".bad"
		if n > 1 {
			name = fmt.Sprintf("%s.bad.%d", path, n)
		}
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(path)
	if err == nil || !strings.Contains(err.Error(), "not saved") {
		t.Errorf("says %q", err)
	}
	if err := s.Save(func(Settings) Settings { return example() }); !errors.Is(err, ErrRefused) {
		t.Errorf("saved, it says: %v", err)
	}
	if data, _ := os.ReadFile(path); string(data) != "precious" {
		t.Errorf("overwritten with %q", data)
	}
}

func TestEmptyPathIsMemoryOnly(t *testing.T) {
	s, err := Open("")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Save(func(Settings) Settings { return example() }); err != nil || len(s.Get().Cameras) != 2 {
		t.Errorf("got %v", err)
	}
}

func TestParseSaysThatANewerPiGridWroteIt(t *testing.T) {
	for _, data := range []string{`{"version":4}`, `{"version":4,"cameras":{"new":"shape"}}`} {
		if _, err := Parse([]byte(data)); !errors.Is(err, ErrNewer) {
			t.Errorf("%s: %v", data, err)
		}
	}
}

func TestParseLeavesOutWhatIsWrong(t *testing.T) {
	s, err := Parse([]byte(`{"version":1,"window":{"width":-1,"height":4},"cameras":[
		{"key":""},{"key":"k\u0007"},
		{"key":"k","name":"n\u0000","width":9,"height":-9,"addresses":["a:1","a:1","a","a:0","a:x","a b:1","h/p:1","[::1]:8080"]},
		{"key":"k"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := Settings{Version: 2, Cameras: []Camera{{Key: "k", Addresses: []string{"a:1", "[::1]:8080"}}}}
	if !reflect.DeepEqual(s, want) {
		t.Errorf("got %+v", s)
	}
}

// TestViewsAreValidated: a view without a name, or with one that is taken, is left out.
func TestViewsAreValidated(t *testing.T) {
	s, err := Parse([]byte(`{"version":2,"arrangement":{"layout":"circle","views":[
		{"name":"a","cameras":["x","x",""],"layout":"focus"},{"name":"a","cameras":[]},{"name":""},{"name":"b\u0007"},{"name":"c","layout":"?"}],"showing":"b\u0007"}}`))
	want := Arrangement{Views: []View{{Name: "a", Cameras: []string{"x"}, Layout: Focus}, {Name: "c", Cameras: []string{}}}}
	if err != nil || !reflect.DeepEqual(s.Arrangement, want) {
		t.Errorf("got %+v, %v", s.Arrangement, err)
	}
	var a Arrangement
	for i := range MaxArranged {
		a.Order = append(a.Order, fmt.Sprint(i))
	}
	for i := range MaxViews + 1 {
		a.Views = append(a.Views, View{Name: fmt.Sprint(i), Cameras: a.Order})
	}
	if views := (Settings{Arrangement: a}).valid().Arrangement.Views; len(views) != MaxViews || len(views[0].Cameras) != MaxViewed {
		t.Errorf("%d views of %d cameras", len(views), len(views[0].Cameras))
	}
}

// TestTheArrangementIsValidated: what cannot be a key of a camera is left out, and each
// is there once.
func TestTheArrangementIsValidated(t *testing.T) {
	long := strings.Repeat("x", 256)
	s, err := Parse([]byte(`{"version":2,"arrangement":{"hidden":["a","","a","b\u0007","` + long + `","c"],"fill":[]}}`))
	if want := (Arrangement{Hidden: []string{"a", "c"}}); err != nil || !reflect.DeepEqual(s.Arrangement, want) {
		t.Errorf("got %+v, %v", s.Arrangement, err)
	}
	many := make([]string, MaxArranged+1)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	if got := (Settings{Arrangement: Arrangement{Fill: many}}).valid(); len(got.Arrangement.Fill) != MaxArranged {
		t.Errorf("%d cameras", len(got.Arrangement.Fill))
	}
}

func TestHowACameraAsksIsRemembered(t *testing.T) {
	for text, want := range map[string]*Asks{
		`{"scheme":"digest","realm":"AXIS"}`:                             {"digest", "AXIS"},
		`{"scheme":"basic"}`:                                             {"basic", ""},
		`{"scheme":"none"}`:                                              {"none", ""},
		`{"scheme":"bearer"}`:                                            nil,
		`{"scheme":"digest","realm":"a\u0007"}`:                          nil,
		`{"scheme":"digest","realm":"` + strings.Repeat("x", 256) + `"}`: nil,
		`null`: nil,
	} {
		s, err := Parse([]byte(`{"version":2,"cameras":[{"key":"k","url":"http://cam:80/","login":true,"asks":` + text + `}]}`))
		if err != nil || !reflect.DeepEqual(s.Cameras[0].Asks, want) {
			t.Errorf("%s: %+v, %v", text, s.Cameras[0].Asks, err)
		}
	}
	s, err := Parse([]byte(`{"version":1,"cameras":[{"key":"k","url":"http://cam:80/","asks":{"scheme":"basic"}}]}`))
	if err != nil || s.Cameras[0].Asks != nil {
		t.Errorf("without a password: %+v, %v", s.Cameras[0].Asks, err)
	}
}

func TestConcurrentSaves(t *testing.T) {
	path := filepath.Join(t.TempDir(), "settings.json")
	s, _ := Open(path)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			err := s.Save(func(s Settings) Settings {
				s.Cameras = append(slices.Clip(s.Cameras), Camera{Key: fmt.Sprint("agent:a/", i)})
				return s
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if again, err := Open(path); err != nil || len(again.Get().Cameras) != 8 {
		t.Errorf("got %v, %v", again.Get().Cameras, err)
	}
}

func FuzzParse(f *testing.F) {
	data, _ := json.Marshal(example())
	f.Add(data)
	f.Add([]byte(`{"version":1,"cameras":[{"key":"k","addresses":["[::1%25]:1"]}]}`))
	f.Add([]byte(`{"version":1e9}`))
	f.Add([]byte(`{"version":2,"arrangement":{"hidden":["a","a",""],"fill":null,"layout":"x","views":[{"name":"a"},{"name":"a"}]}}`))
	f.Add([]byte("{\"version\":1,\"cameras\":[{\"key\":\"\xff\"}]}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Parse(data)
		if err != nil {
			return
		}
		out, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(out)
		if err != nil {
			t.Fatalf("does not read what it writes: %v", err)
		}
		b, _ := json.Marshal(again)
		if string(b) != string(out) {
			t.Errorf("not stable: %s and %s", out, b)
		}
	})
}

// TestExportHasWhatAnotherComputerNeeds: and nothing of this one's screen and keys.
func TestExportHasWhatAnotherComputerNeeds(t *testing.T) {
	mine := example()
	mine.Appearance = Appearance{Scheme: "light", Labels: "hover"}
	data, err := mine.Export()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Parse(data)
	want := mine
	want.Window, want.Households = Window{}, nil
	want.Agents = []Agent{{ID: "a", SPKI: household.Hash{1}}, {ID: "b", SPKI: household.Hash{2}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, got %+v\nwant %+v", err, got, want)
	}
	if mine.Agents[0].Household != "h1" {
		t.Error("exporting changed what is known here")
	}
}

func TestAppearanceIsValidated(t *testing.T) {
	for text, want := range map[string]Appearance{
		`{"scheme":"dark","labels":"hover"}`: {"dark", "hover", ""},
		`{"scheme":"pink","labels":"hover"}`: {},
		`{"numbers":"always"}`:               {"", "", "always"},
		`{"numbers":"never"}`:                {},
		`{}`:                                 {},
	} {
		got, err := Parse([]byte(`{"version":2,"appearance":` + text + `}`))
		if err != nil || got.Appearance != want {
			t.Errorf("%s: %+v, %v", text, got.Appearance, err)
		}
	}
	if got := (Appearance{}).Whole(); got != (Appearance{"system", "always", "hover"}) {
		t.Errorf("%+v", got)
	}
}
