package gridapi

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pigrid/desktop/cameras"
)

const (
	idMovedA = "33333333-cccc-4ccc-8ccc-333333333333"
	idMovedB = "44444444-dddd-4ddd-8ddd-444444444444"
)

// set runs a command about settings.
func (d *desk) set(t *testing.T, command string, c Call) SettingsResult {
	t.Helper()
	got, ok := d.runSettings(command, c)
	if !ok {
		t.Fatalf("there is no command %s", command)
	}
	return *got
}

func TestAppearanceIsKept(t *testing.T) {
	d := startDesk(t, "", nil)
	if got, want := d.State().Appearance, (Appearance{"system", "always", "hover"}); got != want {
		t.Errorf("at first %+v", got)
	}
	for _, bad := range []Call{{Scheme: "pink", Labels: "always"}, {Scheme: "dark", Labels: "never"}, {Numbers: "never"}} {
		if got := d.set(t, "setAppearance", bad); got.OK || got.Code != "unknown" {
			t.Errorf("%+v: %+v", bad, got)
		}
	}
	want := Appearance{"light", "hover", "always"}
	if got := d.set(t, "setAppearance", Call{Scheme: "light", Labels: "hover", Numbers: "always"}); !got.OK || d.State().Appearance != want {
		t.Errorf("%+v, then %+v", got, d.State().Appearance)
	}
	d.stop(t)
	if got := startDesk(t, d.path, nil).State().Appearance; got != want {
		t.Errorf("after a restart %+v", got)
	}
}

// TestSettingsMoveToAnotherComputer: cameras are dialled there at once, with what a
// person said of them; nothing that is known there is lost; no key moves.
func TestSettingsMoveToAnotherComputer(t *testing.T) {
	porch, garage, shed := newHouse(t, idMovedA, "Porch"), newHouse(t, idMovedB, "Garage"), newAgent(t, idA, "Shed", "x")
	foreign := newForeign(t, dialects[0])
	old := newComputer(t).start(t)
	home := old.lockAll(porch)
	secrets := old.secretsOf(home)
	if r := old.Add(garage.Addr()); !r.OK() {
		t.Fatalf("%+v", r)
	}
	seen := old.addLive(t, "http://"+foreign.addr+foreign.path)
	if !old.do("mount", Call{Key: seen, Name: "Yard", Rotation: 90}).OK {
		t.Fatal("it cannot be turned")
	}
	old.set(t, "setAppearance", Call{Scheme: "dark", Labels: "hover"})
	old.call(t, "saveView", Call{Name: "Outside", Keys: []string{seen}})
	old.call(t, "fill", Call{Key: seen, On: true})
	file := old.set(t, "exportSettings", Call{})
	for _, secret := range secrets {
		if !file.OK || strings.Contains(strings.ToUpper(file.Text), strings.ToUpper(secret)) {
			t.Fatalf("%v, has the secret %q", file.OK, secret)
		}
	}
	old.quit() // the camera without an agent may have one viewer only

	d := newComputer(t).start(t)
	d.search.sighted(shed.sighting())
	d.eventually(t, 10*time.Second, cameras.Key(idA, "x"), cameras.Live)
	before := len(porch.Get().Asked)
	got := d.set(t, "importSettings", Call{Text: file.Text})
	if !got.OK || got.Added != 3 {
		t.Fatalf("%+v", got)
	}
	d.eventually(t, 10*time.Second, cameras.Key(idA, "x"), cameras.Live)
	d.eventually(t, 10*time.Second, cameras.Key(garage.Get().Status.ID, "x"), cameras.Live)
	d.eventually(t, 10*time.Second, seen, cameras.Live)
	d.comesTo(porch.Get().Status.ID, cameras.Refused, cameras.NeedsKey)
	for _, asked := range porch.Get().Asked[before:] {
		if !asked.TLS {
			t.Errorf("asked for %s without TLS", asked.Path)
		}
	}
	if c := d.camera(seen); c.Name != "Yard" || c.Rotation != 90 || !c.Fill {
		t.Errorf("%+v", c)
	}
	if views := d.State().Views; len(views) != 1 || views[0].Name != "Outside" || len(views[0].Cameras) != 1 {
		t.Errorf("%+v", views)
	}
	if got := d.State().Appearance; got != (Appearance{"dark", "hover", "hover"}) {
		t.Errorf("%+v", got)
	}
	if again := d.set(t, "importSettings", Call{Text: file.Text}); !again.OK || again.Added != 0 {
		t.Errorf("the second time %+v", again)
	}
	if n := len(d.State().Cameras); n != 4 {
		t.Errorf("%d cameras", n)
	}
}

func TestFilesThatAreNoSettings(t *testing.T) {
	d := startDesk(t, "", nil)
	for text, code := range map[string]string{
		"":                              "not-settings",
		"{":                             "not-settings",
		"[]":                            "not-settings",
		`{"version":0}`:                 "not-settings",
		`{"version":99}`:                "newer",
		`{"version":1,"cameras":"all"}`: "not-settings",
	} {
		if got := d.set(t, "importSettings", Call{Text: text}); got.OK || got.Code != code || got.Detail == "" {
			t.Errorf("%q: %+v", text, got)
		}
	}
	if n := len(d.State().Cameras); n != 0 {
		t.Errorf("%d cameras", n)
	}
}

// TestImportIsBounded: a file may have more cameras than there is room for.
func TestImportIsBounded(t *testing.T) {
	d := startDesk(t, "", nil)
	var list []string
	for i := range 2000 {
		list = append(list, fmt.Sprintf(`{"key":"agent:%08x-0000-4000-8000-000000000000/x","name":"c","addresses":["127.0.0.1:1"]}`, i))
	}
	got := d.set(t, "importSettings", Call{Text: `{"version":3,"cameras":[` + strings.Join(list, ",") + `]}`})
	if n := len(d.State().Cameras); !got.OK || got.Added != 1024 || n != 1024 {
		t.Errorf("%+v, %d cameras", got, n)
	}
}

// secretsOf are the key and the view passwords of a household, as people write them and
// without lines between.
func (r *resident) secretsOf(home string) (list []string) {
	sheet := r.must("sheet", Call{Household: home}).Sheet
	list = append(list, sheet.Key)
	for _, p := range sheet.Passwords {
		list = append(list, p.Text)
	}
	for _, s := range list {
		list = append(list, strings.ReplaceAll(s, "-", ""))
	}
	return list
}

func TestDiagnosticsSayWhatIsWrongAndNoSecret(t *testing.T) {
	locked := newHouse(t, idMovedA, "Porch")
	d := newComputer(t).start(t)
	home := d.lockAll(locked)
	gone := newAgent(t, idB, "Bench", "x")
	if r := d.Add(gone.addr); !r.OK() {
		t.Fatalf("%+v", r)
	}
	gone.kill()
	d.eventually(t, 20*time.Second, cameras.Key(idB, "x"), cameras.Offline)
	text := d.set(t, "diagnostics", Call{}).Text
	for _, want := range []string{"PiGrid: test", "Search: on eth0 192.168.1.2/24", "Households: 1", "Cameras: 2", "Bench x: offline since", "reason: ", "access: locked", gone.addr} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for _, secret := range d.secretsOf(home) {
		if strings.Contains(text, secret) {
			t.Errorf("the secret %q is in\n%s", secret, text)
		}
	}
}
