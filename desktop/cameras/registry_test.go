package cameras

import (
	"slices"
	"testing"

	"go.uber.org/goleak"

	"pigrid/shared/api"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	idA = "11111111-aaaa-4aaa-8aaa-111111111111"
	idB = "22222222-bbbb-4bbb-8bbb-222222222222"
)

func status(id string, cams ...api.Camera) api.Status {
	return api.Status{API: api.Version, ID: id, Name: "Pi", Host: "pi", Version: "1.0", Cameras: cams}
}

func cam(id, name string) api.Camera {
	return api.Camera{ID: id, Name: name, State: api.Idle, Video: "/cameras/" + id + "/video", Width: 640, Height: 480, Framerate: 30}
}

func keys(list []Camera) []string {
	var k []string
	for _, c := range list {
		k = append(k, c.Key)
	}
	return k
}

func TestMergeByKey(t *testing.T) {
	r := NewRegistry()
	r.Merge(Answer{Status: status(idA, cam("imx708", "Porch")), Addresses: []string{"192.168.1.2:8080"}})
	r.Merge(Answer{Status: status(idB, cam("imx708", "Bench")), Addresses: []string{"192.168.1.3:8080"}})
	r.Merge(Answer{Status: status(idA, cam("imx708", "Porch 2")), Addresses: []string{"192.168.1.9:8080"}, Added: true})

	if got, want := keys(r.List()), []string{Key(idB, "imx708"), Key(idA, "imx708")}; !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	c, _ := r.Get(Key(idA, "imx708"))
	if c.Name != "Porch 2" || c.Addresses[0] != "192.168.1.9:8080" || !c.Added || c.Host != "pi" || c.Width != 640 || c.Framerate != 30 {
		t.Errorf("got %+v", c)
	}
	r.Merge(Answer{Status: status(idA, cam("imx708", "Porch 2"))})
	if c, _ := r.Get(Key(idA, "imx708")); !c.Added {
		t.Error("an answer that was not asked for by a person undid that one was")
	}
}

func TestCamerasNeverDisappearByThemselves(t *testing.T) {
	r := NewRegistry()
	r.Merge(Answer{Status: status(idA, cam("imx708", "a"), cam("imx219", "b"))})
	r.Merge(Answer{Status: status(idA, cam("imx708", "a"))})
	gone, _ := r.Get(Key(idA, "imx219"))
	stays, _ := r.Get(Key(idA, "imx708"))
	if !gone.Missing || stays.Missing {
		t.Errorf("missing: %v and %v", gone.Missing, stays.Missing)
	}
	r.Merge(Answer{Status: status(idA)})
	if len(r.List()) != 2 {
		t.Errorf("an empty list took cameras away: %v", keys(r.List()))
	}
	r.Merge(Answer{Status: status(idA, cam("imx708", "a"), cam("imx219", "b"))})
	if back, _ := r.Get(Key(idA, "imx219")); back.Missing {
		t.Error("a camera that is back stays missing")
	}
}

func TestAgentWithoutCamerasHasATile(t *testing.T) {
	r := NewRegistry()
	list, _ := r.Merge(Answer{Status: status(idA)})
	if len(list) != 1 || list[0].ID != StandIn || list[0].Name != "Pi" || list[0].State != api.Failed {
		t.Fatalf("got %+v", list)
	}
	list, _ = r.Merge(Answer{Status: status(idA, cam("imx708", "Porch"))})
	if len(list) != 1 || list[0].ID != "imx708" {
		t.Errorf("the stand-in stayed: %v", keys(list))
	}
}

func TestForget(t *testing.T) {
	r := NewRegistry()
	r.Merge(Answer{Status: status(idA, cam("x", "a"), cam("y", "b"))})
	r.Merge(Answer{Status: status(idB, cam("x", "c"), cam("y", "d")), Added: true})
	if got := r.Forget(Key(idA, "x")); !slices.Equal(got, []string{Key(idA, "x")}) {
		t.Errorf("discovered: %v", got)
	}
	if got := r.Forget(Key(idB, "y")); !slices.Equal(got, []string{Key(idB, "x"), Key(idB, "y")}) {
		t.Errorf("added: %v", got)
	}
	if got := r.Forget("agent:nobody/x"); got != nil {
		t.Errorf("unknown: %v", got)
	}
	if got := keys(r.List()); !slices.Equal(got, []string{Key(idA, "y")}) {
		t.Errorf("left: %v", got)
	}
}

func TestRememberedCameras(t *testing.T) {
	r := NewRegistry(Camera{Key: Key(idA, "x"), Name: "Porch", Width: 4, Height: 3}, Camera{Key: "nonsense"}, Camera{Key: "agent:../x"})
	list := r.List()
	if len(list) != 1 || list[0].Agent != idA || list[0].ID != "x" || list[0].Name != "Porch" {
		t.Fatalf("got %+v", list)
	}
	r.Resize(Key(idA, "x"), 1920, 1080)
	r.Resize(Key(idA, "x"), 0, 0)
	if c, _ := r.Get(Key(idA, "x")); c.Width != 1920 || c.Height != 1080 {
		t.Errorf("size %dx%d", c.Width, c.Height)
	}
}

func TestSplitKey(t *testing.T) {
	for key, ok := range map[string]bool{
		Key(idA, "imx708"): true, "agent:a/b-2": true, "agent:a": false, "agent:/b": false, "agent:a/": false,
		"url:a/b": false, "agent:A/b": false, "agent:a/b/c": false, "agent:a/b,c": false, "": false,
	} {
		agent, camera, got := SplitKey(key)
		if got != ok || ok && Key(agent, camera) != key {
			t.Errorf("%q: %v", key, got)
		}
	}
}

func TestIsForeign(t *testing.T) {
	for key, want := range map[string]bool{
		ForeignKey("http://cam:80/"): true, "url:0123456789abcdef": true, "url:0123456789abcde": false, "url:0123456789abcdef0": false,
		"url:0123456789abcdeg": false, "url:0123456789ABCDEF": false, "url:": false, Key(idA, "x"): false, "": false,
	} {
		if got := IsForeign(key); got != want || ValidKey(key) != (want || key == Key(idA, "x")) {
			t.Errorf("%q: foreign %v, valid %v", key, got, ValidKey(key))
		}
	}
	if ForeignKey("http://cam:80/") == ForeignKey("http://cam:81/") {
		t.Error("two cameras have one key")
	}
}
